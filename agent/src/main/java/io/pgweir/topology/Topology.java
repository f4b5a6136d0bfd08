package io.pgweir.topology;

import io.pgweir.config.HostPort;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as it is known at one moment. A new one takes its place; none ever changes.
 *
 * @param nodes in the order of their finder: that of the configuration, or by name
 * @param systemIdentifier of the data that its nodes hold
 * @param takenNanos when those who know were last heard, on the monitor's clock
 * @param takenAt the same, for people
 * @param away why some or all of those who know could not be heard since; empty where all were
 */
public record Topology(
        String cluster,
        List<Node> nodes,
        @Nullable String systemIdentifier,
        long takenNanos,
        Instant takenAt,
        List<String> away) {

    public Topology {
        nodes = List.copyOf(nodes);
        away = List.copyOf(away);
    }

    /** Nodes that nobody is asked about: all of them may be tried. */
    public static Topology unasked(String cluster, List<HostPort> addresses) {
        return new Topology(
                cluster, addresses.stream().map(Node::at).toList(), null, System.nanoTime(), Instant.now(), List.of());
    }

    /** The node that takes writes, where one is believed to. */
    public @Nullable Node leader() {
        for (Node node : nodes) {
            if (node.role() == NodeRole.LEADER) {
                return node;
            }
        }
        return null;
    }

    public @Nullable Node node(String name) {
        for (Node node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }

    /** How old it is, whatever it says: it stands until somebody says something else. */
    public long ageNanos(long nowNanos) {
        return nowNanos - takenNanos;
    }

    /** The same nodes, no fresher, and why. */
    public Topology standing(List<String> reasons) {
        return new Topology(cluster, nodes, systemIdentifier, takenNanos, takenAt, reasons);
    }

    public Topology with(List<Node> others) {
        return new Topology(cluster, others, systemIdentifier, takenNanos, takenAt, away);
    }
}
