package io.pgweir.topology.monitor;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How far each node of a cluster is behind, as metrics. What is not known has no value: a zero would be a lie, and so would be a lower
 * bound. One thread at a time.
 */
final class LagGauges {
    private final Telemetry telemetry;
    private Map<Key, LongSupplier> told = Map.of();

    private record Key(Metric metric, List<String> labels) {}

    LagGauges(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void tell(Topology now) {
        Map<Key, LongSupplier> next = new HashMap<>();
        for (Node node : now.nodes()) {
            List<String> labels = List.of(now.cluster(), node.name());
            Lag lag = node.lag();
            if (isKnown(lag.bytesFrom())) {
                next.put(new Key(Metric.TOPOLOGY_LAG_BYTES, labels), lag::bytes);
            }
            if (isKnown(lag.timeFrom())) {
                next.put(new Key(Metric.TOPOLOGY_LAG, labels), lag::nanos);
            }
        }
        become(next);
    }

    void close() {
        become(Map.of());
    }

    private void become(Map<Key, LongSupplier> next) {
        next.forEach((key, value) -> telemetry.gauge(key.metric, key.labels, value));
        told.forEach((key, value) -> telemetry.removeGauge(key.metric, key.labels, value));
        told = next;
    }

    private static boolean isKnown(Lag.Source source) {
        return switch (source) {
            case SELF, SQL, PATRONI -> true;
            case UNKNOWN, PATRONI_RECEIVED -> false;
        };
    }
}
