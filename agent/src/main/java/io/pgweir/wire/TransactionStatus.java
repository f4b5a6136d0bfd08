package io.pgweir.wire;

/** What ReadyForQuery says of the transaction. */
public enum TransactionStatus {
    /** {@code 'I'}: not in a transaction block. */
    IDLE('I'),
    /** {@code 'T'}: in a transaction block. */
    IN_TRANSACTION('T'),
    /** {@code 'E'}: in a failed transaction block. */
    FAILED('E');

    private final char code;

    TransactionStatus(char code) {
        this.code = code;
    }

    public char code() {
        return code;
    }
}
