package io.pgweir.audit.spool;

import io.pgweir.audit.AuditSink;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a spool to its sinks: a thread each, so that a slow or dead one holds up nobody. At least once, in order, whatever fails.
 * Opened, started and closed by one thread; does not own the spool, which is closed behind it.
 */
public final class Delivery {
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);
    /** For a sink that was interrupted. */
    private static final long INTERRUPTED_NANOS_MAX = 500_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Spool spool;
    private final List<AuditSink> sinks;
    private final DeliveryListener listener;
    private final Telemetry telemetry;
    private final Supplier<Backoff> backoff;
    private final List<SinkThread> threads = new ArrayList<>();

    /** @param sinks no two of one name */
    public Delivery(Spool spool, List<AuditSink> sinks, DeliveryListener listener, Telemetry telemetry) {
        this(spool, sinks, listener, telemetry, () -> new Backoff(BACKOFF_FIRST, BACKOFF_MAX));
    }

    Delivery(
            Spool spool,
            List<AuditSink> sinks,
            DeliveryListener listener,
            Telemetry telemetry,
            Supplier<Backoff> backoff) {
        this.spool = spool;
        this.sinks = List.copyOf(sinks);
        this.listener = listener;
        this.telemetry = telemetry;
        this.backoff = backoff;
    }

    /**
     * Opens the sinks, and begins to deliver at each one's cursor.
     *
     * @throws IOException where one cannot be opened: the others are closed again, and nothing is delivered
     */
    public void start() throws IOException {
        List<AuditSink> opened = new ArrayList<>();
        try {
            for (AuditSink sink : sinks) {
                sink.open();
                opened.add(sink);
            }
        } catch (IOException | RuntimeException fault) {
            for (AuditSink sink : opened) {
                closeAfter(sink, fault);
            }
            throw fault;
        }
        List<SpoolCursor> cursors =
                spool.cursors(sinks.stream().map(AuditSink::name).toList());
        for (int i = 0; i < sinks.size(); i++) {
            SinkThread thread = new SinkThread(cursors.get(i), sinks.get(i), listener, telemetry, backoff.get());
            telemetry.gauge(Metric.AUDIT_SINK_BEHIND, thread.name(), thread::bytesBehind);
            telemetry.gauge(Metric.AUDIT_SINK_LAG, thread.name(), thread::lagNanos);
            threads.add(thread);
        }
        threads.forEach(SinkThread::start);
    }

    private static void closeAfter(AuditSink sink, Exception fault) {
        try {
            sink.close();
        } catch (IOException | RuntimeException again) {
            fault.addSuppressed(again);
        }
    }

    /**
     * Delivers what is durable now, as far as {@code max} allows, then ends: what is left is delivered after the next start. Sinks that
     * wait in a write are interrupted; one that does not heed that is left to its daemon thread.
     */
    public void close(Duration max) {
        long deadline = System.nanoTime() + max.toNanos();
        long durable = spool.durable();
        threads.forEach(thread -> thread.drain(durable));
        List<SinkThread> late = joinUntil(threads, deadline);
        late.forEach(SinkThread::interrupt);
        for (SinkThread thread : joinUntil(late, System.nanoTime() + INTERRUPTED_NANOS_MAX)) {
            LOG.atWarn().addKeyValue("sink", thread.name()).log("audit sink does not end");
        }
        for (SinkThread thread : late) {
            LOG.atWarn()
                    .addKeyValue("sink", thread.name())
                    .addKeyValue("bytes", thread.bytesBehind())
                    .log("audit sink did not take everything in time: the spool has it for the next start");
        }
    }

    /** Those that did not end. */
    private static List<SinkThread> joinUntil(List<SinkThread> threads, long deadline) {
        List<SinkThread> late = new ArrayList<>();
        for (SinkThread thread : threads) {
            try {
                if (!thread.join(deadline - System.nanoTime())) {
                    late.add(thread);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                late.add(thread);
            }
        }
        return late;
    }
}
