package io.pgweir.session;

/**
 * Where a session stands.
 *
 * <pre>
 *           startup packet          Ok                ReadyForQuery
 *  STARTUP ---------------> AUTHENTICATING -> STARTING -----------------> READY <---------------+
 *                                                          request |  ^ last ReadyForQuery      |
 *                                                                  v  |                         |
 *                                                                 ACTIVE                        |
 *                                              CopyXResponse |  ^ CopyDone + CommandComplete,   |
 *                                                            v  | ErrorResponse                 |
 *                                             COPY_IN, COPY_OUT, COPY_BOTH ---------------------+
 *
 *  every phase: FATAL -> FAILED; an error before the first ReadyForQuery -> FAILED; closed -> CLOSED
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

    /** A ReadyForQuery came, and nothing is outstanding behind it. */
    SessionPhase toReady() {
        return isOpen() ? READY : this;
    }

    /** A request went out, or a ReadyForQuery came with more outstanding behind it, or a COPY ended. */
    SessionPhase toActive() {
        return isOpen() ? ACTIVE : this;
    }

    SessionPhase toCopy(CopyTotals.Direction direction) {
        if (!isOpen()) {
            return this;
        }
        return switch (direction) {
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

    /** Whether a COPY is under way. */
    public boolean isCopy() {
        return this == COPY_IN || this == COPY_OUT || this == COPY_BOTH;
    }

    private boolean isOpen() {
        return this == STARTING || this == READY || this == ACTIVE || isCopy();
    }
}
