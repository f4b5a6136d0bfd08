package io.pgweir.routing;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.BreakerConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.EjectionConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configurations and topologies in one line. */
final class Clusters {
    static final BreakerConfig BREAKER = new BreakerConfig(Duration.ofSeconds(10), 4, 50, Duration.ofSeconds(5));
    static final EjectionConfig EJECTION = new EjectionConfig(3, Duration.ofSeconds(10), Duration.ofSeconds(25), 50);

    private Clusters() {}

    static ClusterConfig config(Strategy strategy) {
        return config(BalanceConfig.of(strategy), null, null);
    }

    static ClusterConfig config(
            BalanceConfig balance, @Nullable EjectionConfig ejection, @Nullable BreakerConfig breaker) {
        return new ClusterConfig(
                List.of(),
                null,
                null,
                ServerTlsConfig.DEFAULT,
                Duration.ofSeconds(1),
                null,
                null,
                balance,
                ejection,
                breaker,
                DrainConfig.DEFAULT);
    }

    static Topology of(Node... nodes) {
        return new Topology("c", List.of(nodes), null, 0, Instant.EPOCH, List.of());
    }

    static Node in(String name, NodeRole role) {
        return node(name, role, null);
    }

    static Node out(String name, NodeRole role, Outage.Reason reason) {
        return node(name, role, new Outage(reason, "a reason", Instant.EPOCH));
    }

    private static Node node(String name, NodeRole role, @Nullable Outage outage) {
        return new Node(
                name, new HostPort(name, 5432), null, role, NodeState.RUNNING, 1, null, Lag.UNKNOWN, Map.of(), outage);
    }
}
