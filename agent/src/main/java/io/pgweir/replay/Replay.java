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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a capture on a server: each session in its order, all of them beside each other as they were.
 *
 * <pre>
 *   files -> records, a little ahead of time -> steps of each session -> its event loop -> target
 * </pre>
 *
 * One thread reads; it is no further ahead than {@value #AHEAD_MILLIS} ms and {@value #QUEUED_BYTES_MAX} bytes, but where sessions wait for
 * what is not read yet.
 */
public final class Replay implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 1 << 30;
    private static final long AHEAD_MILLIS = 2_000;
    private static final long QUEUED_BYTES_MAX = 64L << 20;

    /** Steps that are handed over together. */
    private static final int HANDED_TOGETHER = 512;

    /** Where nothing moves for so long, somebody may wait for what is not read yet. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TargetServer server;
    private final double speed;
    private final Predicate<SessionOpen> wanted;
    private final Results results = new Results();
    private final AtomicLong queued = new AtomicLong();
    private final MessageParts parts = new MessageParts(MESSAGE_BYTES_MAX);
    private final Map<Long, Running> running = new HashMap<>();

    /** With steps that are not handed over. */
    private final List<Running> fed = new ArrayList<>();

    /** Sessions that are not done, guarded by itself. */
    private final Set<ReplaySession> active = ConcurrentHashMap.newKeySet();

    private int gathered;
    private @Nullable Together together;
    private long skipped;
    private volatile boolean stopped;

    /** A session as the reader sees it. */
    private final class Running {
        final ReplaySession session;
        final SessionSteps steps = new SessionSteps(this::add, new SessionStatements(), results::onStatement);
        List<Step> pending = new ArrayList<>();

        Running(ReplaySession session) {
            this.session = session;
        }

        private void add(Step step) {
            if (pending.isEmpty()) {
                fed.add(this);
            }
            pending.add(step);
            queued.addAndGet(step.bytes());
            if (++gathered >= HANDED_TOGETHER) {
                handOver();
            }
        }
    }

    private record Together(Replay replay, Pace pace) implements ReplaySession.Together {
        @Override
        public TargetServer server() {
            return replay.server;
        }

        @Override
        public Results results() {
            return replay.results;
        }

        @Override
        public void onDone(long bytes) {
            replay.queued.addAndGet(-bytes);
        }

        @Override
        public void onDone(ReplaySession session) {
            synchronized (replay.active) {
                replay.active.remove(session);
                replay.active.notifyAll();
            }
        }
    }

    /**
     * @param speed 2 is twice as fast; infinite for as fast as answers come
     * @param wanted which sessions
     * @throws IOException where a file of TLS cannot be read
     */
    public Replay(Target target, double speed, Predicate<SessionOpen> wanted) throws IOException {
        this.server = new TargetServer(target);
        this.speed = speed;
        this.wanted = wanted;
    }

    /** Where records come from. */
    public interface Source {
        /** Null at the end. */
        @Nullable
        CaptureRecord next() throws IOException, InterruptedException;
    }

    /** Of all files of one capture, in their order, called for each. */
    public void run(CaptureReader.Records records, CaptureReader.Progress progress)
            throws IOException, InterruptedException {
        long[] count = {0};
        run(() -> {
            progress.at(records.offset(), count[0]++);
            return records.next();
        });
    }

    /** By time, but for what is within two seconds. */
    public void run(Source records) throws IOException, InterruptedException {
        for (CaptureRecord record = records.next(); record != null && !stopped; record = records.next()) {
            Together all = together == null ? begun(System.nanoTime(), record.nanos()) : together;
            waitFor(record, all.pace());
            on(record, all);
        }
        handOver();
    }

    /**
     * Where it is not to begin at once with the first record: when others begin, on other machines.
     *
     * @param startNanos {@link System#nanoTime} of the first moment
     * @param fromNanos that moment in the capture
     */
    public void beginAt(long startNanos, long fromNanos) {
        begun(startNanos, fromNanos);
    }

    private Together begun(long startNanos, long fromNanos) {
        results.onBegin(startNanos, fromNanos);
        Together all = new Together(this, new Pace(startNanos, fromNanos, speed));
        together = all;
        return all;
    }

    private void handOver() {
        gathered = 0;
        for (Running each : fed) {
            each.session.hand(each.pending);
            each.pending = new ArrayList<>();
        }
        fed.clear();
    }

    /** Not further ahead than need be. */
    private void waitFor(CaptureRecord record, Pace now) throws InterruptedException {
        if (now.isTimed()) {
            long until = now.due(record.nanos()) - TimeUnit.MILLISECONDS.toNanos(AHEAD_MILLIS);
            if (until > System.nanoTime()) {
                handOver();
                pause(until);
            }
        }
        long last = queued.get();
        if (last <= QUEUED_BYTES_MAX) {
            return;
        }
        handOver();
        long stuckSince = System.nanoTime();
        while (last > QUEUED_BYTES_MAX && System.nanoTime() - stuckSince < STUCK_NANOS && !stopped) {
            pause(System.nanoTime() + LOOK_NANOS);
            long left = queued.get();
            if (left < last) {
                stuckSince = System.nanoTime();
            }
            last = left;
        }
    }

    private void pause(long until) throws InterruptedException {
        for (long left = until - System.nanoTime(); left > 0 && !stopped; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void on(CaptureRecord record, Together with) {
        if (record instanceof SessionOpen open && !running.containsKey(open.session())) {
            begin(open, with);
        }
        Running session = running.get(record.session());
        if (session == null) {
            return;
        }
        CaptureRecord whole = record instanceof Message part ? parts.join(part) : record;
        if (whole instanceof SessionState state) {
            session.session.found(state);
        }
        if (whole != null) {
            session.steps.on(whole);
        }
        if (record instanceof SessionEnd) {
            running.remove(record.session());
            parts.forget(record.session());
        }
    }

    private void begin(SessionOpen open, Together with) {
        boolean replication =
                open.parameters().stream().anyMatch(each -> each.name().equals("replication"));
        if (replication || !wanted.test(open)) {
            skipped++;
            return;
        }
        ReplaySession session = new ReplaySession(open, with, server.nextLoop());
        active.add(session);
        running.put(open.session(), new Running(session));
    }

    /** Waits for all sessions. */
    public Results.Summary finish() throws InterruptedException {
        for (Running each : running.values()) {
            each.add(new Step.End(Long.MAX_VALUE));
        }
        handOver();
        running.clear();
        synchronized (active) {
            while (!active.isEmpty()) {
                active.wait();
            }
        }
        if (together != null) {
            results.onEnd(System.nanoTime() - together.pace().startNanos());
        }
        return results.summary();
    }

    /** Ends every session where it is, and so whoever runs or finishes; what is not done is no difference and no failure. Any thread. */
    public void stop(String why) {
        stopped = true;
        results.onStop();
        for (ReplaySession each : active) {
            each.stop(why);
        }
    }

    /** How far it is. Any thread. */
    public Results.Counts counts() {
        return results.counts();
    }

    /** Sessions that were not wanted, and those that replicate. */
    public long skipped() {
        return skipped;
    }

    @Override
    public void close() {
        server.close();
    }
}
