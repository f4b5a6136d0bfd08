package io.pgweir.wire;

/** Bytes that the protocol does not allow. The message says what was found, then what was expected, then where. */
public final class ProtocolException extends Exception {
    public ProtocolException(String message) {
        super(message);
    }
}
