package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.net.ServerGreeting.Greeted;
import io.pgweir.net.Sockets;
import io.pgweir.wire.MessageType;
import java.util.ArrayDeque;
import java.util.List;
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

    /** How many ReadyForQuery the client had got when it said what was sent last. */
    private long awaited;

    private boolean hungUp;
    private boolean canceling;
    private boolean proceeding;
    private boolean again;

    private final SessionTurn turn;
    private final AnswerWatch watch;
    private final SessionClock clock;
    private final NotDone notDone;

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
        clock = new SessionClock(pace, results);
        turn = new SessionTurn(together.order(), loop, guarded(this::proceedIfRunning));
        notDone = new NotDone(open.session(), results, comparison, turn);
        watch = new AnswerWatch(loop, this::isOwed, this::onSilence);
    }

    /** A fault of our own ends the session, not the replay. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException fault) {
                if (phase == Phase.FAILED || phase == Phase.DONE) {
                    throw fault;
                }
                fail(fault.toString());
            }
        };
    }

    /** What it had when the capture found it; before its first step. The reader's thread. */
    void found(SessionState had) {
        SessionState before = state;
        state = before == null ? had : before.plus(had);
    }

    /** Any thread, in order. */
    void hand(List<Step> more) {
        loop.execute(guarded(() -> take(more)));
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
            waking = loop.schedule(guarded(this::wake), nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void wake() {
        waking = null;
        if (phase == Phase.CONNECTING && connection == null) {
            connect();
        } else {
            proceedIfRunning();
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
        conversation.onStartup(open.protocol(), System.nanoTime());
        connection = TargetConnection.of(open, together, greeted, this);
        watch.limit(together.server().target().connectTimeout());
    }

    private boolean isOwed() {
        return phase == Phase.CONNECTING || conversation.outstanding() > 0;
    }

    private void onSilence(long nanos) {
        fail(together.server().target().address() + ": no answer for " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s");
    }

    @Override
    public void onReady() {
        phase = Phase.RESTORING;
        watch.limit(together.server().target().answerTimeout());
        TargetConnection to = connection;
        SessionState had = state;
        if (to != null && had != null) {
            long now = System.nanoTime();
            SessionRestore.send(had, together.readOnly(), (type, body) -> {
                conversation.onSent(type, body, 0, 0, now);
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
        watch.heard(now);
        if (phase == Phase.RESTORING && conversation.outstanding() == 0) {
            conversation.forgetReady();
            phase = Phase.RUNNING;
        }
        turn.tellDone(this::isToWaitFor);
        if (phase == Phase.RUNNING) {
            proceed();
        } else if (phase == Phase.ENDING) {
            endIfAnswered();
        }
    }

    @Override
    public void onWritable() {
        proceedIfRunning();
    }

    @Override
    public void onGone(String why) {
        connection = null;
        turn.tellDone(this::isToWaitFor);
        switch (phase) {
            case CONNECTING, RESTORING -> fail(why);
            case RUNNING -> {
                goneWhy = why;
                proceed();
            }
            case ENDING -> {
                if (conversation.outstanding() > 0 && !hungUp) {
                    fail(why);
                } else {
                    done();
                }
            }
            case WAITING, FAILED, DONE -> {}
        }
    }

    private void proceedIfRunning() {
        if (phase == Phase.RUNNING) {
            proceed();
        }
    }

    /** All that can be done now. What is written may make room for more at once, and call again. */
    private void proceed() {
        again = true;
        if (proceeding) {
            return;
        }
        proceeding = true;
        try {
            while (again) {
                again = false;
                actAndFlush();
            }
        } finally {
            proceeding = false;
        }
        if (phase == Phase.FAILED) {
            passOver();
        } else if (phase == Phase.ENDING) {
            endIfAnswered();
        }
    }

    private void actAndFlush() {
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
    }

    /** Whether it is done, or need not be. */
    private boolean act(Step step) {
        switch (step) {
            case Step.Send send -> {
                return send(send);
            }
            case Step.Expect(var response) -> comparison.onCaptured(response);
            case Step.Cancel(long nanos) -> {
                if (isToWaitFor(awaited)) {
                    return false;
                }
                long due = pace.due(nanos);
                if (pace.isTimed() && due > System.nanoTime()) {
                    wakeAt(due);
                    return false;
                }
                if (connection != null) {
                    connection.flush();
                    canceling = true;
                    // What it says next comes behind that, as it did.
                    connection.cancel(guarded(() -> {
                        canceling = false;
                        proceedIfRunning();
                    }));
                }
            }
            case Step.Await(long number) -> {
                return turn.hasCome(number);
            }
            case Step.Ran ran -> {
                turn.onRan(ran);
                turn.tellDone(this::isToWaitFor);
            }
            case Step.Gap(long messages) -> results.onGap(messages);
            case Step.End _ -> phase = Phase.ENDING;
        }
        return true;
    }

    private boolean isToWaitFor(long ready) {
        return connection != null && conversation.awaitsReady(ready);
    }

    private boolean send(Step.Send send) {
        TargetConnection to = connection;
        if (to == null) {
            fail(goneWhy);
            return false;
        }
        if (canceling || isToWaitFor(send.ready() - ahead(send)) || conversation.awaitsCopy(send)) {
            return false;
        }
        long now = System.nanoTime();
        long due = pace.isTimed() ? clock.due(send, conversation.readyNanos()) : now;
        if (due > now) {
            wakeAt(due);
            return false;
        }
        if (!to.isWritable()) {
            return false;
        }
        comparison.onSent(send.number(), send.labels());
        if (conversation.outstanding() == 0) {
            watch.heard(now);
        }
        conversation.onSent(send.type(), send.body(), send.number(), send.ready(), now);
        to.write(send.type(), send.body());
        clock.onSent(due, now);
        awaited = send.ready();
        return true;
    }

    /** How many answers need not have come that the client had waited for; what the server does with data, or with an end, hangs on them. */
    private int ahead(Step.Send send) {
        return send.copies() > 0 || send.type() == MessageType.Frontend.TERMINATE ? 0 : together.ahead();
    }

    private void endIfAnswered() {
        TargetConnection to = connection;
        if (to == null) {
            done();
        } else if ((conversation.outstanding() == 0 || conversation.isOver()) && !hungUp) {
            hungUp = true;
            to.hangUp();
        }
    }

    private void fail(String why) {
        boolean ending = phase == Phase.ENDING;
        notDone.onFailed(why, phase == Phase.CONNECTING);
        phase = Phase.FAILED;
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
            if (phase == Phase.FAILED && notDone.tell(step)) {
                done();
            }
        }
        turn.tellDone(this::isToWaitFor);
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
                notDone.end();
                done();
            }
        });
    }

    private void done() {
        phase = Phase.DONE;
        watch.stop();
        comparison.end();
        together.onDone(this);
    }
}
