package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way of a record: any event loop, {@link #offer}, a bounded queue, the thread {@code audit-writer}, encoders, sinks.
 *
 * <p>What finds the queue full is dropped and counted, and an {@code audit.gap} tells as soon as there is room: the trail
 * never blocks a loop and never loses in silence. {@link #start} and {@link #close} from one thread, all else from any.
 */
public final class AuditTrail implements AutoCloseable {
    /** How long {@link #close()} waits for sinks to take what is queued. */
    private static final long CLOSE_MILLIS_MAX = 10_000;

    private final TimeSource time;
    private final Telemetry telemetry;
    private final Uuids uuids;
    private final EventQueue queue;
    private final AuditWriter writer;

    /** Dropped and not yet told. */
    private final AtomicReference<@Nullable AuditGap> gap = new AtomicReference<>();

    /** With the sinks that {@code config} names. */
    public static AuditTrail of(AuditConfig config, AgentFacts agent, Telemetry telemetry) {
        return new AuditTrail(config.queueRecords(), Outputs.of(config, agent), TimeSource.SYSTEM, telemetry);
    }

    /** @param queueRecords events that may wait; rounded up to a power of two. */
    public AuditTrail(int queueRecords, List<Output> outputs, TimeSource time, Telemetry telemetry) {
        this.time = time;
        this.telemetry = telemetry;
        uuids = new Uuids(time);
        queue = new EventQueue(queueRecords);
        List<Outlet> outlets =
                outputs.stream().map(output -> new Outlet(output, telemetry)).toList();
        writer = new AuditWriter(queue, gap, outlets, uuids, time, telemetry);
    }

    /** Opens the sinks and begins to write. Whatever cannot be opened stops the start: no agent runs unaudited. */
    public void start() throws IOException {
        telemetry.gauge(Metric.AUDIT_QUEUED, queue::size);
        writer.open();
        offer(new AuditEvent.AuditStart(time.wallMicros()));
        writer.start();
    }

    /** A client connected. */
    public SessionAuditor open(ClientFacts client) {
        return new SessionAuditor(this, time, uuids.next(), client);
    }

    /** More than half of the queue waits for the writer: who can hold back what makes records, should. Any thread. */
    public boolean isCongested() {
        return queue.size() > queue.capacity() / 2;
    }

    void offer(AuditEvent event) {
        if (queue.offer(event)) {
            writer.wakeIfAsleep();
        } else {
            drop();
        }
    }

    private void drop() {
        long now = time.wallMicros();
        gap.accumulateAndGet(new AuditGap(now, now, 1, AuditGap.Reason.QUEUE_FULL), AuditTrail::sum);
        telemetry.increment(Metric.AUDIT_DROPPED);
    }

    private static @Nullable AuditGap sum(@Nullable AuditGap sofar, @Nullable AuditGap one) {
        return sofar == null || one == null ? one : sofar.and(one);
    }

    /** Writes what is queued, {@code audit.stop}, and closes the sinks; gives up after {@value #CLOSE_MILLIS_MAX} ms. */
    @Override
    public void close() {
        writer.close(CLOSE_MILLIS_MAX);
    }
}
