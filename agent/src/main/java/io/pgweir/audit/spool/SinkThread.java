package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings records from a cursor to one sink, for ever, in order: a batch that was refused is given again before anything behind it. A
 * thread of its own, {@code audit-sink-NAME}; {@link #drain}, {@link #join} and {@link #interrupt} are others'.
 */
final class SinkThread {
    private static final int BATCH_RECORDS_MAX = 4096;
    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final Duration POLL = Duration.ofMillis(200);

    /** A sink that keeps up is given what came meanwhile at once: each batch costs it an fsync, or a request. */
    private static final long BREATH_MILLIS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(SinkThread.class);

    private final SpoolCursor cursor;
    private final AuditSink sink;
    private final DeliveryListener listener;
    private final Telemetry telemetry;
    private final Backoff backoff;
    private final Thread thread;
    private final CountDownLatch draining = new CountDownLatch(1);

    private volatile boolean stopped;
    private volatile long caughtUpNanos = System.nanoTime();
    private volatile long drainTo = Long.MAX_VALUE;
    private boolean down;
    private long downNanos;

    SinkThread(SpoolCursor cursor, AuditSink sink, DeliveryListener listener, Telemetry telemetry, Backoff backoff) {
        this.cursor = cursor;
        this.sink = sink;
        this.listener = listener;
        this.telemetry = telemetry;
        this.backoff = backoff;
        // A daemon: a sink that does not heed an interrupt must not keep the process.
        thread = Thread.ofPlatform().daemon().name("audit-sink-" + sink.name()).unstarted(this::run);
    }

    String name() {
        return sink.name();
    }

    long bytesBehind() {
        return cursor.bytesBehind();
    }

    /** Since it last had all that was on disk; 0 while it has. Any thread. */
    long lagNanos() {
        return bytesBehind() == 0 ? 0 : System.nanoTime() - caughtUpNanos;
    }

    void start() {
        thread.start();
    }

    /** Ends when everything before {@code position} has arrived; a sink that is being waited for is asked at once. */
    void drain(long position) {
        drainTo = position;
        draining.countDown();
    }

    boolean join(long nanos) throws InterruptedException {
        return thread.join(Duration.ofNanos(Math.max(1, nanos)));
    }

    /** Whatever the sink is at, this ends once it returns. */
    void interrupt() {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!stopped && cursor.position() < drainTo) {
                step();
            }
        } catch (InterruptedException stop) {
            LOG.atDebug().addKeyValue("sink", name()).log("audit sink stops with records left");
        } finally {
            close();
        }
    }

    private void step() throws InterruptedException {
        try {
            List<AuditRecord> batch =
                    cursor.poll(BATCH_RECORDS_MAX, BATCH_BYTES_MAX, isDraining() ? Duration.ZERO : POLL);
            if (!batch.isEmpty()) {
                deliver(batch);
            }
            cursor.acknowledge();
            if (bytesBehind() == 0) {
                caughtUpNanos = System.nanoTime();
            }
            if (!batch.isEmpty() && bytesBehind() < BATCH_BYTES_MAX) {
                draining.await(BREATH_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException | RuntimeException | Error fault) {
            // This thread's end would be the end of delivery, and nobody would hear of it.
            cursor.rewind();
            failed(fault);
        }
    }

    private boolean isDraining() {
        return draining.getCount() == 0;
    }

    /** Returns when the sink has all of {@code batch}, but for what it has no words for. */
    private void deliver(List<AuditRecord> batch) throws InterruptedException {
        while (true) {
            try {
                sink.write(batch);
            } catch (IllegalArgumentException notEncoded) {
                findNotEncoded(batch, notEncoded);
                return;
            } catch (IOException | InterruptedException | RuntimeException | Error fault) {
                failed(fault);
                continue;
            }
            clearInterrupt();
            worked();
            return;
        }
    }

    /** Only {@link #interrupt} ends the thread, and says so first; what a client library does with the flag does not. */
    private void clearInterrupt() {
        if (!stopped && Thread.interrupted()) {
            LOG.atDebug().addKeyValue("sink", name()).log("audit sink left its thread interrupted");
        }
    }

    /** Halves the batch until the one record stands alone that the sink's format has no words for; all others are delivered. */
    private void findNotEncoded(List<AuditRecord> batch, IllegalArgumentException fault) throws InterruptedException {
        if (batch.size() > 1) {
            int half = batch.size() / 2;
            deliver(batch.subList(0, half));
            deliver(batch.subList(half, batch.size()));
            return;
        }
        telemetry.increment(Metric.AUDIT_FAULTS);
        LOG.atError().setCause(fault).addKeyValue("sink", name()).log("audit record has no form in the sink's format");
        tell(to -> to.onNotEncoded(name(), batch.getFirst(), String.valueOf(fault.getMessage())));
    }

    private void failed(Throwable fault) throws InterruptedException {
        clearInterrupt();
        if (stopped) {
            throw new InterruptedException();
        }
        telemetry.increment(Metric.AUDIT_SINK_FAILURES);
        if (!down) {
            down = true;
            downNanos = System.nanoTime();
            LOG.atWarn()
                    .addKeyValue("sink", name())
                    .addKeyValue("fault", fault.toString())
                    .log("audit sink is down: records stay in the spool and are delivered when it is back");
            tell(to -> to.onDown(name(), fault.toString()));
        }
        pause();
    }

    private void tell(Consumer<DeliveryListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException fault) {
            LOG.atError().setCause(fault).addKeyValue("sink", name()).log("audit delivery's listener fails");
        }
    }

    private void pause() throws InterruptedException {
        long nanos = backoff.nextNanos();
        if (!isDraining()) {
            if (draining.await(nanos, TimeUnit.NANOSECONDS)) {
                backoff.reset();
            }
        } else {
            new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void worked() {
        backoff.reset();
        if (down) {
            down = false;
            Duration lasted = Duration.ofNanos(System.nanoTime() - downNanos);
            LOG.atInfo().addKeyValue("sink", name()).addKeyValue("down", lasted).log("audit sink works again");
            tell(to -> to.onUp(name(), lasted));
        }
    }

    private void close() {
        // With the flag set, the cursor's file would be closed under its last write.
        boolean interrupted = Thread.interrupted();
        try {
            cursor.close();
            sink.close();
        } catch (IOException | RuntimeException fault) {
            LOG.atWarn()
                    .addKeyValue("sink", name())
                    .addKeyValue("fault", fault.toString())
                    .log("audit sink cannot be closed");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
