package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.ApplicationNameConfig;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerLimitsConfig;
import io.pgweir.config.Network;
import io.pgweir.config.ProxyProtocolConfig;
import io.pgweir.config.ProxyProtocolConfig.Others;
import io.pgweir.config.SendProxy;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where a client is, as proxies tell pgweir and pgweir tells servers; and what the server is told of its name. */
class ProxyProtocolIT {
    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theRecordNamesTheClientThatTheProxyTold() {
        // Given
        try (RunningAgent agent = agent(proxies("127.0.0.0/8", Others.REFUSE), null);
                PgWire client = agent.connect()) {
            client.send("PROXY TCP4 192.0.2.7 198.51.100.9 49152 5432\r\n".getBytes(StandardCharsets.US_ASCII));

            // When
            client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(client.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            assertThat(agent.someEvents(AuditEvent.SessionStart.class))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.origin().client().address()).isEqualTo("192.0.2.7");
                        assertThat(event.origin().client().port()).isEqualTo(49152);
                    });
        }
    }

    @Test
    void aProxyWithoutItsHeaderIsClosedWithARecord() {
        // Given
        try (RunningAgent agent = agent(proxies("127.0.0.1", Others.PLAIN), null);
                PgWire client = agent.connect()) {
            // When
            client.send(Frontend.startup(
                    Frontend.PROTOCOL_3_0, Map.of("user", "postgres", "options", "x".repeat(200) + "\r\n")));

            // Then
            assertThat(client.readByte()).isEqualTo(-1);
            assertThat(agent.endCause()).isEqualTo("bad-startup");
        }
    }

    @Test
    void whoeverComesFromElsewhereIsRefusedInTheProtocol() {
        // Given
        try (RunningAgent agent = agent(proxies("10.0.0.0/8", Others.REFUSE), null);
                PgWire client = agent.connect()) {
            client.send(Frontend.sslRequest());
            assertThat(client.readByte()).isEqualTo('N');

            // When
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres")));

            // Then
            Reply refusal = client.readToEnd().getFirst();
            assertThat(refusal.field('C')).isEqualTo("28000");
            assertThat(refusal.field('M')).isEqualTo("listener \"main\" takes connections from its proxies only");
        }
    }

    @Test
    void whereOthersAreClientsThemselvesTheirHeaderIsABadStartupPacket() {
        // Given
        try (RunningAgent agent = agent(proxies("10.0.0.0/8", Others.PLAIN), null);
                PgWire plain = agent.login();
                PgWire forger = agent.connect()) {
            assertThat(plain.query("select 1")).endsWith("C(SELECT 1) Z(I)");

            // When
            forger.send("PROXY TCP4 192.0.2.7 198.51.100.9 49152 5432\r\n".getBytes(StandardCharsets.US_ASCII));

            // Then
            assertThat(forger.readByte()).isEqualTo(-1);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(agent.events(AuditEvent.SessionEnd.class))
                            .singleElement()
                            .satisfies(event -> {
                                assertThat(event.end().cause()).isEqualTo("bad-startup");
                                assertThat(event.origin().client().address()).isEqualTo("127.0.0.1");
                            }));
        }
    }

    @Test
    void theNextPgweirHearsOfTheClientFromTheOneBeforeItAlsoWithACancel() {
        // Given
        try (RunningAgent inner = agent(proxies("127.0.0.1", Others.REFUSE), null);
                RunningAgent outer = RunningAgent.builder()
                        .cluster(telling(inner.port()), listener(null, null))
                        .start();
                PgWire client = outer.login()) {
            // When
            client.send(Frontend.query("select pg_sleep(30)"));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    server.query(
                                            "select count(*) from pg_stat_activity where state = 'active' and query like '%(30)'"))
                            .isEqualTo("1"));
            try (PgWire canceller = outer.connect()) {
                canceller.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                assertThat(canceller.readByte()).isEqualTo(-1);
            }

            // Then
            assertThat(client.line()).contains("57014");
            int port = outer.someEvents(AuditEvent.SessionStart.class)
                    .getFirst()
                    .origin()
                    .client()
                    .port();
            assertThat(inner.someEvents(AuditEvent.SessionStart.class))
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event.origin().client().port()).isEqualTo(port));
        }
    }

    @Test
    void theServerKnowsTheSessionByItsId() {
        // Given
        try (RunningAgent agent = agent(null, new ApplicationNameConfig("/pgweir-{session}"));
                PgWire client = PgWire.login(
                        "127.0.0.1",
                        agent.port(),
                        Map.of("user", "postgres", "database", "postgres", "application_name", "psql"),
                        null)) {
            // When
            String name = server.query("select application_name from pg_stat_activity where pid = " + client.pid());

            // Then
            assertThat(agent.someEvents(AuditEvent.SessionStart.class))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(name)
                                .isEqualTo("psql/pgweir-" + event.origin().session());
                        assertThat(event.origin().application()).isEqualTo("psql");
                    });
        }
    }

    private static RunningAgent agent(
            @Nullable ProxyProtocolConfig proxies, @Nullable ApplicationNameConfig applicationName) {
        ClusterConfig cluster = new ClusterConfig(
                List.of(new HostPort("127.0.0.1", server.port())), RunningAgent.NO_SERVER_TLS, Duration.ofSeconds(5));
        return RunningAgent.builder()
                .cluster(cluster, listener(proxies, applicationName))
                .start();
    }

    private static ListenerConfig listener(
            @Nullable ProxyProtocolConfig proxies, @Nullable ApplicationNameConfig applicationName) {
        return new ListenerConfig(
                "main",
                new HostPort("127.0.0.1", 0),
                "main",
                ListenerConfig.Mode.TRANSPARENT,
                List.of(),
                List.of(),
                RunningAgent.NO_CLIENT_TLS,
                ListenerConfig.SOCKET_MODE,
                false,
                ListenerLimitsConfig.NONE,
                proxies,
                applicationName,
                null);
    }

    private static ProxyProtocolConfig proxies(String from, Others others) {
        return new ProxyProtocolConfig(List.of(Network.parse(from).orElseThrow()), others);
    }

    private static ClusterConfig telling(int port) {
        return new ClusterConfig(
                List.of(new HostPort("127.0.0.1", port)),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(5),
                SendProxy.V2,
                null,
                null,
                BalanceConfig.IN_ORDER,
                null,
                null,
                DrainConfig.DEFAULT);
    }
}
