package io.pgweir.config;

import java.time.Duration;
import java.util.List;

/**
 * Servers that hold the same data.
 *
 * @param nodes tried in this order; the first that can be connected to takes the session
 */
public record ClusterConfig(List<HostPort> nodes, ServerTlsConfig tls, Duration connectTimeout) {
    public static final Duration CONNECT_TIMEOUT_DEFAULT = Duration.ofSeconds(5);

    public ClusterConfig {
        nodes = List.copyOf(nodes);
    }
}
