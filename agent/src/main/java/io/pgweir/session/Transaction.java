package io.pgweir.session;

/** One transaction of a session, as the server's own answers tell it. */
public interface Transaction {
    /** Within the session, from 1. */
    long number();

    /** Opened by BEGIN or START TRANSACTION, not by a statement of its own. */
    boolean explicit();

    Outcome outcome();

    long startNanos();

    long endNanos();

    /** Executions within it so far. */
    int executions();

    enum Outcome {
        /** Not over yet: the {@code transaction.end} record tells. */
        OPEN,
        COMMITTED,
        ROLLED_BACK,
        /** PREPARE TRANSACTION: a COMMIT PREPARED elsewhere decides. */
        PREPARED,
        /** The connection was lost while a commit may have been under way. */
        UNKNOWN
    }
}
