package io.pgweir.boot;

/** Why an agent did not start. The message names the thing at fault and what was expected of it. */
public final class AgentStartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public AgentStartException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public enum Kind {
        /** An address is taken, not this machine's, or not permitted. */
        BIND,
        /** A certificate or key file cannot be read, or does not hold what it should. */
        TLS,
        /** An audit sink cannot be opened: no agent runs unaudited. */
        AUDIT,
        /** The key of masked values cannot be read, or is none. */
        RULES,
        /** What verifiers of roles are read from cannot be read, or does not hold what it should. */
        AUTH,
        /** The directory of captures cannot be written, or their key cannot be read. */
        CAPTURE,
        /** The configured transport cannot be had here. */
        TRANSPORT
    }
}
