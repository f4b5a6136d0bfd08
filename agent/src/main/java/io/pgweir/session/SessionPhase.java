package io.pgweir.session;

import org.jspecify.annotations.Nullable;

/**
 * Where a session stands.
 *
 * <pre>
 *           startup packet          Ok            ReadyForQuery
 *  STARTUP ---------------> AUTHENTICATING -> STARTING ------> READY  (nothing outstanding)
 *                                                               |  ^
 *                                                       request |  | last ReadyForQuery
 *                                                               v  |
 *                                                              ACTIVE
 *                                               CopyXResponse |  ^ CommandComplete, ErrorResponse
 *                                                             v  |
 *                                               COPY_IN, COPY_OUT, COPY_BOTH
 *
 *  every phase: FATAL, or an error before the first ReadyForQuery -> FAILED; closed -> CLOSED
 * </pre>
 *
 * An event that a phase does not expect leaves it as it is.
 */
public enum SessionPhase {
    /** Before the startup packet: TLS and GSS are being negotiated. */
    STARTUP,
    AUTHENTICATING,
    /** Let in; the server tells its parameters. */
    STARTING,
    /** Nothing is outstanding. */
    READY,
    /** Requests are outstanding. */
    ACTIVE,
    COPY_IN,
    COPY_OUT,
    COPY_BOTH,
    /** The server said that it will close. */
    FAILED,
    CLOSED;

    SessionPhase toAuthenticating() {
        return this == STARTUP ? AUTHENTICATING : this;
    }

    SessionPhase toStarting() {
        return this == AUTHENTICATING ? STARTING : this;
    }

    /** A ReadyForQuery came. */
    SessionPhase toReady() {
        return this == STARTING || isServing() ? READY : this;
    }

    /** What READY is while requests are outstanding or a COPY is under way. */
    SessionPhase toServing(int outstanding, CopyTotals.@Nullable Direction copy) {
        if (!isServing()) {
            return this;
        }
        if (copy == null) {
            return outstanding == 0 ? READY : ACTIVE;
        }
        return switch (copy) {
            case IN -> COPY_IN;
            case OUT -> COPY_OUT;
            case BOTH -> COPY_BOTH;
        };
    }

    SessionPhase toFailed() {
        return this == CLOSED ? this : FAILED;
    }

    SessionPhase toClosed() {
        return CLOSED;
    }

    /** Before the first ReadyForQuery: any error ends the session. */
    boolean isBeforeReady() {
        return this == STARTUP || this == AUTHENTICATING || this == STARTING;
    }

    private boolean isServing() {
        return this == READY || this == ACTIVE || this == COPY_IN || this == COPY_OUT || this == COPY_BOTH;
    }
}
