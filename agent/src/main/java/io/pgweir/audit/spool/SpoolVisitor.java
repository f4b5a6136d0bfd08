package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import java.io.IOException;
import java.nio.file.Path;

/** Hears what a spool's files hold, in order. Called on the reader's thread. */
public interface SpoolVisitor {
    /** @param offset of the record's frame in {@code file} */
    void onRecord(AuditRecord record, Path file, long offset) throws IOException;

    void onDamage(Damage damage) throws IOException;
}
