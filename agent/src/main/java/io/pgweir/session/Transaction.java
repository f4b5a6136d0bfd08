package io.pgweir.session;

/**
 * One transaction of a session, as the server's own answers told it by the moment the listener was called. Immutable: what
 * becomes of it later is another instance with the same {@link #number()}.
 *
 * @param number within the session, from 1
 * @param explicit opened by BEGIN or START TRANSACTION, not by a statement of its own
 * @param startNanos when its first request arrived
 * @param endNanos 0 while it is open
 * @param executions begun within it so far
 */
public record Transaction(
        long number, boolean explicit, Outcome outcome, long startNanos, long endNanos, int executions) {

    /** What became of it. */
    public enum Outcome {
        /** Not over yet: {@link SessionListener#onTransactionEnd} tells. */
        OPEN,
        COMMITTED,
        ROLLED_BACK,
        /** PREPARE TRANSACTION: a COMMIT PREPARED elsewhere decides. */
        PREPARED,
        /** The connection was lost while a commit may have been under way. */
        UNKNOWN
    }
}
