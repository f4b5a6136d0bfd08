package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LagConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.MonitorConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions that have to leave their node, or the agent: at the end of their transaction, in the protocol, and nobody else. */
@Timeout(180)
class DrainIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final DrainConfig PATIENT = new DrainConfig(Duration.ofSeconds(60), true);
    private static final DrainConfig HASTY = new DrainConfig(Duration.ofMillis(300), true);

    private static Trio shared;

    private record Trio(PgServer primary, PgServer one, PgServer two) implements AutoCloseable {
        static Trio start() {
            PgServer primary = PgServer.builder().start();
            primary.query("create role weir login in role pg_monitor");
            primary.query("create table t(i int)");
            return new Trio(primary, primary.replica("one"), primary.replica("two"));
        }

        @Override
        public void close() {
            two.close();
            one.close();
            primary.close();
        }
    }

    @BeforeAll
    static void startServers() {
        shared = Trio.start();
    }

    @AfterAll
    static void stopServers() {
        shared.close();
    }

    private static RunningAgent agent(Trio servers, DrainConfig drain) {
        ClusterConfig cluster = new ClusterConfig(
                Stream.of(servers.primary, servers.one, servers.two)
                        .map(server -> new HostPort("127.0.0.1", server.port()))
                        .toList(),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(2),
                new MonitorConfig("weir", null, "postgres", Duration.ofMillis(100), Duration.ofSeconds(2)),
                new LagConfig(1 << 20, null, LagConfig.Unknown.EXCLUDE, Duration.ofSeconds(1)),
                BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                null,
                null,
                drain);
        return RunningAgent.builder()
                .cluster(
                        cluster,
                        ClusterIT.listener("rw", List.of(Role.LEADER)),
                        ClusterIT.listener("ro", List.of(Role.SYNC, Role.ASYNC)))
                .admin()
                .start();
    }

    private static PgWire login(RunningAgent agent, String listener) {
        return PgWire.login("127.0.0.1", agent.port(listener), Map.of(), null);
    }

    /** Sessions of the listener until one is on {@code server}. */
    private static PgWire loginAt(RunningAgent agent, String listener, PgServer server) {
        while (true) {
            PgWire session = login(agent, listener);
            if (ClusterIT.port(session).equals(String.valueOf(server.port()))) {
                return session;
            }
            session.close();
        }
    }

    /** A burst would have both of them lag. */
    private static void awaitReplayed(PgServer standby) {
        String end = shared.primary.query("select pg_current_wal_insert_lsn()");
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> "t".equals(standby.query("select pg_last_wal_replay_lsn() >= '" + end + "'")));
    }

    private static void assertEnded(PgWire session, String... words) {
        List<Reply> replies = session.readToEnd();
        assertThat(Reply.line(replies)).contains("FATAL 57P01").contains(words);
    }

    @Test
    void aStopLetsTransactionsEndAndTellsTheIdleAtOnce() throws InterruptedException {
        // Given
        RunningAgent agent = agent(shared, PATIENT);
        try (PgWire idle = login(agent, "rw");
                PgWire busy = login(agent, "rw")) {
            assertThat(busy.query("begin")).endsWith("Z(T)");

            // When
            Thread stop = Thread.ofVirtual().start(agent::close);

            // Then
            assertEnded(idle, "administrator command");
            assertThat(busy.query("insert into t values (1)")).endsWith("Z(T)");
            assertThat(busy.query("commit")).endsWith("C(COMMIT) Z(I)");
            assertEnded(busy, "administrator command");
            stop.join(SOON.toMillis());
            assertThat(stop.isAlive()).isFalse();
            assertThat(agent.events(AuditEvent.SessionEnd.class))
                    .hasSize(2)
                    .allSatisfy(end -> assertThat(end.end().cause()).isEqualTo("shutdown"));
            assertThat(agent.events(AuditEvent.TransactionEnd.class)).hasSize(1);
        }
    }

    @Test
    void atTheDeadlineAStatementIsCancelledAndItsClientToldSo() {
        // Given
        RunningAgent agent = agent(shared, HASTY);
        try (PgWire sleeps = login(agent, "rw");
                PgWire streams = login(agent, "rw")) {
            sleeps.send(Frontend.query("select pg_sleep(3600)"));
            streams.send(Frontend.query("select repeat('x', 3000) from generate_series(1, 100000000)"));
            await().atMost(SOON)
                    .until(() -> "1"
                            .equals(shared.primary.query(
                                    "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")));

            // When
            Thread.ofVirtual().start(agent::close);

            // Then
            assertEnded(sleeps, "administrator command");
            Reply last = null;
            for (Reply reply = streams.read(); reply != null; reply = streams.read()) {
                last = reply;
            }
            assertThat(String.valueOf(last)).contains("FATAL 57P01");
            await().atMost(SOON)
                    .until(() -> "0"
                            .equals(shared.primary.query(
                                    "select count(*) from pg_stat_activity where query like '%pg_sleep(3600)' and pid"
                                            + " <> pg_backend_pid()")));
        } finally {
            agent.close();
        }
    }

    @Test
    void aStandbyThatLagsLosesItsSessionsAndHasThemBackLater() {
        try (RunningAgent agent = agent(shared, PATIENT);
                PgWire lagging = loginAt(agent, "ro", shared.one);
                PgWire fresh = loginAt(agent, "ro", shared.two);
                PgWire writer = login(agent, "rw")) {
            try {
                // When
                shared.one.query("select pg_wal_replay_pause()");
                for (int i = 0; i < 12; i++) {
                    writer.query("insert into t select generate_series(1, 2000)");
                    awaitReplayed(shared.two);
                }

                // Then
                assertEnded(lagging, "node \"127.0.0.1:" + shared.one.port() + "\"", "is out: lag, ");
                for (int i = 0; i < 4; i++) {
                    try (PgWire session = login(agent, "ro")) {
                        assertThat(ClusterIT.port(session)).isEqualTo(String.valueOf(shared.two.port()));
                    }
                }
            } finally {
                shared.one.query("select pg_wal_replay_resume()");
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(agent.events(AuditEvent.TopologyChange.class))
                            .anyMatch(change -> change.change().equals("in")
                                    && ("127.0.0.1:" + shared.one.port()).equals(change.node())));
            loginAt(agent, "ro", shared.one).close();
            assertThat(fresh.query("select 1")).endsWith("Z(I)");
            assertThat(writer.query("select 1")).endsWith("Z(I)");
        }
    }

    /** The old primary runs on, as one that was cut off does: only its timeline tells that it leads no more. */
    @Test
    void aPromotionMovesWritersAfterTheirTransactionAndLeavesReadersAlone() {
        try (Trio servers = Trio.start();
                RunningAgent agent = agent(servers, PATIENT);
                PgWire idle = login(agent, "rw");
                PgWire busy = login(agent, "rw");
                PgWire reader = loginAt(agent, "ro", servers.one);
                PgWire promoted = loginAt(agent, "ro", servers.two)) {
            busy.query("begin");

            // When
            servers.two.promote();

            // Then
            assertEnded(idle, "leads no more");
            assertEnded(promoted, "is leader now");
            try (PgWire writer = login(agent, "rw")) {
                assertThat(ClusterIT.port(writer)).isEqualTo(String.valueOf(servers.two.port()));
            }
            assertThat(busy.query("commit")).endsWith("C(COMMIT) Z(I)");
            assertEnded(busy, "leads no more");
            assertThat(reader.query("select 1")).endsWith("Z(I)");
            await().atMost(SOON)
                    .until(() -> agent.events(AuditEvent.SessionEnd.class).stream()
                                    .filter(end -> end.end().cause().equals("drained"))
                                    .count()
                            == 3);
        }
    }

    @Test
    void aDrainedNodeIsEmptiedAndGivenBackOverTheAdminSide() throws Exception {
        try (RunningAgent agent = agent(shared, PATIENT);
                PgWire drained = loginAt(agent, "ro", shared.one);
                PgWire other = loginAt(agent, "ro", shared.two);
                HttpClient client = HttpClient.newHttpClient()) {
            String node = "127.0.0.1%3A" + shared.one.port();

            // When
            HttpResponse<String> answer = post(client, agent, "/clusters/ro/nodes/" + node + "/drain");

            // Then
            assertThat(answer.statusCode()).isEqualTo(202);
            assertEnded(drained, "is being drained");
            try (PgWire session = login(agent, "ro")) {
                assertThat(ClusterIT.port(session)).isEqualTo(String.valueOf(shared.two.port()));
            }
            assertThat(post(client, agent, "/update_clusters").body())
                    .contains("\"drained\" : true", "\"role\" : \"leader\"", "\"listeners\" : [ \"rw\", \"ro\" ]");
            assertThat(post(client, agent, "/clusters/main/nodes/nobody/drain").statusCode())
                    .isEqualTo(404);
            assertThat(post(client, agent, "/clusters/main/nodes/" + node + "/undrain")
                            .statusCode())
                    .isEqualTo(202);
            loginAt(agent, "ro", shared.one).close();
            assertThat(other.query("select 1")).endsWith("Z(I)");
            assertThat(agent.events(AuditEvent.TopologyChange.class))
                    .extracting(AuditEvent.TopologyChange::change)
                    .contains("drained", "undrained");
        }
    }

    private static HttpResponse<String> post(HttpClient client, RunningAgent agent, String path) throws Exception {
        int port = Objects.requireNonNull(agent.agent().adminAddress()).getPort();
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
