package io.pgweir.replay;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.MessageParts;
import io.pgweir.sql.facts.FactsCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs a capture on a server: each session in its order, all of them beside each other as they were.
 *
 * <pre>
 *   files -> records, a little ahead of time -> steps of each session -> its event loop -> target
 * </pre>
 *
 * One thread reads; it is no further ahead than {@value #AHEAD_MILLIS} ms and {@value #QUEUED_BYTES_MAX} bytes, and as much more for every
 * second in which all sessions wait: perhaps for one whose next step is not read yet.
 */
public final class Replay implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 1 << 30;
    private static final long AHEAD_MILLIS = 2_000;

    /** Little, so that what waits dies young. */
    private static final long QUEUED_BYTES_MAX = 4L << 20;

    /** What a statement took in the capture, to be put in its turn by its answer; less than the reader is ahead. */
    private static final long HELD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(AHEAD_MILLIS / 2);

    private static final long FACTS_BYTES = 16L << 20;

    /** Steps that are handed over together. */
    private static final int HANDED_TOGETHER = 512;

    /** Where nothing moves for so long, somebody may wait for what is not read yet. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of the reader, and of sessions that were open before the capture. */
    private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TargetServer server;
    private final Options options;
    private final CommitOrder order = new CommitOrder();
    private final FactsCache facts = new FactsCache(FACTS_BYTES);

    /** Null where commits of different sessions need no order. */
    private final @Nullable CommitTurns turns;

    private final Results results = new Results();
    private final AtomicLong queued = new AtomicLong();
    private final MessageParts parts = new MessageParts(MESSAGE_BYTES_MAX);
    private final Map<Long, Running> running = new HashMap<>();

    /** That have steps, or themselves, to be handed over. */
    private final Set<Running> fed = new LinkedHashSet<>();

    /** Sessions that are not done; who waits until there are none is notified by it. */
    private final Set<ReplaySession> active = ConcurrentHashMap.newKeySet();

    private int gathered;
    private long queuedBytesMax = QUEUED_BYTES_MAX;
    private @Nullable Together together;
    private final Set<Long> skipped = new HashSet<>();
    private volatile boolean stopped;

    /** A session as the reader sees it. */
    private final class Running {
        final ReplaySession session;
        final SessionSteps steps = new SessionSteps(
                this::add,
                results::onStatement,
                turns,
                options.choosesStatements() ? new StatementChoice(options, facts) : null);
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

    private record All(Replay replay, Pace pace) implements Together {
        @Override
        public TargetServer server() {
            return replay.server;
        }

        @Override
        public Results results() {
            return replay.results;
        }

        @Override
        public CommitOrder order() {
            return replay.order;
        }

        @Override
        public boolean readOnly() {
            return replay.options.readOnly();
        }

        @Override
        public int ahead() {
            return replay.options.ahead();
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

    /** @throws IOException where a file of TLS cannot be read */
    public Replay(Target target, Options options) throws IOException {
        this.server = new TargetServer(target);
        this.options = options;
        turns = options.commitOrder()
                ? new CommitTurns(options.isTimed() ? HELD_NANOS_MAX : Long.MAX_VALUE, facts)
                : null;
        if (turns != null) {
            server.everySecond(() -> order.look(System.nanoTime()));
        }
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
            Together all = together == null ? begun(record.nanos()) : together;
            waitFor(record, all.pace());
            on(record, all);
        }
        handOver();
    }

    /**
     * Where it is not to begin with the first record: when others begin, on other machines.
     *
     * @param startNanos {@link System#nanoTime} of the first moment
     * @param fromNanos that moment in the capture
     */
    public void beginAt(long startNanos, long fromNanos) {
        if (options.isTimed()) {
            WarmUp.run();
        }
        begun(startNanos, fromNanos);
    }

    private Together begun(long fromNanos) {
        if (!options.isTimed()) {
            return begun(System.nanoTime(), fromNanos);
        }
        WarmUp.run();
        return begun(System.nanoTime() + HEAD_START_NANOS, fromNanos);
    }

    private Together begun(long startNanos, long fromNanos) {
        results.onBegin(startNanos, fromNanos);
        Together all = new All(this, new Pace(startNanos, fromNanos, options.speed()));
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
        if (queued.get() > queuedBytesMax) {
            handOver();
            awaitRoom();
        } else if (queued.get() < QUEUED_BYTES_MAX) {
            queuedBytesMax = QUEUED_BYTES_MAX;
        }
    }

    private void awaitRoom() throws InterruptedException {
        long last = queued.get();
        long stuckSince = System.nanoTime();
        while (last > queuedBytesMax && !stopped) {
            pause(System.nanoTime() + LOOK_NANOS);
            long left = queued.get();
            long now = System.nanoTime();
            if (left < last) {
                stuckSince = now;
            } else if (now - stuckSince > STUCK_NANOS) {
                queuedBytesMax += QUEUED_BYTES_MAX;
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
        if (turns != null) {
            turns.onTime(record.nanos());
        }
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
        if (replication || !options.sessions().test(open)) {
            skipped.add(open.session());
            return;
        }
        ReplaySession session = new ReplaySession(open, with, server.nextLoop());
        active.add(session);
        Running begun = new Running(session);
        running.put(open.session(), begun);
        if (open.origin() == Origin.BEGAN) {
            // It connects when it did, whenever it says something.
            fed.add(begun);
        }
    }

    /** Waits for all sessions. */
    public Results.Summary finish() throws InterruptedException {
        for (Running each : running.values()) {
            each.steps.on(new SessionEnd(0, Long.MAX_VALUE, ""));
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

    /** How often a session went on before its turn, because nobody else did for seconds: locks stood in another order. */
    public long outOfTurn() {
        return order.givenUp();
    }

    /** Sessions that were not wanted, and those that replicate. */
    public long skipped() {
        return skipped.size();
    }

    @Override
    public void close() {
        server.close();
    }
}
