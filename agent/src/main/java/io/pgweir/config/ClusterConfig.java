package io.pgweir.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Servers that hold the same data.
 *
 * @param nodes tried in this order where nothing else is said; empty where patroni or dns finds them
 * @param sendProxy whether servers are told where the client is
 * @param monitor how servers are asked for their role; null: they are not
 * @param lag that standbys may have; any where null
 * @param ejection null: no node is ever ejected
 * @param breaker null: no node has one
 */
public record ClusterConfig(
        List<HostPort> nodes,
        @Nullable PatroniConfig patroni,
        @Nullable DnsConfig dns,
        ServerTlsConfig tls,
        Duration connectTimeout,
        SendProxy sendProxy,
        @Nullable MonitorConfig monitor,
        @Nullable LagConfig lag,
        BalanceConfig balance,
        @Nullable EjectionConfig ejection,
        @Nullable BreakerConfig breaker,
        DrainConfig drain) {
    public static final Duration CONNECT_TIMEOUT_DEFAULT = Duration.ofSeconds(5);

    public ClusterConfig {
        nodes = List.copyOf(nodes);
    }

    /** Of servers that expect no PROXY header. */
    public ClusterConfig(
            List<HostPort> nodes,
            @Nullable PatroniConfig patroni,
            @Nullable DnsConfig dns,
            ServerTlsConfig tls,
            Duration connectTimeout,
            @Nullable MonitorConfig monitor,
            @Nullable LagConfig lag,
            BalanceConfig balance,
            @Nullable EjectionConfig ejection,
            @Nullable BreakerConfig breaker,
            DrainConfig drain) {
        this(nodes, patroni, dns, tls, connectTimeout, SendProxy.NONE, monitor, lag, balance, ejection, breaker, drain);
    }

    /** Nodes that are tried in their order: the first that can be connected to takes the session. */
    public ClusterConfig(List<HostPort> nodes, ServerTlsConfig tls, Duration connectTimeout) {
        this(
                nodes,
                null,
                null,
                tls,
                connectTimeout,
                null,
                null,
                BalanceConfig.IN_ORDER,
                null,
                null,
                DrainConfig.DEFAULT);
    }

    /** Whether there is somebody who knows which node leads. */
    public boolean knowsRoles() {
        return patroni != null || monitor != null;
    }
}
