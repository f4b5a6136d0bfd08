package io.pgweir.proxy;

import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** Counts what the tracker tells, and tells it on. On the session's event loop. */
final class SessionMeter implements SessionListener {
    private final SessionListener next;
    private final SessionMetrics metrics;
    private @Nullable SqlStatement last;

    SessionMeter(SessionListener next, SessionMetrics metrics) {
        this.next = next;
        this.metrics = metrics;
    }

    /** The statement that was over last; null before the first. */
    @Nullable
    SqlStatement last() {
        return last;
    }

    @Override
    public void onExecution(Execution execution) {
        last = execution.statement();
        metrics.onExecution(execution);
        next.onExecution(execution);
    }

    @Override
    public void onTransactionEnd(Transaction transaction) {
        metrics.onTransactionEnd(transaction);
        next.onTransactionEnd(transaction);
    }

    @Override
    public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {
        next.onAuthentication(method, error, nanos);
    }

    @Override
    public void onParameterStatus(String name, String value) {
        next.onParameterStatus(name, value);
    }
}
