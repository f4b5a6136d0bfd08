package io.pgweir.proxy;

import io.pgweir.audit.Origin;
import io.pgweir.audit.SessionTotals;
import org.jspecify.annotations.Nullable;

/**
 * One session at one moment. Immutable.
 *
 * @param origin who and where
 * @param serverTls whether the way to the server is encrypted
 * @param stateMillis how long it has been so
 * @param statement under way, or else the last one; null where none is known
 * @param outstanding requests that the server has not answered
 */
public record SessionView(
        Origin origin,
        boolean serverTls,
        SessionState state,
        long stateMillis,
        @Nullable Statement statement,
        int outstanding,
        SessionTotals totals,
        long bytesFromClient,
        long bytesFromServer) {

    /**
     * A statement, as far as it may be shown.
     *
     * @param statementClass pgaudit's
     * @param command as command tags spell it
     * @param text null where none is to be shown
     */
    public record Statement(
            String fingerprint,
            String statementClass,
            String command,
            @Nullable String text) {}
}
