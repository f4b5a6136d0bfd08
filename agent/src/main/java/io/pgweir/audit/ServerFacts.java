package io.pgweir.audit;

import org.jspecify.annotations.Nullable;

/**
 * The server that a session was given.
 *
 * @param address as configured, or as resolved: what the connection was made to
 * @param processId of BackendKeyData, 0 before it came
 * @param node its name in the topology; null where nobody looks at the cluster
 * @param nodeRole what the topology took it for when it was chosen; null where nobody looks
 */
public record ServerFacts(
        String address,
        int port,
        int processId,
        @Nullable String node,
        @Nullable String nodeRole) {
    public ServerFacts(String address, int port, int processId) {
        this(address, port, processId, null, null);
    }
}
