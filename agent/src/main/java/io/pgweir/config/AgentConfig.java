package io.pgweir.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration file.
 *
 * @param admin null for no HTTP side
 * @param capture null where nothing can be captured
 */
public record AgentConfig(
        int version,
        Map<String, ClusterConfig> clusters,
        List<ListenerConfig> listeners,
        RulesConfig rules,
        AuditConfig audit,
        LimitsConfig limits,
        ThreadsConfig threads,
        @Nullable AdminConfig admin,
        LogConfig log,
        @Nullable CaptureConfig capture) {
    public AgentConfig {
        clusters = Map.copyOf(clusters);
        listeners = List.copyOf(listeners);
    }

    /** With the log as it is by default, and no capture. */
    public AgentConfig(
            int version,
            Map<String, ClusterConfig> clusters,
            List<ListenerConfig> listeners,
            RulesConfig rules,
            AuditConfig audit,
            LimitsConfig limits,
            ThreadsConfig threads,
            @Nullable AdminConfig admin) {
        this(version, clusters, listeners, rules, audit, limits, threads, admin, LogConfig.DEFAULT, null);
    }
}
