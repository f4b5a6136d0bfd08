package io.pgweir.audit.file;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import java.nio.ByteBuffer;
import java.util.List;

/** A batch as lines of text. One thread. */
final class RecordLines {
    /** A buffer that one big batch made larger than this is given back. */
    private static final int KEPT_BYTES_MAX = 4 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final RecordFormat format;
    private RecordBuffer lines = new RecordBuffer(BUFFER_BYTES);

    RecordLines(RecordFormat format) {
        this.format = format;
    }

    /** Until the next call. */
    ByteBuffer of(List<AuditRecord> batch) {
        if (lines.array().length > KEPT_BYTES_MAX) {
            lines = new RecordBuffer(BUFFER_BYTES);
        }
        lines.reset();
        for (AuditRecord record : batch) {
            try {
                format.append(record, lines);
            } catch (IllegalArgumentException noWords) {
                // As it is: a record that a format has no words for must not stop those behind it, nor be lost.
                lines.writeBytes(record.json());
            }
            lines.write('\n');
        }
        return lines.buffer();
    }
}
