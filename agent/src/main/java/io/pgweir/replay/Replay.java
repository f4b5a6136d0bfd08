package io.pgweir.replay;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.MessageParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a capture on a server: each session in its order, all of them beside each other as they were.
 *
 * <pre>
 *   files -> records, a little ahead of time -> steps of each session -> its virtual thread -> target
 * </pre>
 *
 * One thread reads; it is no further ahead than {@value #AHEAD_MILLIS} ms and {@value #QUEUED_BYTES_MAX} bytes, but where sessions wait for
 * what is not read yet.
 */
public final class Replay {
    private static final int MESSAGE_BYTES_MAX = 1 << 30;
    private static final long AHEAD_MILLIS = 2_000;
    private static final long QUEUED_BYTES_MAX = 64L << 20;

    /** Where nothing moves for so long, somebody may wait for what is not read yet. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Target target;
    private final double speed;
    private final Predicate<SessionOpen> wanted;
    private final Results results = new Results();
    private final AtomicLong queued = new AtomicLong();
    private final MessageParts parts = new MessageParts(MESSAGE_BYTES_MAX);
    private final Map<Long, Running> running = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Pace pace;
    private long skipped;

    private record Running(ReplaySession session, SessionSteps steps) {}

    /**
     * @param speed 2 is twice as fast; infinite for as fast as answers come
     * @param wanted which sessions
     */
    public Replay(Target target, double speed, Predicate<SessionOpen> wanted) {
        this.target = target;
        this.speed = speed;
        this.wanted = wanted;
    }

    /** Of all files of one capture, in their order, called for each. */
    public void run(CaptureReader.Records records, CaptureReader.Progress progress)
            throws IOException, InterruptedException {
        long count = 0;
        for (CaptureRecord record = records.next(); record != null; record = records.next()) {
            if (pace == null) {
                pace = new Pace(System.nanoTime(), record.nanos(), speed);
            }
            waitFor(record, pace);
            on(record, pace);
            progress.at(records.offset(), ++count);
        }
    }

    /** Not further ahead than need be. */
    private void waitFor(CaptureRecord record, Pace now) throws InterruptedException {
        if (now.isTimed()) {
            Pace.waitUntil(now.due(record.nanos()) - TimeUnit.MILLISECONDS.toNanos(AHEAD_MILLIS));
        }
        long last = queued.get();
        long stuckSince = System.nanoTime();
        while (last > QUEUED_BYTES_MAX && System.nanoTime() - stuckSince < STUCK_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = queued.get();
            if (left < last) {
                stuckSince = System.nanoTime();
            }
            last = left;
        }
    }

    private void on(CaptureRecord record, Pace now) {
        if (record instanceof SessionOpen open && !running.containsKey(open.session())) {
            begin(open, now);
        }
        Running session = running.get(record.session());
        if (session == null) {
            return;
        }
        CaptureRecord whole = record instanceof Message part ? parts.join(part) : record;
        if (whole instanceof SessionState state) {
            session.session().found(state);
        }
        if (whole != null) {
            session.steps().on(whole);
        }
        if (record instanceof SessionEnd) {
            running.remove(record.session());
            parts.forget(record.session());
        }
    }

    private void begin(SessionOpen open, Pace now) {
        boolean replication =
                open.parameters().stream().anyMatch(each -> each.name().equals("replication"));
        if (replication || !wanted.test(open)) {
            skipped++;
            return;
        }
        ReplaySession session = new ReplaySession(open, target, now, results, queued);
        running.put(open.session(), new Running(session, new SessionSteps(session::add, new SessionStatements())));
        threads.add(Thread.ofVirtual().name("replay-" + open.session()).start(session));
    }

    /** Waits for all sessions. */
    public Results.Summary finish() throws InterruptedException {
        for (Running session : running.values()) {
            session.session().add(new Step.End(Long.MAX_VALUE));
        }
        running.clear();
        for (Thread thread : threads) {
            thread.join();
        }
        if (pace != null) {
            results.onEnd(System.nanoTime() - pace.startNanos());
        }
        return results.summary();
    }

    /** Sessions that were not wanted, and those that replicate. */
    public long skipped() {
        return skipped;
    }
}
