package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: takes what is queued, up to a batch, has each event recorded and sealed, gives the records to the
 * journal, forces them, and tells who waits for that.
 *
 * <pre>
 *   queue --poll--> Recorder --sealed--> pending --append--> journal --force--> durable, waiters run
 *                                           |
 *                                 the journal refuses: exhausted; the same records again, until it takes them.
 *                                 Meanwhile the queue fills, and what finds it full is counted.
 * </pre>
 *
 * <p>Waking a parked thread is a system call that the waker pays for. So the writer naps for a moment at a time while there
 * is traffic and looks for itself; only when nothing came for {@value #NAPS} naps it goes to sleep, says so, and the next
 * event wakes it. Who waits for the disk always wakes it.
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
    private static final long RETRY_NANOS = 100_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);

    private final EventQueue queue;
    private final Gaps gaps;
    private final Recorder recorder;
    private final Journal journal;
    private final Supplier<LeftOutTotals> leftOut;
    private final DurabilityWaiters waiters = new DurabilityWaiters();
    private final TimeSource time;
    private final Telemetry telemetry;
    private final Thread thread;
    private final long napNanos;
    private final long forceNanos;

    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private volatile long closeByNanos;
    private volatile @Nullable String exhausted;

    private long taken;
    private long dropped;

    /** Appended and not forced. */
    private long unforcedBytes;

    private boolean unforced;
    private long unforcedSince;

    /** The journal tidies up when it is forced: now and then, with nothing to force. */
    private long forcedAt;

    AuditWriter(
            EventQueue queue,
            Gaps gaps,
            Recorder recorder,
            Journal journal,
            Supplier<LeftOutTotals> leftOut,
            TimeSource time,
            Telemetry telemetry) {
        this.queue = queue;
        this.gaps = gaps;
        this.recorder = recorder;
        this.journal = journal;
        this.leftOut = leftOut;
        this.time = time;
        this.telemetry = telemetry;
        forceNanos = journal.forceInterval().toNanos();
        napNanos = Math.clamp(queue.capacity() * NANOS_AN_EVENT, NAP_NANOS_MIN, NAP_NANOS_MAX);
        // A daemon: a sink that hangs must not keep the process from ending; close() waits for an orderly end.
        thread = Thread.ofPlatform().daemon().name("audit-writer").unstarted(this::run);
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

    /** Why the journal takes nothing at present; null where it does. Any thread. */
    @Nullable
    String exhausted() {
        return exhausted;
    }

    DurabilityWaiters waiters() {
        return waiters;
    }

    /** Any thread, behind a new waiter. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Not the writer's thread. */
    void close(Duration wait) {
        if (thread.getState() == Thread.State.NEW) {
            // The journal did not open: there is nothing to write, and nothing to close.
            return;
        }
        closeByNanos = time.nanos() + wait.toNanos();
        closing = true;
        LockSupport.unpark(thread);
        try {
            // Half as long again: the journal's own closing is not the writer's.
            if (thread.join(wait.plus(wait.dividedBy(2)))) {
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
            // What the queue holds is taken when the journal has what was taken before.
            boolean worked = exhausted != null || takeBatch() > 0;
            push(last);
            if (exhausted != null) {
                if (last && time.nanos() - closeByNanos >= 0) {
                    break;
                }
                LockSupport.parkNanos(this, RETRY_NANOS);
                continue;
            }
            if (worked) {
                idle = 0;
                continue;
            }
            if (last) {
                break;
            }
            if (unforced) {
                LockSupport.parkNanos(this, Math.min(napNanos, forceNanos));
            } else if (idle++ < NAPS) {
                LockSupport.parkNanos(this, napNanos);
            } else {
                sleep();
            }
        }
        stop();
    }

    private void sleep() {
        asleep.set(true);
        if (queue.isEmpty() && waiters.isEmpty() && !closing) {
            LockSupport.parkNanos(this, SLEEP_NANOS);
        }
        asleep.set(false);
    }

    /** Events taken from the queue and recorded; 0 where it was empty. */
    private int takeBatch() {
        int count = 0;
        while (count < BATCH_RECORDS_MAX && recorder.bytes() < BATCH_BYTES_MAX) {
            AuditEvent event = queue.poll();
            if (event == null) {
                break;
            }
            count++;
            recorder.recordNext(event);
        }
        gaps.drainTo(this::tell);
        recorder.tick();
        taken += count;
        telemetry.add(Metric.AUDIT_RECORDS, count);
        return count;
    }

    private void tell(AuditGap missing) {
        dropped += missing.reason() == AuditGap.Reason.QUEUE_FULL ? missing.dropped() : 0;
        recorder.record(missing);
    }

    /** Gives the journal what is recorded, and forces it where that is due. What it took is forced even where it took not all. */
    private void push(boolean last) {
        Exception fault = append();
        try {
            if ((unforced && (fault != null || isForceDue(last))) || time.nanos() - forcedAt >= SLEEP_NANOS) {
                journal.force();
                forcedAt = time.nanos();
                unforced = false;
                unforcedBytes = 0;
            }
        } catch (IOException | RuntimeException refused) {
            fault = refused;
        }
        if (!unforced) {
            waiters.onDurable(recorder.kept());
        }
        if (fault != null) {
            exhaust(fault);
        } else if (exhausted != null) {
            exhausted = null;
            LOG.atInfo().log("audit records are kept again");
        }
    }

    /** Null where the journal took everything. */
    private @Nullable Exception append() {
        int bytes = recorder.bytes();
        if (bytes == 0) {
            return null;
        }
        try {
            recorder.appendTo(journal);
            return null;
        } catch (IOException | RuntimeException fault) {
            return fault;
        } finally {
            int took = bytes - recorder.bytes();
            if (took > 0 && !unforced) {
                unforced = true;
                unforcedSince = time.nanos();
            }
            unforcedBytes += took;
        }
    }

    private boolean isForceDue(boolean last) {
        return last
                || exhausted != null
                || unforcedBytes >= journal.forceBytes()
                || !waiters.isEmpty()
                || time.nanos() - unforcedSince >= forceNanos;
    }

    private void exhaust(Exception fault) {
        telemetry.increment(Metric.AUDIT_JOURNAL_FAILURES);
        String cause = fault.getMessage() == null ? fault.toString() : fault.getMessage();
        if (exhausted == null) {
            LOG.atError().setCause(fault).log("audit records cannot be kept, they wait for it");
        }
        exhausted = cause;
    }

    private void stop() {
        try {
            recorder.record(new AuditEvent.AuditStop(time.wallMicros(), taken, dropped, leftOut.get()));
            recorder.end();
            push(true);
        } finally {
            if (exhausted != null) {
                LOG.atError()
                        .addKeyValue("records", recorder.records() + queue.size())
                        .addKeyValue("cause", exhausted)
                        .log("audit records are lost");
            }
            closeJournal();
        }
    }

    private void closeJournal() {
        try {
            journal.close(Duration.ofNanos(Math.max(0, closeByNanos - time.nanos())));
        } catch (IOException | RuntimeException fault) {
            LOG.atError().setCause(fault).log("audit journal cannot be closed");
        }
    }
}
