package io.pgweir.proxy;

import io.pgweir.session.SessionPhase;
import io.pgweir.wire.TransactionStatus;
import java.util.Locale;

/** What a session is doing, in the words of pg_stat_activity where it has some. */
public enum SessionState {
    /** One of limits is full: it is in limits.queue. */
    WAITING_FOR_LIMIT,
    /** A server is being looked for, and connected to. */
    CONNECTING,
    /** The server has not said yet that it is ready. */
    STARTING,
    /** The server has asked who it is, and not let it in yet. */
    AUTHENTICATING,
    IDLE,
    IDLE_IN_TRANSACTION,
    IDLE_IN_FAILED_TRANSACTION,
    /** The server owes an answer. */
    ACTIVE,
    /** Held back until a record is safe, or there is room for records. */
    WAITING_FOR_AUDIT,
    /** Held back by a rule: a throttle, or rows that it looks at. */
    WAITING_FOR_RULE,
    /** Its messages are not understood any more: it goes on as bytes. */
    OPAQUE,
    /** Its end has begun. */
    ENDING;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', ' ');

    /** Of a session that nothing holds back. */
    static SessionState of(SessionPhase phase, TransactionStatus transaction) {
        return switch (phase) {
            case STARTUP, STARTING -> STARTING;
            case AUTHENTICATING -> AUTHENTICATING;
            case ACTIVE, COPY_IN, COPY_OUT, COPY_BOTH -> ACTIVE;
            case FAILED, CLOSED -> ENDING;
            case READY ->
                switch (transaction) {
                    case IDLE -> IDLE;
                    case IN_TRANSACTION -> IDLE_IN_TRANSACTION;
                    case FAILED -> IDLE_IN_FAILED_TRANSACTION;
                };
        };
    }

    public String word() {
        return word;
    }
}
