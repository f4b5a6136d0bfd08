package io.pgweir.session;

import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** Who hears of a session's facts. Called on the session's event loop, in the order of the wire. */
public interface SessionListener {
    /** The server let the client in ({@code error} null) or not. {@code method} as pg_hba.conf spells it. */
    void onAuthentication(String method, @Nullable ErrorFields error, long nanos);

    /** An execution is over and its ReadyForQuery, if one is to come, has been seen. Exactly once each. */
    void onExecution(Execution execution);

    /** A transaction block is over; or an implicit transaction, some of whose executions were told while it was open. */
    void onTransactionEnd(Transaction transaction);

    /** ParameterStatus: the server told a setting's value. */
    void onParameterStatus(String name, String value);
}
