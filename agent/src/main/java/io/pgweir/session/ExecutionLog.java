package io.pgweir.session;

import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executions from their beginning until the listener knows them: held until the ReadyForQuery that says what their
 * transaction came to.
 */
final class ExecutionLog {
    /** Beyond it they are told while their transaction is open, whose end is then told as well. */
    static final int HELD_MAX = 256;

    private final SessionListener listener;
    private final TransactionModel transactions;
    private final List<Execution> held = new ArrayList<>();
    private long sequence;
    private int pipelinePosition;
    private boolean inDoubt;
    private @Nullable Placement placement;

    ExecutionLog(SessionListener listener, TransactionModel transactions) {
        this.listener = listener;
        this.transactions = transactions;
    }

    Execution begin(Execution.Path path, long startNanos, long ownNanos) {
        OpenTransaction transaction = transactions.enter(startNanos);
        transaction.executions++;
        transaction.untold++;
        Execution execution =
                new Execution(++sequence, path, pipelinePosition++, startNanos, transactions.status(), transaction);
        execution.ownNanos = ownNanos;
        return execution;
    }

    /** It is over; what its tag does to the transaction has been done. */
    void end(Execution execution, long nanos) {
        execution.endNanos = nanos;
        execution.statusAfter = transactions.status();
        execution.doubtful |= inDoubt;
        execution.placement = placement;
        held.add(execution);
        if (held.size() > HELD_MAX) {
            tellHeld();
        }
    }

    /** What is over from here on ran there. */
    void place(Placement where) {
        placement = where;
    }

    /** From here on nobody knows for sure which request an answer belongs to. */
    void doubt() {
        inDoubt = true;
    }

    /** What is over and not told may have been another request's already. */
    void doubtHeld() {
        for (Execution execution : held) {
            execution.doubtful = true;
        }
    }

    boolean isInDoubt() {
        return inDoubt;
    }

    void endDoubt() {
        inDoubt = false;
    }

    /** The last execution that is over and not told. */
    @Nullable
    Execution lastHeld() {
        return held.isEmpty() ? null : held.getLast();
    }

    /** What the commit at Sync said, which nobody else can bear. */
    void blameLast(ErrorFields error) {
        Execution last = lastHeld();
        if (last != null && last.error == null) {
            last.error = error;
        }
    }

    /** The segment is over, as its ReadyForQuery says. */
    void tellAll(TransactionStatus status) {
        if (!held.isEmpty()) {
            held.getLast().statusAfter = status;
        }
        tellAll();
    }

    /** The segment is over, and no ReadyForQuery will say so. */
    void tellAll() {
        tellHeld();
        for (OpenTransaction transaction : transactions.over()) {
            tellEnd(transaction);
        }
        transactions.forgetOver();
        pipelinePosition = 0;
    }

    private void tellHeld() {
        for (Execution execution : held) {
            OpenTransaction transaction = execution.within;
            transaction.untold--;
            transaction.toldEarly |= !transaction.isOver();
            execution.transaction = transaction.toTransaction();
            listener.onExecution(execution);
            if (transaction.isOver() && transaction.untold == 0) {
                tellEnd(transaction);
            }
        }
        held.clear();
    }

    private void tellEnd(OpenTransaction transaction) {
        if (!transaction.told && (transaction.explicit || transaction.toldEarly)) {
            transaction.told = true;
            listener.onTransactionEnd(transaction.toTransaction());
        }
    }
}
