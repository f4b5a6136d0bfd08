package io.pgweir.proxy;

import io.pgweir.audit.Origin;
import io.pgweir.audit.SessionTotals;
import io.pgweir.config.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * One session at one moment. Immutable.
 *
 * @param origin who and where
 * @param connectingTo the node that has not become its server yet; null where it has one, or none is tried
 * @param serverTls whether the way to the server is encrypted
 * @param stateMillis how long it has been so
 * @param statement under way, or else the last one; null where none is known
 * @param outstanding requests that the server has not answered
 */
public record SessionView(
        Origin origin,
        @Nullable HostPort connectingTo,
        boolean serverTls,
        SessionState state,
        long stateMillis,
        @Nullable Statement statement,
        int outstanding,
        SessionTotals totals,
        long bytesFromClient,
        long bytesFromServer) {

    /** Of one that has no server yet. */
    static SessionView starting(Origin origin, SessionState state, long stateMillis, @Nullable HostPort connectingTo) {
        return new SessionView(origin, connectingTo, false, state, stateMillis, null, 0, SessionTotals.NONE, 0, 0);
    }

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
