package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: takes what is queued, up to a batch, encodes it for each outlet, one write each, and over.
 *
 * <p>Waking a parked thread is a system call that the waker pays for. So the writer naps for a moment at a time while there
 * is traffic and looks for itself; only when nothing came for {@value #NAPS} naps it goes to sleep, says so, and the next
 * event wakes it.
 */
final class AuditWriter {
    private static final int BATCH_RECORDS_MAX = 4096;
    private static final int BATCH_BYTES_MAX = 256 << 10;
    private static final int NAPS = 20;
    private static final long NAP_NANOS_MAX = 4_000_000;
    private static final long NAP_NANOS_MIN = 50_000;
    /** What a full queue must hold out against while the writer naps: an event each {@value} nanoseconds. */
    private static final long NANOS_AN_EVENT = 500;

    private static final long SLEEP_NANOS = 1_000_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);

    private final EventQueue queue;
    private final AtomicReference<@Nullable AuditGap> gap;
    private final List<Outlet> outlets;
    private final Uuids uuids;
    private final TimeSource time;
    private final Telemetry telemetry;
    private final Thread thread;
    private final long napNanos;

    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private long records;
    private long dropped;

    AuditWriter(
            EventQueue queue,
            AtomicReference<@Nullable AuditGap> gap,
            List<Outlet> outlets,
            Uuids uuids,
            TimeSource time,
            Telemetry telemetry) {
        this.queue = queue;
        this.gap = gap;
        this.outlets = outlets;
        this.uuids = uuids;
        this.time = time;
        this.telemetry = telemetry;
        napNanos = Math.clamp(queue.capacity() * NANOS_AN_EVENT, NAP_NANOS_MIN, NAP_NANOS_MAX);
        // A daemon: a sink that hangs must not keep the process from ending; close() waits for an orderly end.
        thread = Thread.ofPlatform().daemon().name("audit-writer").unstarted(this::run);
    }

    void open() throws IOException {
        for (Outlet outlet : outlets) {
            outlet.open();
        }
    }

    void start() {
        thread.start();
    }

    /** Any thread, behind an offer. */
    void wakeIfAsleep() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** Not the writer's thread. */
    void close(long millisMax) {
        closing = true;
        LockSupport.unpark(thread);
        try {
            if (thread.join(java.time.Duration.ofMillis(millisMax))) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        LOG.atError().addKeyValue("records", queue.size()).log("audit records are lost: a sink does not take them");
        thread.interrupt();
    }

    private void run() {
        int idle = 0;
        while (true) {
            boolean last = closing;
            if (writeBatch() > 0) {
                idle = 0;
                continue;
            }
            if (idle == 0) {
                outlets.forEach(Outlet::flush);
            }
            if (last) {
                break;
            }
            if (idle++ < NAPS) {
                LockSupport.parkNanos(this, napNanos);
            } else {
                sleep();
            }
        }
        stop();
    }

    private void sleep() {
        asleep.set(true);
        if (queue.isEmpty() && !closing) {
            LockSupport.parkNanos(this, SLEEP_NANOS);
        }
        asleep.set(false);
    }

    /** Records taken from the queue; 0 where it was empty. */
    private int writeBatch() {
        int taken = 0;
        int bytes = 0;
        while (taken < BATCH_RECORDS_MAX && bytes < BATCH_BYTES_MAX) {
            AuditEvent event = queue.poll();
            if (event == null) {
                break;
            }
            taken++;
            bytes = add(event);
        }
        AuditGap missing = gap.getAndSet(null);
        if (missing != null) {
            dropped += missing.dropped();
            add(missing);
        }
        if (taken > 0 || missing != null) {
            records += taken;
            telemetry.add(Metric.AUDIT_RECORDS, taken);
            for (Outlet outlet : outlets) {
                outlet.write(uuids);
            }
        }
        return taken;
    }

    /** Bytes of the largest batch now. */
    private int add(AuditEvent event) {
        long idHigh = uuids.nextHigh();
        long idLow = Uuids.nextLow();
        int bytes = 0;
        for (Outlet outlet : outlets) {
            if (!outlet.add(event, idHigh, idLow)) {
                long micros = event.micros();
                outlet.add(
                        new AuditGap(micros, micros, 1, AuditGap.Reason.NOT_ENCODED),
                        uuids.nextHigh(),
                        Uuids.nextLow());
            }
            bytes = Math.max(bytes, outlet.bytes());
        }
        return bytes;
    }

    private void stop() {
        add(new AuditEvent.AuditStop(time.wallMicros(), records, dropped));
        for (Outlet outlet : outlets) {
            outlet.write(uuids);
            outlet.flush();
            outlet.close();
        }
    }
}
