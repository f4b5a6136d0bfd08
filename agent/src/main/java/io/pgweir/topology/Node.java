package io.pgweir.topology;

import io.pgweir.config.HostPort;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One server of a cluster, as it is known at one moment.
 *
 * @param name Patroni's, else its address; unique in its cluster
 * @param address that certificates are checked against
 * @param at where to connect to; null where {@code address} must be resolved for each connection
 * @param timeline 0 where it is not known
 * @param systemIdentifier of the data it holds
 * @param outage why it takes no new session; null where it does
 */
public record Node(
        String name,
        HostPort address,
        @Nullable InetAddress at,
        NodeRole role,
        NodeState state,
        int timeline,
        @Nullable String systemIdentifier,
        Lag lag,
        Map<String, String> tags,
        @Nullable Outage outage) {

    public Node {
        tags = Map.copyOf(tags);
    }

    /** Of which nothing is known yet but where it is. */
    public static Node at(HostPort address) {
        return new Node(
                address.toString(),
                address,
                null,
                NodeRole.UNKNOWN,
                NodeState.UNKNOWN,
                0,
                null,
                Lag.UNKNOWN,
                Map.of(),
                null);
    }

    /** Whether it takes new sessions. */
    public boolean isIn() {
        return outage == null;
    }

    public Node out(Outage why) {
        return new Node(name, address, at, NodeRole.UNKNOWN, state, timeline, systemIdentifier, lag, tags, why);
    }
}
