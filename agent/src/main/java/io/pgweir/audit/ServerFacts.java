package io.pgweir.audit;

import io.pgweir.session.Placement;
import org.jspecify.annotations.Nullable;

/**
 * The server that a session was given.
 *
 * @param address as configured, or as resolved: what the connection was made to
 * @param processId of BackendKeyData, 0 before it came
 * @param node its name in the topology; null where nobody looks at the cluster
 * @param nodeRole what the topology took it for when it was chosen; null where nobody looks
 * @param route why a statement was sent there; null where a session has one server only
 * @param retries how many servers were asked before, in vain
 * @param lagBytes how far it was behind its leader when it was last looked at; -1 where nobody knows
 * @param minLsn where it had to have replayed the WAL to; 0 for anywhere
 */
public record ServerFacts(
        String address,
        int port,
        int processId,
        @Nullable String node,
        @Nullable String nodeRole,
        @Nullable String route,
        int retries,
        long lagBytes,
        long minLsn)
        implements Placement {

    public ServerFacts(String address, int port, int processId) {
        this(address, port, processId, null, null);
    }

    /** Of a session with one server. */
    public ServerFacts(String address, int port, int processId, @Nullable String node, @Nullable String nodeRole) {
        this(address, port, processId, node, nodeRole, null, 0, -1, 0);
    }
}
