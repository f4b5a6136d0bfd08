package io.pgweir.boot;

import io.pgweir.proxy.Cluster;
import io.pgweir.routing.NodeCounts;
import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What is measured of each node that a cluster has at the moment: one that is no member any more has no series. Any thread. */
final class NodeMetrics {
    private final Supplier<Collection<Cluster>> clusters;

    /** What one node has to say to one metric. */
    @FunctionalInterface
    private interface Teller<V> {
        void tell(Cluster cluster, Node node, Map<List<String>, V> values);
    }

    private NodeMetrics(Supplier<Collection<Cluster>> clusters) {
        this.clusters = clusters;
    }

    static void start(Telemetry telemetry, Supplier<Collection<Cluster>> clusters) {
        NodeMetrics of = new NodeMetrics(clusters);
        telemetry.series(
                Metric.NODE_SESSIONS,
                of.each((cluster, node, values) -> values.put(
                        List.of(cluster.name(), node.name(), node.role().label()),
                        (long) cluster.balancer().sessions(node.name()))));
        telemetry.series(
                Metric.NODE_STATE,
                of.each((cluster, node, values) -> values.put(
                        List.of(
                                cluster.name(),
                                node.name(),
                                node.role().label(),
                                word(node.state()),
                                out(cluster, node)),
                        1L)));
        telemetry.series(
                Metric.NODE_CONNECTS,
                of.each((cluster, node, values) -> counts(cluster, node)
                        .connects()
                        .forEach((outcome, count) ->
                                values.put(List.of(cluster.name(), node.name(), outcome.label()), count))));
        telemetry.counts(
                Metric.NODE_CONNECT_TIME,
                of.<Histogram.Counts>each((cluster, node, values) ->
                        values.put(series(cluster, node), counts(cluster, node).connectTime())));
        passive(telemetry, of);
    }

    private static void passive(Telemetry telemetry, NodeMetrics of) {
        telemetry.series(Metric.NODE_EJECTED, of.each((cluster, node, values) -> {
            Boolean ejected = counts(cluster, node).ejected();
            if (ejected != null) {
                values.put(series(cluster, node), ejected ? 1L : 0L);
            }
        }));
        telemetry.series(Metric.NODE_EJECTIONS, of.each((cluster, node, values) -> {
            NodeCounts counts = counts(cluster, node);
            if (counts.ejected() != null) {
                values.put(series(cluster, node), counts.ejections());
            }
        }));
        telemetry.series(Metric.NODE_BREAKER, of.each((cluster, node, values) -> {
            NodeCounts.BreakerState breaker = counts(cluster, node).breaker();
            if (breaker != null) {
                values.put(List.of(cluster.name(), node.name(), breaker.label()), 1L);
            }
        }));
    }

    private <V> Supplier<Map<List<String>, V>> each(Teller<V> teller) {
        return () -> {
            Map<List<String>, V> values = new HashMap<>();
            for (Cluster cluster : clusters.get()) {
                cluster.topology().nodes().forEach(node -> teller.tell(cluster, node, values));
            }
            return values;
        };
    }

    private static List<String> series(Cluster cluster, Node node) {
        return List.of(cluster.name(), node.name());
    }

    private static NodeCounts counts(Cluster cluster, Node node) {
        return cluster.balancer().counts(node.name(), System.nanoTime());
    }

    private static String out(Cluster cluster, Node node) {
        if (node.outage() != null) {
            return node.outage().reason().label();
        }
        return cluster.balancer().isDrained(node.name()) ? "drained" : "in";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
