package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.net.ServerGreeting.Greeted;
import io.pgweir.net.Sockets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One captured session, run again on the target: what its client said, in its order, each message when it is due and what it had waited
 * for has come.
 *
 * <pre>
 *  WAITING -- its first step, when it is due --> CONNECTING --> RESTORING --> RUNNING -- its last step --> ENDING --> DONE
 *                                                    |              |            |                            ^
 *                                                    +--------------+------------+--> FAILED -- its last step +
 * </pre>
 *
 * <p>Thread: its event loop, but for what says otherwise.
 */
final class ReplaySession implements TargetConnection.Listener {
    private enum Phase {
        WAITING,
        CONNECTING,
        RESTORING,
        RUNNING,
        ENDING,
        FAILED,
        DONE
    }

    /** Parameters that are not the captured session's. */
    private static final Set<String> GIVEN = Set.of("user", "database");

    /** What all sessions of a replay share. */
    interface Together {
        TargetServer server();

        Pace pace();

        Results results();

        CommitOrder order();

        /** Whether transactions are READ ONLY by default. */
        boolean readOnly();

        /** Steps of so many bytes are done. Any thread. */
        void onDone(long bytes);

        /** Any thread. */
        void onDone(ReplaySession session);
    }

    private final SessionOpen open;
    private final Together together;
    private final Pace pace;
    private final Results results;
    private final EventLoop loop;
    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private final Comparison comparison;
    private final Conversation conversation;
    private Phase phase = Phase.WAITING;
    private @Nullable TargetConnection connection;
    private String goneWhy = "";

    /** It will look again by itself; null where it will not. */
    private @Nullable ScheduledFuture<?> waking;

    private boolean hungUp;

    /** Of its own, that the server is about to have done. */
    private final ArrayDeque<Step.Wrote> writes = new ArrayDeque<>();

    /** Writes of all sessions that were waited for, and that are done as far as is known here. */
    private long awaited;

    private long reached;
    private @Nullable ScheduledFuture<?> watching;

    /** Of the last message: how much later than captured it was due, and how much later than that it was sent. */
    private long behindNanos;

    private long lateNanos;

    /** When the target said something last, or was first asked after it owed nothing. */
    private long heardNanos;

    /** Written by the reader before the first step is handed over. */
    private @Nullable SessionState state;

    ReplaySession(SessionOpen open, Together together, EventLoop loop) {
        this.open = open;
        this.together = together;
        this.loop = loop;
        pace = together.pace();
        results = together.results();
        comparison = new Comparison(open.session(), results);
        conversation = new Conversation((_, response) -> comparison.onReplayed(response));
    }

    /** What it had when the capture found it; before its first step. The reader's thread. */
    void found(SessionState had) {
        SessionState before = state;
        state = before == null ? had : before.plus(had);
    }

    /** Any thread, in order. */
    void hand(List<Step> more) {
        loop.execute(() -> take(more));
    }

    private void take(List<Step> more) {
        steps.addAll(more);
        switch (phase) {
            case WAITING -> {
                results.onSession();
                phase = Phase.CONNECTING;
                wakeAt(open.origin() == Origin.FOUND_OPEN ? System.nanoTime() : pace.due(open.nanos()));
            }
            case RUNNING -> proceed();
            case FAILED, DONE -> passOver();
            case CONNECTING, RESTORING, ENDING -> {}
        }
    }

    private void wakeAt(long nanos) {
        if (waking == null) {
            waking = loop.schedule(this::wake, nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void wake() {
        waking = null;
        if (phase == Phase.CONNECTING && connection == null) {
            connect();
        } else if (phase == Phase.RUNNING) {
            proceed();
        }
    }

    private void connect() {
        together.server().connect(loop).addListener((Future<Greeted> done) -> {
            if (phase != Phase.CONNECTING) {
                if (done.isSuccess()) {
                    Sockets.close(done.getNow().channel());
                }
            } else if (done.isSuccess()) {
                login(done.getNow());
            } else {
                fail(together.server().text(done.cause()));
            }
        });
    }

    private void login(Greeted greeted) {
        heardNanos = System.nanoTime();
        Logins.Login login = together.server().target().logins().of(open.user());
        conversation.onStartup(open.protocol(), heardNanos);
        connection = new TargetConnection(
                together.server(), greeted, open.protocol(), parameters(login), login.password(), this);
        watch(together.server().target().connectTimeout().toNanos());
    }

    private List<Map.Entry<String, String>> parameters(Logins.Login login) {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        String database = together.server().target().database();
        list.add(Map.entry("user", login.user(open.user())));
        list.add(Map.entry("database", database == null ? open.database() : database));
        for (Setting each : open.parameters()) {
            if (!GIVEN.contains(each.name())) {
                list.add(Map.entry(each.name(), each.value()));
            }
        }
        if (together.readOnly()) {
            list.add(Map.entry(SessionRestore.READ_ONLY, "on"));
        }
        return list;
    }

    /** Looks, when {@code nanos} have gone, whether the target has said anything meanwhile that it owes. */
    private void watch(long nanos) {
        if (watching != null) {
            watching.cancel(false);
        }
        watching = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (phase == Phase.FAILED || phase == Phase.DONE) {
            return;
        }
        boolean loggingIn = phase == Phase.CONNECTING;
        Target target = together.server().target();
        long limit = (loggingIn ? target.connectTimeout() : target.answerTimeout()).toNanos();
        boolean owes = loggingIn || conversation.outstanding() > 0;
        long silent = System.nanoTime() - heardNanos;
        if (!owes) {
            watch(limit);
        } else if (silent < limit) {
            watch(limit - silent);
        } else {
            fail(target.address() + ": no answer for " + TimeUnit.NANOSECONDS.toSeconds(silent) + " s");
        }
    }

    @Override
    public void onReady() {
        phase = Phase.RESTORING;
        watch(together.server().target().answerTimeout().toNanos());
        TargetConnection to = connection;
        SessionState had = state;
        if (to != null && had != null) {
            long now = System.nanoTime();
            SessionRestore.send(had, together.readOnly(), (type, body) -> {
                conversation.onSent(type, body, 0, now);
                to.write(type, body);
            });
            to.flush();
        }
    }

    @Override
    public void onMessage(byte type, ByteBuf buffer, int bodyAt, int length, long now) {
        conversation.onReceived(type, buffer, bodyAt, length, now);
    }

    @Override
    public void onRow(
            byte type, int bodyBytes, ByteBuf buffer, int at, int length, boolean first, boolean last, long now) {
        conversation.onRow(type, bodyBytes, buffer, at, length, first, last, now);
    }

    @Override
    public void onRead(long now) {
        heardNanos = now;
        if (phase == Phase.RESTORING && conversation.outstanding() == 0) {
            conversation.forgetReady();
            phase = Phase.RUNNING;
        }
        tellWrites();
        if (phase == Phase.RUNNING) {
            proceed();
        } else if (phase == Phase.ENDING) {
            endIfAnswered();
        }
    }

    @Override
    public void onWritable() {
        if (phase == Phase.RUNNING) {
            proceed();
        }
    }

    @Override
    public void onGone(String why) {
        connection = null;
        tellWrites();
        switch (phase) {
            case CONNECTING, RESTORING -> fail(why);
            case RUNNING -> {
                goneWhy = why;
                proceed();
            }
            case ENDING -> done();
            case WAITING, FAILED, DONE -> {}
        }
    }

    /** All that can be done now. */
    private void proceed() {
        long bytes = 0;
        for (Step step = steps.peek(); step != null && phase == Phase.RUNNING && act(step); step = steps.peek()) {
            steps.poll();
            bytes += step.bytes();
        }
        together.onDone(bytes);
        TargetConnection to = connection;
        if (to != null) {
            to.flush();
        }
        if (phase == Phase.FAILED) {
            passOver();
        } else if (phase == Phase.ENDING) {
            endIfAnswered();
        }
    }

    /** Whether it is done, or need not be. */
    private boolean act(Step step) {
        switch (step) {
            case Step.Send send -> {
                return send(send);
            }
            case Step.Expect(var response) -> comparison.onCaptured(response);
            case Step.Cancel(long nanos) -> {
                long due = pace.due(nanos);
                if (pace.isTimed() && due > System.nanoTime()) {
                    wakeAt(due);
                    return false;
                }
                if (connection != null) {
                    connection.flush();
                    connection.cancel();
                }
            }
            case Step.Await(long writes) -> {
                return isInTurn(writes);
            }
            case Step.Wrote wrote -> {
                writes.add(wrote);
                tellWrites();
            }
            case Step.Gap(long messages) -> results.onGap(messages);
            case Step.End _ -> phase = Phase.ENDING;
        }
        return true;
    }

    private boolean isToWaitFor(long ready) {
        return ready > conversation.ready() && conversation.outstanding() > 0 && connection != null;
    }

    private boolean isInTurn(long number) {
        if (awaited >= number) {
            return reached >= number;
        }
        awaited = number;
        boolean done = together.order().isDone(number, () -> loop.execute(() -> onReached(number)), System.nanoTime());
        reached = done ? number : reached;
        return done;
    }

    private void onReached(long number) {
        reached = Math.max(reached, number);
        if (phase == Phase.RUNNING) {
            proceed();
        }
    }

    private void tellWrites() {
        for (Step.Wrote next = writes.peek(); next != null && !isToWaitFor(next.ready()); next = writes.peek()) {
            together.order().onDone(writes.remove().number(), System.nanoTime());
        }
    }

    private boolean send(Step.Send send) {
        TargetConnection to = connection;
        if (to == null) {
            fail(goneWhy);
            return false;
        }
        if (isToWaitFor(send.ready())) {
            return false;
        }
        long now = System.nanoTime();
        long late = 0;
        long behind = 0;
        if (pace.isTimed()) {
            long captured = pace.due(send.nanos());
            behind = behind(send, captured);
            late = now - captured - behind;
            if (late < 0) {
                wakeAt(captured + behind);
                return false;
            }
        }
        if (!to.isWritable()) {
            return false;
        }
        comparison.onSent(send.number(), send.labels());
        if (conversation.outstanding() == 0) {
            heardNanos = now;
        }
        conversation.onSent(send.type(), send.body(), send.number(), now);
        to.write(send.type(), send.body());
        if (pace.isTimed()) {
            behindNanos = behind;
            lateNanos = late;
            results.onSent(late, behind);
        } else {
            results.onSent();
        }
        return true;
    }

    /**
     * How much later than captured it is due: the client thinks as long as it did, from the answer on that the target would have given
     * by then, had it been asked in time.
     */
    private long behind(Step.Send send, long captured) {
        if (send.thinkNanos() < 0) {
            return behindNanos;
        }
        long answered = conversation.readyNanos();
        return answered == 0 ? 0 : Math.max(0, answered - lateNanos + pace.scaled(send.thinkNanos()) - captured);
    }

    private void endIfAnswered() {
        TargetConnection to = connection;
        if (to == null) {
            done();
        } else if (conversation.outstanding() == 0 && !hungUp) {
            hungUp = true;
            to.hangUp();
        }
    }

    private void fail(String why) {
        boolean ending = phase == Phase.ENDING;
        phase = Phase.FAILED;
        results.onSessionFailed(open.session(), why);
        if (connection != null) {
            connection.close();
            connection = null;
        }
        passOver();
        if (ending) {
            done();
        }
    }

    /** What was not done is told. */
    private void passOver() {
        long bytes = 0;
        for (Step step = steps.poll(); step != null; step = steps.poll()) {
            bytes += step.bytes();
            if (phase == Phase.FAILED) {
                switch (step) {
                    case Step.Send _ -> results.onNotSent();
                    case Step.Expect(var response) -> comparison.onCaptured(response);
                    case Step.Gap(long messages) -> results.onGap(messages);
                    case Step.Wrote wrote -> writes.add(wrote);
                    case Step.Cancel _, Step.Await _ -> {}
                    case Step.End _ -> done();
                }
            }
        }
        tellWrites();
        together.onDone(bytes);
    }

    /** Nothing more is to be done, whatever is left. Any thread. */
    void stop(String why) {
        loop.execute(() -> {
            if (phase == Phase.WAITING) {
                results.onSession();
            }
            if (phase != Phase.FAILED && phase != Phase.DONE) {
                fail(why);
            }
            if (phase != Phase.DONE) {
                done();
            }
        });
    }

    private void done() {
        phase = Phase.DONE;
        if (watching != null) {
            watching.cancel(false);
        }
        comparison.end();
        together.onDone(this);
    }
}
