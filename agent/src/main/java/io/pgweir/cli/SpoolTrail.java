package io.pgweir.cli;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.spool.Damage;
import io.pgweir.audit.spool.SpoolFiles;
import io.pgweir.audit.spool.SpoolVisitor;
import java.io.IOException;
import java.nio.file.Path;

/** A spool directory; an agent may be at work in it. */
record SpoolTrail(Path dir) implements Trail {
    @Override
    public void read(Reader reader, boolean follow) throws IOException {
        SpoolVisitor visitor = new SpoolVisitor() {
            @Override
            public void onRecord(AuditRecord record, Path file, long offset) throws IOException {
                reader.onRecord(record, file + "@" + offset);
            }

            @Override
            public void onDamage(Damage damage) {
                // At the end it is what the agent is writing just now, or what a crash cut off.
                if (!damage.tail()) {
                    reader.onDamage(damage.file() + "@" + damage.offset(), damage.bytes() + " bytes hold no record");
                }
            }
        };
        long end = SpoolFiles.read(dir, visitor);
        if (follow) {
            SpoolFiles.follow(dir, end, visitor, reader::isEnough, LOOK_INTERVAL);
        }
    }
}
