package io.pgweir.proxy;

import io.pgweir.config.TimeoutsConfig;
import io.pgweir.session.SessionPhase;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.SqlState;
import io.pgweir.wire.TransactionStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a session has been as it is: idle, idle in a transaction, or at one request. Nobody tells it when that changes; it looks
 * now and then, and what it sees the same as before has lasted since. So a timeout comes late by at most two looks, and what passes
 * costs nothing.
 *
 * <p>Replication is never timed: its requests last as long as its sessions.
 *
 * <p>Thread: the session's event loop.
 */
final class SessionTimeouts {
    /** A cancelled statement has as long to end. */
    private static final long CANCEL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final TimeoutsConfig config;
    private final ProxySession session;

    private State state = State.UNTIMED;

    /** How many requests were answered when {@link #state} began. */
    private long answered;

    private long sinceNanos;

    private boolean cancelled;
    private long cancelledNanos;

    /** From a cancel until the server has taken notice: what the client asks meanwhile could be hit. */
    private boolean cancelling;

    private enum State {
        UNTIMED,
        IDLE,
        TRANSACTION_IDLE,
        AT_A_REQUEST
    }

    SessionTimeouts(TimeoutsConfig config, ProxySession session) {
        this.config = config;
        this.session = session;
    }

    boolean isOver() {
        return session.ending.isFinished();
    }

    /** Whether the client's next request has to wait. */
    boolean isCancelling() {
        return cancelling;
    }

    void look(long now) {
        SessionTracker tracker = session.meaning.tracker();
        State is = state(tracker);
        if (is != state || answered != tracker.answered()) {
            state = is;
            answered = tracker.answered();
            sinceNanos = now;
            cancelled = false;
            return;
        }
        switch (is) {
            case UNTIMED -> {
                // For ever.
            }
            case IDLE -> endIfPast(config.idle(), now, Refusal.idle());
            case TRANSACTION_IDLE -> endIfPast(config.transactionIdle(), now, Refusal.transactionIdle());
            case AT_A_REQUEST -> cancelIfPast(now);
        }
    }

    /** What is held back has not reached the server: its time has not begun. */
    private State state(SessionTracker tracker) {
        if (!session.meaning.isOn() || session.toServer.isParked() || session.toClient.isParked()) {
            return State.UNTIMED;
        }
        SessionPhase phase = tracker.phase();
        return switch (phase) {
            case READY -> tracker.transactionStatus() == TransactionStatus.IDLE ? State.IDLE : State.TRANSACTION_IDLE;
            case ACTIVE, COPY_IN, COPY_OUT -> State.AT_A_REQUEST;
            case STARTUP, AUTHENTICATING, STARTING, COPY_BOTH, FAILED, CLOSED -> State.UNTIMED;
        };
    }

    private boolean isPast(Duration timeout, long now) {
        return !timeout.isZero() && now - sinceNanos >= timeout.toNanos();
    }

    private void endIfPast(Duration timeout, long now, Refusal refusal) {
        if (isPast(timeout, now) && session.toClient.isBetweenMessages()) {
            session.ending.refuse(refusal);
        }
    }

    private void cancelIfPast(long now) {
        if (cancelled) {
            if (now - cancelledNanos >= CANCEL_NANOS_MAX) {
                end();
            }
        } else if (isPast(config.query(), now)) {
            cancelled = true;
            cancelledNanos = now;
            CancelKeys.Key key = session.cancelKey();
            if (key == null) {
                end();
                return;
            }
            cancelling = true;
            session.steer();
            CancelRelay.start(session.context, session.cluster, session.server.eventLoop(), key, () -> {
                cancelling = false;
                session.steer();
            });
        }
    }

    private void end() {
        if (session.toClient.isBetweenMessages()) {
            session.ending.refuse(Refusal.notCanceled());
        } else {
            session.ending.closeBoth(EndCause.TIMEOUT);
        }
    }

    /** What the client hears in place of {@code error}, by which the server tells of a cancel; null for itself. */
    @Nullable
    ErrorFields inPlaceOf(ErrorFields error) {
        boolean ours = cancelled && error.sqlState().equals(SqlState.QUERY_CANCELED);
        cancelled &= !ours;
        return ours ? Refusal.queryTimeout() : null;
    }
}
