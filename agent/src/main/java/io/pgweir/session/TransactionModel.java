package io.pgweir.session;

import io.pgweir.session.Transaction.Outcome;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction a session is in, as the server's own answers tell it: command tags between two ReadyForQuery, and
 * ReadyForQuery, which is always right.
 *
 * <pre>
 *            first execution            tag BEGIN
 *   none ----------------------> implicit --------> explicit --- error ---> explicit, failed
 *    ^                              |                 |  ^------ ROLLBACK TO ------'  |
 *    |   tag COMMIT or ROLLBACK,    |                 |  tag COMMIT, ROLLBACK,        |
 *    '-- ReadyForQuery(IDLE) -------'                 '- PREPARE TRANSACTION, --------'
 *    '--------------------------------------------------ReadyForQuery(IDLE)
 * </pre>
 *
 * A Query or FunctionCall in the midst of a pipeline has its own ReadyForQuery, and a server from 17 on says there that it is
 * in a transaction: still the implicit one, which the pipeline's Sync ends.
 */
final class TransactionModel {
    private final List<OpenTransaction> over = new ArrayList<>();
    private @Nullable OpenTransaction current;
    private long count;
    private TransactionStatus readyStatus = TransactionStatus.IDLE;

    /** AND CHAIN was not read from the text: the last tag may have opened the next block. */
    private boolean mayHaveChained;

    /** The transaction that something runs in which begins now. */
    OpenTransaction enter(long nanos) {
        OpenTransaction transaction = current;
        if (transaction == null) {
            transaction = open(false, nanos);
        }
        return transaction;
    }

    /** Between two ReadyForQuery: as the tags tell. */
    TransactionStatus status() {
        if (current == null || !(current.explicit || current.shown)) {
            return TransactionStatus.IDLE;
        }
        return current.failed ? TransactionStatus.FAILED : TransactionStatus.IN_TRANSACTION;
    }

    TransactionStatus readyStatus() {
        return readyStatus;
    }

    @Nullable
    OpenTransaction current() {
        return current;
    }

    void onError() {
        if (current != null) {
            current.failed = true;
        }
    }

    /**
     * @param statement null where pgweir does not know what ran
     * @return whether a transaction ended, and with it its portals
     */
    boolean onTag(String tag, @Nullable SqlStatement statement, long nanos) {
        mayHaveChained = false;
        return switch (tag) {
            case "BEGIN", "START TRANSACTION" -> {
                enter(nanos).explicit = true;
                yield false;
            }
            case "COMMIT" -> end(Outcome.COMMITTED, statement, nanos);
            case "PREPARE TRANSACTION" -> end(Outcome.PREPARED, statement, nanos);
            case "ROLLBACK" -> onRollback(statement, nanos);
            default -> false;
        };
    }

    private boolean onRollback(@Nullable SqlStatement statement, long nanos) {
        if (statement == null) {
            // To a savepoint, or all of it: ReadyForQuery tells.
            onError();
            return false;
        }
        if (statement.kind() == StatementKind.ROLLBACK_TO) {
            if (current != null) {
                current.failed = false;
            }
            return false;
        }
        return end(Outcome.ROLLED_BACK, statement, nanos);
    }

    private boolean end(Outcome outcome, @Nullable SqlStatement statement, long nanos) {
        end(outcome, nanos);
        if (statement == null) {
            mayHaveChained = true;
        } else if (statement.normalized().toUpperCase(Locale.ROOT).endsWith("AND CHAIN")) {
            open(true, nanos);
        }
        return true;
    }

    /** @return false where it contradicts what the tags told */
    boolean onReady(TransactionStatus status, long nanos) {
        readyStatus = status;
        boolean expected = true;
        OpenTransaction transaction = current;
        if (status == TransactionStatus.IDLE) {
            if (transaction != null) {
                expected = !transaction.explicit || transaction.failed;
                end(outcomeWhenIdle(transaction), nanos);
            }
        } else {
            if (transaction == null) {
                expected = mayHaveChained;
                transaction = open(true, nanos);
            }
            transaction.shown = true;
            transaction.failed = status == TransactionStatus.FAILED;
        }
        mayHaveChained = false;
        return expected;
    }

    private static Outcome outcomeWhenIdle(OpenTransaction transaction) {
        if (transaction.failed) {
            return Outcome.ROLLED_BACK;
        }
        return transaction.explicit ? Outcome.UNKNOWN : Outcome.COMMITTED;
    }

    void end(Outcome outcome, long nanos) {
        if (current != null) {
            current.outcome = outcome;
            current.endNanos = nanos;
            over.add(current);
            current = null;
        }
    }

    /** Those that ended since the last {@link #forgetOver()}, in order. */
    List<OpenTransaction> over() {
        return over;
    }

    void forgetOver() {
        over.clear();
    }

    private OpenTransaction open(boolean explicit, long nanos) {
        OpenTransaction transaction = new OpenTransaction(++count, explicit, nanos);
        current = transaction;
        return transaction;
    }
}
