package io.pgweir.proxy;

import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.ServerFacts;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.ListenerLimitsConfig;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Hints;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.config.SplitConfig;
import io.pgweir.lab.PgServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A cluster of real servers, listeners that split in front of it, and where statements ran. */
final class SplitFixture {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final AuthConfig AUTH = new AuthConfig(
            AuthConfig.From.QUERY,
            AuthConfig.Query.DEFAULT,
            null,
            null,
            AuthConfig.Cache.DEFAULT,
            AuthConfig.Nodes.CLIENT_KEY,
            AuthConfig.AwsIam.DEFAULT,
            null);

    private SplitFixture() {}

    /** Looked at by {@code weir}, ten times a second. */
    static ClusterConfig cluster(PgServer... servers) {
        return new ClusterConfig(
                Stream.of(servers)
                        .map(server -> new HostPort("127.0.0.1", server.port()))
                        .toList(),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(2),
                new MonitorConfig("weir", null, "postgres", Duration.ofMillis(100), Duration.ofSeconds(2)),
                null,
                BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                null,
                null,
                DrainConfig.DEFAULT);
    }

    static ReadsConfig reads(Consistency consistency, Transactions transactions, Hints... hints) {
        return new ReadsConfig(
                List.of(Role.SYNC, Role.ASYNC),
                consistency,
                Duration.ofMillis(500),
                ReadsConfig.Otherwise.LEADER,
                List.of(hints),
                transactions);
    }

    static ListenerConfig listener(String name, ReadsConfig reads, FailoverConfig failover) {
        return listener(name, RunningAgent.NO_CLIENT_TLS, new SplitConfig(reads, failover, AUTH));
    }

    static ListenerConfig listener(String name, ClientTlsConfig tls, SplitConfig split) {
        return new ListenerConfig(
                name,
                new HostPort("127.0.0.1", 0),
                "main",
                ListenerConfig.Mode.SPLIT,
                List.of(),
                List.of(),
                tls,
                ListenerConfig.SOCKET_MODE,
                false,
                ListenerLimitsConfig.NONE,
                null,
                null,
                split);
    }

    /** Where the statements of that text ran, in order: role of the node, and why there. */
    static List<String> roles(RunningAgent agent, String text) {
        return servers(agent, text).stream()
                .map(server -> server.nodeRole() + ": " + server.route())
                .toList();
    }

    static List<ServerFacts> servers(RunningAgent agent, String text) {
        await().atMost(SOON).until(() -> !statements(agent, text).isEmpty());
        return statements(agent, text).stream()
                .map(statement -> Objects.requireNonNull(statement.origin().server()))
                .toList();
    }

    static List<AuditEvent.Statement> statements(RunningAgent agent, String text) {
        return agent.events(AuditEvent.Statement.class).stream()
                .filter(event -> event.execution().statement() != null)
                .filter(event -> Objects.requireNonNull(event.execution().statement())
                        .text()
                        .equals(text))
                .toList();
    }
}
