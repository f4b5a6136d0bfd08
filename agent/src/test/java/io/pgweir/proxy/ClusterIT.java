package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.ServerFacts;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LagConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.MonitorConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.telemetry.Metric;
import io.pgweir.testing.TcpGate;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions through a real primary with two standbys: who gets which, and what they hear when nobody can take them. */
@Timeout(120)
class ClusterIT {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer primary;
    private static PgServer one;
    private static PgServer two;

    @BeforeAll
    static void startServers() {
        primary = PgServer.builder().start();
        primary.query("create role weir login in role pg_monitor");
        one = primary.replica("one");
        two = primary.replica("two");
    }

    @AfterAll
    static void stopServers() {
        two.close();
        one.close();
        primary.close();
    }

    private static HostPort at(int port) {
        return new HostPort("127.0.0.1", port);
    }

    static ListenerConfig listener(String name, List<Role> roles, Role... fallback) {
        return new ListenerConfig(
                name,
                at(0),
                "main",
                ListenerConfig.Mode.TRANSPARENT,
                roles,
                Arrays.asList(fallback),
                RunningAgent.NO_CLIENT_TLS);
    }

    private static ClusterConfig cluster(
            BalanceConfig balance, @Nullable MonitorConfig monitor, @Nullable LagConfig lag, int... ports) {
        return new ClusterConfig(
                IntStream.of(ports).mapToObj(ClusterIT::at).toList(),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(2),
                monitor,
                lag,
                balance,
                null,
                null,
                DrainConfig.DEFAULT);
    }

    private static MonitorConfig monitor(Duration poll) {
        return new MonitorConfig("weir", null, "postgres", poll, Duration.ofSeconds(2));
    }

    private static RunningAgent agent(@Nullable LagConfig lag) {
        return RunningAgent.builder()
                .cluster(
                        cluster(
                                BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                                monitor(POLL),
                                lag,
                                primary.port(),
                                one.port(),
                                two.port()),
                        listener("rw", List.of(Role.LEADER)),
                        listener("ro", List.of(Role.SYNC, Role.ASYNC)),
                        listener("sync", List.of(Role.SYNC)),
                        listener("sync-or-leader", List.of(Role.SYNC), Role.LEADER))
                .start();
    }

    private static PgWire login(RunningAgent agent, String listener) {
        return PgWire.login("127.0.0.1", agent.port(listener), Map.of(), null);
    }

    static String port(PgWire session) {
        return session.query("select current_setting('port')").replaceAll(".* D\\((\\d+)\\) .*", "$1");
    }

    private static String refusal(RunningAgent agent, String listener) {
        try (PgWire client = PgWire.connect("127.0.0.1", agent.port(listener))) {
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);
            return replies.getLast().toString();
        }
    }

    @Test
    void sessionsGoWhereTheRolesOfTheirListenerSay() {
        // Given
        List<PgWire> sessions = new ArrayList<>();
        try (RunningAgent agent = agent(null)) {
            // When
            Set<String> writers = IntStream.range(0, 3)
                    .mapToObj(each -> add(sessions, login(agent, "rw")))
                    .map(ClusterIT::port)
                    .collect(Collectors.toSet());
            Map<String, Long> readers = IntStream.range(0, 4)
                    .mapToObj(each -> add(sessions, login(agent, "ro")))
                    .collect(Collectors.groupingBy(ClusterIT::port, Collectors.counting()));
            PgWire second = add(sessions, login(agent, "sync-or-leader"));

            // Then
            assertThat(writers).containsExactly(String.valueOf(primary.port()));
            assertThat(readers).isEqualTo(Map.of(String.valueOf(one.port()), 2L, String.valueOf(two.port()), 2L));
            assertThat(port(second)).isEqualTo(String.valueOf(primary.port()));
            String leader = "127.0.0.1:" + primary.port();
            assertThat(agent.telemetry().series(Metric.NODE_SESSIONS))
                    .hasSize(3)
                    .containsEntry(List.of("main", leader, "leader"), 4L)
                    .containsEntry(List.of("main", "127.0.0.1:" + one.port(), "async"), 2L);
            assertThat(agent.telemetry().series(Metric.NODE_STATE))
                    .hasSize(3)
                    .containsEntry(List.of("main", leader, "leader", "running", "in"), 1L);
            sessions.forEach(PgWire::close);
            await().atMost(SOON)
                    .until(() -> agent.events(AuditEvent.SessionEnd.class).size() == 8);
            List<ServerFacts> servers = agent.events(AuditEvent.SessionEnd.class).stream()
                    .map(end -> Objects.requireNonNull(end.origin().server()))
                    .toList();
            assertThat(servers).allSatisfy(server -> {
                assertThat(server.node()).isEqualTo("127.0.0.1:" + server.port());
                assertThat(server.nodeRole()).isEqualTo(server.port() == primary.port() ? "leader" : "async");
            });
            assertThat(agent.events(AuditEvent.TopologyChange.class)).anySatisfy(change -> {
                assertThat(change.change()).isEqualTo("leader");
                assertThat(change.after()).contains("127.0.0.1:" + primary.port());
            });
        }
    }

    private static PgWire add(List<PgWire> sessions, PgWire session) {
        sessions.add(session);
        return session;
    }

    @Test
    void whereNobodyFitsTheClientHearsWhyOfEachNode() {
        try (RunningAgent agent = agent(null)) {
            // When
            String refusal = refusal(agent, "sync");

            // Then
            assertThat(refusal)
                    .contains("FATAL", "57P03", "no node of cluster \"main\" takes sessions of listener \"sync\": ")
                    .contains("127.0.0.1:" + primary.port() + ": role leader")
                    .contains("127.0.0.1:" + one.port() + ": role async");
            assertThat(agent.endCause()).isEqualTo("no-node");
        }
    }

    @Test
    void oneFailedConnectIsTriedOnTheNextNodeAndNoMore() throws IOException {
        int dead;
        int deadToo;
        try (ServerSocket socket = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            dead = socket.getLocalPort();
            deadToo = other.getLocalPort();
        }
        // Given
        BalanceConfig inOrder = new BalanceConfig(Strategy.IN_ORDER, 1, Map.of(), 0);
        ListenerConfig any = listener("any", List.of());
        try (RunningAgent agent = RunningAgent.builder()
                        .cluster(cluster(inOrder, null, null, dead, one.port()), any)
                        .start();
                RunningAgent hopeless = RunningAgent.builder()
                        .cluster(cluster(inOrder, null, null, dead, deadToo, one.port()), any)
                        .start()) {
            // When
            try (PgWire session = login(agent, "any")) {
                String refusal = refusal(hopeless, "any");

                // Then
                assertThat(port(session)).isEqualTo(String.valueOf(one.port()));
                assertThat(refusal)
                        .contains("08001", dead + ": connection refused", deadToo + ": connection refused")
                        .doesNotContain(String.valueOf(one.port()));
            }
        }
    }

    @Test
    void aCancelReachesTheNodeOfItsSession() {
        try (RunningAgent agent = agent(null);
                PgWire reader = login(agent, "ro");
                PgWire canceller = PgWire.connect("127.0.0.1", agent.port("rw"))) {
            // When
            reader.send(Frontend.query("select pg_sleep(60)"));
            await().atMost(SOON)
                    .until(() -> List.of(one, two).stream()
                            .anyMatch(server -> "1"
                                    .equals(server.query(
                                            "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and pid"
                                                    + " <> pg_backend_pid()"))));
            canceller.send(Frontend.cancelRequest(reader.pid(), reader.cancelKey()));

            // Then
            assertThat(reader.readUntilReady().toString()).contains("57014");
        }
    }

    /** The monitor has no reason to look again for ten minutes, but that the server itself says what it has become. */
    @Test
    void aNewSessionIsRefusedByALeaderThatTurnsOutToBeNone() throws IOException {
        try (TcpGate gate = new TcpGate()) {
            gate.to(primary.port());
            try (RunningAgent agent = RunningAgent.builder()
                    .cluster(
                            cluster(BalanceConfig.IN_ORDER, monitor(Duration.ofMinutes(10)), null, gate.port()),
                            listener("rw", List.of(Role.LEADER)),
                            listener("any", List.of()))
                    .start()) {
                try (PgWire before = login(agent, "rw")) {
                    assertThat(port(before)).isEqualTo(String.valueOf(primary.port()));
                }
                gate.to(one.port());
                gate.cut();

                // When
                String refusal = refusal(agent, "rw");

                // Then
                assertThat(refusal).contains("57P03", "does not lead any more");
                await().atMost(SOON).until(() -> refusal(agent, "rw").contains(": role async"));
                try (PgWire any = login(agent, "any")) {
                    assertThat(port(any)).isEqualTo(String.valueOf(one.port()));
                }
            }
        }
    }
}
