package io.pgweir.config;

import java.util.List;
import java.util.Map;

/** The whole configuration file. */
public record AgentConfig(
        int version,
        Map<String, ClusterConfig> clusters,
        List<ListenerConfig> listeners,
        RulesConfig rules,
        AuditConfig audit,
        LimitsConfig limits,
        ThreadsConfig threads) {
    public AgentConfig {
        clusters = Map.copyOf(clusters);
        listeners = List.copyOf(listeners);
    }
}
