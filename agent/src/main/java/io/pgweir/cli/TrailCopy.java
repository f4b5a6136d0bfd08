package io.pgweir.cli;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.filter.RecordFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Records that pass a filter, one by one, in some form, to some place. What is no record is told and counted. */
final class TrailCopy implements Trail.Reader {
    private final @Nullable RecordFilter filter;
    private final RecordFormat format;
    private final OutputStream to;
    private final PrintWriter err;
    private final RecordBuffer line = new RecordBuffer(4096);

    /** Lines that wait for the end, as only the last ones are wanted; null for none that wait. */
    private @Nullable ArrayDeque<byte[]> kept;

    private int keptMax;
    private long faults;

    TrailCopy(@Nullable RecordFilter filter, RecordFormat format, OutputStream to, PrintWriter err) {
        this.filter = filter;
        this.format = format;
        this.to = to;
        this.err = err;
    }

    /** Of what is there at first, only the last {@code count}. */
    void keepLast(int count) {
        keptMax = count;
        kept = new ArrayDeque<>();
    }

    /** How many were no records. */
    long faults() {
        return faults;
    }

    @Override
    public void onRecord(AuditRecord record, String where) throws IOException {
        line.reset();
        try {
            if (filter != null && !filter.accepts(record)) {
                return;
            }
            format.append(record, line);
        } catch (IllegalArgumentException | IllegalStateException fault) {
            onDamage(where, String.valueOf(fault.getMessage()));
            return;
        }
        line.write('\n');
        if (kept == null) {
            to.write(line.array(), 0, line.size());
            return;
        }
        kept.add(line.toByteArray());
        if (kept.size() > keptMax) {
            kept.remove();
        }
    }

    @Override
    public void onDamage(String where, String what) {
        faults++;
        err.println(where + ": " + what);
    }

    @Override
    public boolean isEnough() {
        try {
            flush();
        } catch (IOException _) {
            // Nobody reads any more; whoever goes on writing is told by the next write.
            return true;
        }
        return Thread.currentThread().isInterrupted();
    }

    void flush() throws IOException {
        ArrayDeque<byte[]> last = kept;
        kept = null;
        if (last != null) {
            for (byte[] record : last) {
                to.write(record);
            }
        }
        to.flush();
    }
}
