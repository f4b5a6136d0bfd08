package io.pgweir.topology.monitor;

import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import io.pgweir.topology.Transition;
import io.pgweir.topology.Transition.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is different between two topologies of a cluster. */
final class Changes {
    private final Topology before;
    private final Topology after;
    private final Map<String, List<String>> evidence;
    private final List<Transition> found = new ArrayList<>();

    private Changes(Topology before, Topology after, Map<String, List<String>> evidence) {
        this.before = before;
        this.after = after;
        this.evidence = evidence;
    }

    /** @param evidence by name of a node */
    static List<Transition> between(Topology before, Topology after, Map<String, List<String>> evidence) {
        Changes changes = new Changes(before, after, evidence);
        changes.ofTheCluster();
        for (Node node : after.nodes()) {
            changes.of(before.node(node.name()), node);
        }
        for (Node node : before.nodes()) {
            if (after.node(node.name()) == null) {
                changes.add(node.name(), Kind.NODE_REMOVED, place(node), "");
            }
        }
        return changes.found;
    }

    private void ofTheCluster() {
        if (before.away().isEmpty() != after.away().isEmpty()) {
            boolean away = !after.away().isEmpty();
            found.add(new Transition(
                    after.cluster(),
                    null,
                    away ? Kind.AWAY : Kind.BACK,
                    "",
                    "",
                    away ? after.away() : before.away(),
                    after.takenAt()));
        }
        if (before.systemIdentifier() != null && !before.systemIdentifier().equals(after.systemIdentifier())) {
            add(
                    null,
                    Kind.IDENTITY,
                    before.systemIdentifier(),
                    Objects.requireNonNullElse(after.systemIdentifier(), ""));
        }
        String from = nameOf(before.leader());
        String to = nameOf(after.leader());
        if (!from.equals(to)) {
            List<String> witnesses = Stream.of(from, to)
                    .filter(name -> !name.isEmpty())
                    .flatMap(name ->
                            evidence.getOrDefault(name, List.of()).stream().map(line -> name + ": " + line))
                    .toList();
            found.add(new Transition(
                    after.cluster(), to.isEmpty() ? null : to, Kind.LEADER, from, to, witnesses, after.takenAt()));
        }
    }

    private void of(@Nullable Node was, Node is) {
        if (was == null) {
            add(is.name(), Kind.NODE_ADDED, "", place(is));
        } else if (!place(was).equals(place(is))) {
            add(is.name(), Kind.NODE_MOVED, place(was), place(is));
        }
        NodeRole role = was == null ? NodeRole.UNKNOWN : was.role();
        if (role != is.role()) {
            add(is.name(), Kind.ROLE, role.toString(), is.role().toString());
        }
        Outage earlier = was == null ? null : was.outage();
        Outage now = is.outage();
        if (now != null && (earlier == null || earlier.reason() != now.reason())) {
            add(
                    is.name(),
                    Kind.OUT,
                    earlier == null ? "" : earlier.reason().label(),
                    now.reason().label() + ": " + now.text());
        } else if (now == null && earlier != null) {
            add(is.name(), Kind.IN, earlier.reason().label(), "");
        }
    }

    private void add(@Nullable String node, Kind kind, String from, String to) {
        found.add(new Transition(
                after.cluster(),
                node,
                kind,
                from,
                to,
                node == null ? List.of() : evidence.getOrDefault(node, List.of()),
                after.takenAt()));
    }

    private static String nameOf(@Nullable Node node) {
        return node == null ? "" : node.name();
    }

    private static String place(Node node) {
        return node.at() == null
                ? node.address().toString()
                : node.address() + " at " + node.at().getHostAddress();
    }
}
