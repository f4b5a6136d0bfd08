package io.pgweir.proxy;

import io.pgweir.limits.FailedLogins;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.Transaction;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** Hears on the way to another listener where the server lets nobody in. On the session's event loop. */
record LoginListener(SessionListener next, FailedLogins failures, String address) implements SessionListener {
    /** Class 28, Invalid Authorization Specification: a wrong password, no line of pg_hba.conf, a role that may not log in. */
    private static final String INVALID_AUTHORIZATION = "28";

    @Override
    public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {
        if (error != null && error.sqlState().startsWith(INVALID_AUTHORIZATION)) {
            failures.onFailure(address);
        }
        next.onAuthentication(method, error, nanos);
    }

    @Override
    public void onExecution(Execution execution) {
        next.onExecution(execution);
    }

    @Override
    public void onTransactionEnd(Transaction transaction) {
        next.onTransactionEnd(transaction);
    }

    @Override
    public void onParameterStatus(String name, String value) {
        next.onParameterStatus(name, value);
    }
}
