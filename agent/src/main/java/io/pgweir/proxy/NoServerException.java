package io.pgweir.proxy;

/** A session got no server; the message names each node and why. */
final class NoServerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean tried;

    /** @param tried whether a node could have taken it, and could not be connected to */
    NoServerException(String message, boolean tried) {
        super(message, null, false, false);
        this.tried = tried;
    }

    boolean isTried() {
        return tried;
    }
}
