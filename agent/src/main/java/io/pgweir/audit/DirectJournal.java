package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Without a spool: every batch goes to the sinks at once, on the writer's thread. A sink's fault costs its records, not the
 * others': they are counted, the log is told once until it works again, and an {@code audit.gap} tells the trail.
 */
final class DirectJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(DirectJournal.class);

    private final List<Outlet> outlets;
    private final Consumer<AuditGap> gaps;
    private final Telemetry telemetry;
    private final List<AuditRecord> batch = new ArrayList<>();
    private long firstMicros;
    private long lastMicros;

    /** @param gaps is told what a sink lost, when it takes records again */
    DirectJournal(List<AuditSink> sinks, Consumer<AuditGap> gaps, Telemetry telemetry) {
        outlets = sinks.stream().map(Outlet::new).toList();
        this.gaps = gaps;
        this.telemetry = telemetry;
    }

    @Override
    public void open() throws IOException {
        for (Outlet outlet : outlets) {
            outlet.sink.open();
        }
    }

    @Override
    public @Nullable Resumed resumed() {
        return null;
    }

    @Override
    public void append(AuditEvent event, byte[] array, int offset, int length) {
        if (batch.isEmpty()) {
            firstMicros = event.micros();
        }
        lastMicros = event.micros();
        batch.add(new AuditRecord(Arrays.copyOfRange(array, offset, offset + length)));
    }

    @Override
    public void force() {
        if (!batch.isEmpty()) {
            outlets.forEach(Outlet::write);
            batch.clear();
        }
    }

    @Override
    public Duration forceInterval() {
        return Duration.ZERO;
    }

    @Override
    public int forceBytes() {
        return 0;
    }

    /** What a sink did not take stays lost: there is nowhere to keep it. */
    @Override
    public void close(Duration wait) {
        outlets.forEach(Outlet::close);
    }

    /** One sink, and what it lost. */
    private final class Outlet {
        private final AuditSink sink;
        private @Nullable AuditGap lost;

        Outlet(AuditSink sink) {
            this.sink = sink;
        }

        void write() {
            try {
                sink.write(batch);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                lose(stopped);
                return;
            } catch (IOException | RuntimeException fault) {
                lose(fault);
                return;
            }
            AuditGap told = lost;
            if (told != null) {
                lost = null;
                LOG.atInfo().addKeyValue("sink", sink.name()).log("audit sink works again");
                gaps.accept(told);
            }
        }

        private void lose(Exception fault) {
            telemetry.increment(Metric.AUDIT_SINK_FAILURES);
            telemetry.add(Metric.AUDIT_SINK_LOST, batch.size());
            AuditGap missing =
                    new AuditGap(firstMicros, lastMicros, batch.size(), AuditGap.Reason.SINK_FAILED, sink.name());
            if (lost == null) {
                LOG.atWarn()
                        .addKeyValue("sink", sink.name())
                        .addKeyValue("fault", fault.toString())
                        .log("audit sink fails, its records are lost until it works again");
                lost = missing;
            } else {
                lost = lost.and(missing);
            }
        }

        void close() {
            try {
                sink.close();
            } catch (IOException | RuntimeException fault) {
                telemetry.increment(Metric.AUDIT_SINK_FAILURES);
                LOG.atWarn()
                        .addKeyValue("sink", sink.name())
                        .addKeyValue("fault", fault.toString())
                        .log("audit sink cannot be closed");
            }
        }
    }
}
