package io.pgweir.proxy;

import java.util.Locale;

/** Why a connection ended: field of its record and label of its counter. The first cause that is known stays. */
public enum EndCause {
    /** The client closed its connection without Terminate. */
    CLIENT_CLOSED,
    CLIENT_RESET,
    /** The client sent Terminate. */
    CLIENT_TERMINATED,
    SERVER_CLOSED,
    SERVER_RESET,
    /** The server sent an error of severity FATAL or PANIC. */
    SERVER_FATAL,
    /** No startup packet within limits.startup-timeout. */
    STARTUP_TIMEOUT,
    /** A startup packet that PostgreSQL refuses too. */
    BAD_STARTUP,
    /** The handshake with the client failed, or the client used TLS where it may not, or the other way round. */
    TLS_FAILURE,
    /** No node could be connected to. */
    CONNECT_FAILED,
    /** No node has a role that the listener's sessions want, or all that have are out. */
    NO_NODE,
    /** Over one of limits. */
    LIMIT,
    CLIENT_PROTOCOL_VIOLATION,
    SERVER_PROTOCOL_VIOLATION,
    /** The client chose SCRAM-SHA-256-PLUS where the proof cannot hold: see docs/life-of-a-message.md. */
    CHANNEL_BINDING,
    /** The client's certificate does not let in, or the leader does not let in whom it stands for. */
    CERTIFICATE,
    /** The record of a statement could not be kept, and its class is fail-closed. */
    AUDIT,
    /** A rule ended it. */
    RULE,
    /** Somebody ended it over the admin side. */
    ADMINISTRATOR,
    /** One of limits.timeouts. */
    TIMEOUT,
    /** Its node lags, leads no more, is gone or is being drained. */
    DRAINED,
    /** The agent is stopping. */
    SHUTDOWN,
    INTERNAL_ERROR;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    public String label() {
        return label;
    }
}
