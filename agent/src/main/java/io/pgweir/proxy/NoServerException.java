package io.pgweir.proxy;

/** A session got no server; the message names each node and why. */
final class NoServerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    enum Reason {
        /** No node has a role that is wanted, or all that have are out. */
        NONE_FITS,
        /** A node would take it, and has as many sessions as it may have. */
        FULL,
        /** A node could have taken it, and could not be connected to. */
        TRIED
    }

    NoServerException(String message, Reason reason) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
