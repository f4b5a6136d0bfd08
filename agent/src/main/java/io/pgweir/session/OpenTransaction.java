package io.pgweir.session;

/** A transaction while it can still change; listeners see {@link Transaction}s made of it. */
final class OpenTransaction {
    final long number;
    final long startNanos;
    boolean explicit;

    /** ReadyForQuery has said that there is one. */
    boolean shown;

    /** An error happened in it, and no ROLLBACK TO has made it good. */
    boolean failed;

    Transaction.Outcome outcome = Transaction.Outcome.OPEN;
    long endNanos;
    int executions;

    /** Executions begun and not yet told. */
    int untold;

    /** Some of its executions were told while it was open. */
    boolean toldEarly;

    boolean told;

    OpenTransaction(long number, boolean explicit, long startNanos) {
        this.number = number;
        this.explicit = explicit;
        this.startNanos = startNanos;
    }

    boolean isOver() {
        return outcome != Transaction.Outcome.OPEN;
    }

    Transaction toTransaction() {
        return new Transaction(number, explicit, outcome, startNanos, endNanos, executions);
    }
}
