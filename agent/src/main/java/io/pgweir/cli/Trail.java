package io.pgweir.cli;

import io.pgweir.audit.AuditRecord;
import java.io.IOException;
import java.time.Duration;

/** A place that records are read from, by the calling thread. */
interface Trail {
    /** How often a place that tells nobody of its news is looked at. */
    Duration LOOK_INTERVAL = Duration.ofMillis(200);

    /**
     * Reads all that is there, and, with {@code follow}, what comes after.
     *
     * @throws IOException where it cannot be read, or the reader throws
     */
    void read(Reader reader, boolean follow) throws IOException, InterruptedException;

    /** Hears what a place holds. */
    interface Reader {
        /** @param where a person finds it: file and line, topic and offset */
        void onRecord(AuditRecord record, String where) throws IOException;

        /** Something that is no record. */
        void onDamage(String where, String what);

        /** There is nothing new: whether nothing more is wanted. */
        boolean isEnough();
    }
}
