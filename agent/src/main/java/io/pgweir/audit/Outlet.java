package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One output with its batch and what it lost. Writer thread only. A fault of the sink costs its records, not the others':
 * they are counted, the log is told once until it works again, and an {@code audit.gap} stands where they are missing.
 */
final class Outlet {
    /** A buffer that one big record made larger than this is given back when the batch is out. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    private final RecordEncoder encoder;
    private final LineSink sink;
    private final Telemetry telemetry;
    private Lines lines = new Lines();

    private int records;
    private long firstMicros;
    private long lastMicros;
    private @Nullable AuditGap lost;
    private boolean failing;

    Outlet(Output output, Telemetry telemetry) {
        this.encoder = output.encoder();
        this.sink = output.sink();
        this.telemetry = telemetry;
    }

    void open() throws IOException {
        sink.open();
    }

    int bytes() {
        return lines.size();
    }

    /** Adds a record to the batch. False where it could not be encoded: nothing of it is in the batch then. */
    boolean add(AuditEvent event, long idHigh, long idLow) {
        int mark = lines.size();
        try {
            encoder.encode(event, idHigh, idLow, lines);
        } catch (IOException | RuntimeException | Error fault) {
            // Error too: a stack overflow or a buffer that will not grow over one record must not end the trail.
            lines.cut(mark);
            encoder.reset();
            telemetry.increment(Metric.AUDIT_FAULTS);
            LOG.atError().setCause(fault).addKeyValue("type", event.type()).log("audit record cannot be encoded");
            return false;
        }
        if (records++ == 0) {
            firstMicros = event.micros();
        }
        lastMicros = event.micros();
        return true;
    }

    /** Hands the batch to the sink; before it, where the sink failed before, the gap. */
    void write(Uuids uuids) {
        if (records == 0) {
            return;
        }
        try {
            if (lost != null) {
                writeGap(lost, uuids);
                lost = null;
            }
            sink.write(lines.buffer());
            if (failing) {
                failing = false;
                LOG.atInfo().addKeyValue("sink", sink.name()).log("audit sink works again");
            }
        } catch (IOException | RuntimeException fault) {
            lose(fault);
        }
        records = 0;
        if (lines.capacity() > KEPT_BYTES_MAX) {
            lines = new Lines();
        } else {
            lines.reset();
        }
    }

    private void writeGap(AuditGap gap, Uuids uuids) throws IOException {
        Lines line = new Lines();
        encoder.encode(gap, uuids.nextHigh(), Uuids.nextLow(), line);
        sink.write(line.buffer());
    }

    private void lose(Exception fault) {
        telemetry.increment(Metric.AUDIT_SINK_FAILURES);
        telemetry.add(Metric.AUDIT_SINK_LOST, records);
        AuditGap batch = new AuditGap(firstMicros, lastMicros, records, AuditGap.Reason.SINK_FAILED);
        lost = lost == null ? batch : lost.and(batch);
        tellOnce(fault);
    }

    void flush() {
        try {
            sink.flush();
        } catch (IOException | RuntimeException fault) {
            telemetry.increment(Metric.AUDIT_SINK_FAILURES);
            tellOnce(fault);
        }
    }

    void close() {
        try {
            sink.close();
        } catch (IOException | RuntimeException fault) {
            telemetry.increment(Metric.AUDIT_SINK_FAILURES);
            tellOnce(fault);
        }
    }

    private void tellOnce(Exception fault) {
        if (!failing) {
            failing = true;
            LOG.atWarn()
                    .addKeyValue("sink", sink.name())
                    .addKeyValue("fault", fault.toString())
                    .log("audit sink fails, its records are lost until it works again");
        }
    }

    /** Bytes of a batch, shown without a copy. */
    private static final class Lines extends ByteArrayOutputStream {
        Lines() {
            super(16 << 10);
        }

        ByteBuffer buffer() {
            return ByteBuffer.wrap(buf, 0, count);
        }

        void cut(int size) {
            count = size;
        }

        int capacity() {
            return buf.length;
        }
    }
}
