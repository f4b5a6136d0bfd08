package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** Executions as the tracker would tell them, for tests of who listens: a succeeded SELECT of one row unless told otherwise. */
public final class ExecutionFixture {
    private final Execution execution;

    private ExecutionFixture(Execution execution) {
        this.execution = execution;
        execution.answered = true;
        execution.rows = 1;
        execution.bytes = 11;
        execution.fields = 1;
        execution.tag = "SELECT 1";
    }

    /** Of transaction 1, implicit and committed; took 1.5 ms of which 20 us are pgweir's. */
    public static ExecutionFixture of(Execution.Path path, @Nullable SqlStatement statement, long startNanos) {
        long endNanos = startNanos + 1_500_000;
        OpenTransaction within = new OpenTransaction(1, false, startNanos);
        within.outcome = Transaction.Outcome.COMMITTED;
        within.endNanos = endNanos;
        within.executions = 1;
        ExecutionFixture fixture =
                new ExecutionFixture(new Execution(1, path, 0, startNanos, TransactionStatus.IDLE, within));
        fixture.execution.statement = statement;
        fixture.execution.textBytes = statement == null ? 0 : statement.text().length();
        fixture.execution.firstRowNanos = startNanos + 1_000_000;
        fixture.execution.endNanos = endNanos;
        fixture.execution.ownNanos = 20_000;
        return fixture;
    }

    public ExecutionFixture step(Execution.Step step) {
        execution.step = step;
        return this;
    }

    public ExecutionFixture cut(long textBytes, byte[] sha256) {
        execution.textTruncated = true;
        execution.textBytes = textBytes;
        execution.textSha256 = sha256;
        return this;
    }

    public ExecutionFixture names(String statement, String portal) {
        execution.statementName = statement;
        execution.portalName = portal;
        return this;
    }

    public ExecutionFixture opinion(Opinion opinion) {
        execution.opinion = opinion;
        return this;
    }

    public ExecutionFixture rewritten(SqlStatement rewritten) {
        execution.rewritten = rewritten;
        return this;
    }

    public ExecutionFixture resolved(SqlStatement resolved) {
        execution.resolved = resolved;
        return this;
    }

    public ExecutionFixture parameters(Parameters parameters) {
        execution.parameters = parameters;
        return this;
    }

    public ExecutionFixture function(int oid) {
        execution.functionOid = oid;
        execution.tag = null;
        execution.fields = -1;
        return this;
    }

    public ExecutionFixture result(@Nullable String tag, long rows, long bytes) {
        execution.tag = tag;
        execution.rows = rows;
        execution.bytes = bytes;
        return this;
    }

    public ExecutionFixture error(ErrorFields error) {
        execution.error = error;
        return result(null, 0, 0);
    }

    public ExecutionFixture doubtful() {
        execution.doubtful = true;
        return this;
    }

    public ExecutionFixture suspended() {
        execution.suspended = true;
        return this;
    }

    public ExecutionFixture unanswered() {
        execution.answered = false;
        return result(null, 0, 0);
    }

    public ExecutionFixture endNanos(long endNanos) {
        execution.endNanos = endNanos;
        return this;
    }

    public ExecutionFixture transaction(Transaction transaction, TransactionStatus after) {
        execution.transaction = transaction;
        execution.statusAfter = after;
        return this;
    }

    public ExecutionFixture copy(CopyTotals copy) {
        execution.copy = copy;
        return this;
    }

    public Execution build() {
        return execution;
    }
}
