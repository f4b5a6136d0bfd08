package io.pgweir.audit;

import java.io.IOException;
import java.io.OutputStream;

/** Puts events into words. Writer thread only; keeps buffers of its own, so one instance an output. */
public interface RecordEncoder {
    /**
     * Appends one record with its line feed.
     *
     * @param idHigh upper half of the record's UUID
     * @param idLow lower half
     */
    void encode(AuditEvent event, long idHigh, long idLow, OutputStream lines) throws IOException;

    /** After {@link #encode} threw: forgets what it had begun. */
    void reset();
}
