package io.pgweir.proxy;

import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.session.SessionPhase;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.TransactionStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session that has to go: it ends by a FATAL of pgweir's as soon as nothing is under way, and at the deadline at the next end of
 * a message, its statement cancelled.
 *
 * <pre>
 *           begin()               transaction over
 *   STAYING -------> LEAVING -----------------------------------------> ended
 *      ^                | |  deadline           end of a message         ^
 *      '----- stay() ---' '----------> LATE -----------------------------|
 *                                       '--- {@value #FAREWELL_SECONDS_MAX} s without one: closed ---------'
 * </pre>
 *
 * <p>Thread: the session's event loop.
 */
final class SessionDrain {
    private static final long FAREWELL_SECONDS_MAX = 2;

    private final ProxySession session;
    private @Nullable Refusal why;
    private @Nullable ScheduledFuture<?> timer;
    private boolean late;

    SessionDrain(ProxySession session) {
        this.session = session;
    }

    /** The first reason is the reason; of two deadlines the earlier counts, and the agent's own stop is never taken back. */
    void begin(Refusal reason, long deadlineMillis) {
        if (session.ending.isFinished()) {
            return;
        }
        if (why == null) {
            why = reason;
            timer = session.client.eventLoop().schedule(this::onDeadline, deadlineMillis, TimeUnit.MILLISECONDS);
        } else if (reason.cause() == EndCause.SHUTDOWN) {
            why = reason;
        }
        endIfIdle();
    }

    /** Its node is as it should be again. */
    void stay() {
        if (why != null && !late && why.cause() != EndCause.SHUTDOWN) {
            why = null;
            stopTimer();
        }
    }

    /** There is no more time. */
    void now(Refusal reason) {
        if (!session.ending.isFinished()) {
            why = why == null ? reason : why;
            onDeadline();
        }
    }

    /** Nothing of a request or an answer is on its way, and no transaction is open. */
    private boolean isIdle() {
        SessionTracker tracker = session.meaning.tracker();
        return session.meaning.isOn()
                && tracker.outstanding() == 0
                && !tracker.isSegmentOpen()
                && tracker.transactionStatus() == TransactionStatus.IDLE
                && tracker.phase() != SessionPhase.STARTUP
                && session.toServer.isBetweenMessages()
                && session.toServer.heldBytes() == 0
                && !session.toServer.isParked()
                && session.toClient.isBetweenMessages()
                && !session.toClient.isParked();
    }

    void endIfIdle() {
        Refusal last = why;
        if (last != null && (late ? session.toClient.endedBetweenMessages() : isIdle())) {
            stopTimer();
            session.ending.refuse(last);
        }
    }

    private void onDeadline() {
        if (late || session.ending.isDeaf()) {
            return;
        }
        late = true;
        stopTimer();
        session.cancelStatement();
        session.toClient.stopBetweenMessages();
        timer = session.client.eventLoop().schedule(this::close, FAREWELL_SECONDS_MAX, TimeUnit.SECONDS);
        endIfIdle();
    }

    private void close() {
        Refusal last = why;
        if (last != null && !session.ending.isDeaf()) {
            session.ending.closeBoth(last.cause());
        }
    }

    /** The session is over. */
    void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
