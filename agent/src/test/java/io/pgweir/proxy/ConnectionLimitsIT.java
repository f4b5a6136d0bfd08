package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ConnectRateConfig;
import io.pgweir.config.ConnectionsPerConfig;
import io.pgweir.config.FailedLoginsConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerLimitsConfig;
import io.pgweir.config.QueueConfig;
import io.pgweir.config.RateConfig;
import io.pgweir.config.TimeoutsConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.telemetry.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits on sessions, as clients see them. */
class ConnectionLimitsIT {
    private static final int NO = ConnectionsPerConfig.UNLIMITED;

    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder()
                .hba("host all locked all reject", "host all all all trust")
                .start();
        try (PgWire client = PgWire.login("127.0.0.1", server.port(), Map.of(), null)) {
            client.query("create role other login");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aUserOverItsLimitHearsItInPostgresqlsWordsAndAnotherUserComesIn() {
        // Given
        try (RunningAgent agent = agent(10, new ConnectionsPerConfig(NO, NO, NO, 1, NO, NO), QueueConfig.NONE);
                PgWire first = agent.login()) {
            // When
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('S')).isEqualTo("FATAL");
            assertThat(refusal.field('C')).isEqualTo("53300");
            assertThat(refusal.field('M')).isEqualTo("too many connections for role \"postgres\"");
            try (PgWire other = login(agent, "other")) {
                assertThat(other.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            }
            assertThat(first.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            assertThat(agent.events(AuditEvent.SessionEnd.class))
                    .anySatisfy(end -> assertThat(end.end().cause()).isEqualTo("limit"));
        }
    }

    @Test
    void whoWaitsComesInWhenAnotherLeaves() throws Exception {
        // Given
        try (RunningAgent agent = agent(1, ConnectionsPerConfig.DEFAULT, new QueueConfig(1, Duration.ofSeconds(20)));
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            PgWire first = agent.login();
            Future<String> second = threads.submit(() -> {
                try (PgWire client = agent.login()) {
                    return client.query("select 1");
                }
            });
            awaitWaiting(agent, 1);
            assertThat(refusal(agent, "postgres").field('M')).isEqualTo("sorry, too many clients already");

            // When
            first.close();

            // Then
            assertThat(second.get()).endsWith("C(SELECT 1) Z(I)");
            awaitWaiting(agent, 0);
        }
    }

    @Test
    void whoWaitsTooLongIsRefusedAndWhoLeavesIsForgotten() {
        // Given
        try (RunningAgent agent = agent(1, ConnectionsPerConfig.DEFAULT, new QueueConfig(2, Duration.ofSeconds(3)));
                PgWire first = agent.login();
                PgWire leaving = agent.connect()) {
            leaving.send(startup("postgres"));
            awaitWaiting(agent, 1);

            // When
            leaving.halfClose();
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('C')).isEqualTo("53300");
            assertThat(refusal.field('D')).isEqualTo("No session ended within 3000 ms.");
            awaitWaiting(agent, 0);
            assertThat(first.query("select 1")).endsWith("C(SELECT 1) Z(I)");
        }
    }

    @Test
    void whoWaitsWhenTheAgentStopsHearsIt() {
        // Given
        try (RunningAgent agent = agent(1, ConnectionsPerConfig.DEFAULT, new QueueConfig(2, Duration.ofSeconds(20)));
                PgWire first = agent.login();
                PgWire second = agent.connect();
                PgWire third = agent.connect()) {
            second.send(startup("postgres"));
            third.send(startup("postgres"));
            awaitWaiting(agent, 2);

            // When
            agent.agent().close();

            // Then
            assertThat(first.readToEnd().getLast().field('C')).isEqualTo("57P01");
            for (PgWire waiting : List.of(second, third)) {
                Reply refusal = waiting.readToEnd().getFirst();
                assertThat(refusal.field('C')).isEqualTo("57P03");
                assertThat(refusal.field('M')).isEqualTo("the database system is shutting down");
            }
        }
    }

    @Test
    void aCancelRequestPassesWhereEveryLimitIsFull() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .limits(new LimitsConfig(
                                1,
                                new ConnectionsPerConfig(1, 1, NO, 1, 1, 1),
                                new ConnectRateConfig(new RateConfig(0.001, 1), new RateConfig(0.001, 1)),
                                null,
                                QueueConfig.NONE,
                                16,
                                Duration.ofSeconds(20),
                                TimeoutsConfig.NONE,
                                null,
                                1 << 20,
                                10_000))
                        .start();
                PgWire client = agent.login()) {
            client.send(Frontend.query("select pg_sleep(30)"));

            // When
            String running =
                    "select count(*) from pg_stat_activity where state = 'active' and query like '%30%' and pid = ";
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(server.query(running + client.pid())).isEqualTo("1"));
            try (PgWire canceller = agent.connect()) {
                canceller.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                assertThat(canceller.readByte()).isEqualTo(-1);
            }

            // Then
            assertThat(client.line()).contains("57014");
            assertThat(refusal(agent, "postgres").field('M')).startsWith("too many new connections from address 127.");
        }
    }

    @Test
    void anAddressThatFailsToLogInIsRefused() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                .limits(limits(
                        10,
                        ConnectionsPerConfig.DEFAULT,
                        QueueConfig.NONE,
                        new FailedLoginsConfig(2, Duration.ofMinutes(1), Duration.ofMinutes(1))))
                .start()) {
            assertThat(refusal(agent, "locked").field('M')).contains("rejects connection");
            assertThat(refusal(agent, "locked").field('M')).contains("rejects connection");

            // When
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('C')).isEqualTo("28000");
            assertThat(refusal.field('M')).isEqualTo("too many authentication failures from address 127.0.0.1");
        }
    }

    @Test
    void aFullNodeGivesWayToTheNextAndWhereAllAreFullTheClientHearsIt() {
        // Given
        try (PgServer second = PgServer.builder().start();
                RunningAgent agent = RunningAgent.builder(server.port(), second.port())
                        .limits(limits(10, new ConnectionsPerConfig(NO, NO, 1, NO, NO, NO), QueueConfig.NONE, null))
                        .start();
                PgWire first = agent.login();
                PgWire next = agent.login()) {
            assertThat(first.query("select inet_server_port()")).contains("D(" + server.port() + ")");
            assertThat(next.query("select inet_server_port()")).contains("D(" + second.port() + ")");

            // When
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('C')).isEqualTo("53300");
            assertThat(refusal.field('M'))
                    .isEqualTo("too many connections for the nodes of cluster \"main\": 127.0.0.1:" + server.port()
                            + ": 1 sessions, its limit; 127.0.0.1:" + second.port() + ": 1 sessions, its limit");
        }
    }

    @Test
    void whoFindsAllNodesFullWaitsUntilOneIsNot() throws Exception {
        // Given
        try (PgServer second = PgServer.builder().start();
                RunningAgent agent = RunningAgent.builder(server.port(), second.port())
                        .limits(limits(
                                10,
                                new ConnectionsPerConfig(NO, NO, 1, NO, NO, NO),
                                new QueueConfig(2, Duration.ofSeconds(20)),
                                null))
                        .start();
                PgWire first = agent.login();
                PgWire next = agent.login();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<String>> waiting = new ArrayList<>();
            for (int i = 1; i <= 2; i++) {
                waiting.add(threads.submit(() -> {
                    try (PgWire client = agent.login()) {
                        return client.query("select inet_server_port()");
                    }
                }));
                awaitWaiting(agent, i);
            }
            assertThat(refusal(agent, "postgres").field('M')).startsWith("too many connections for the nodes");

            // When
            next.send(Frontend.terminate());

            // Then
            assertThat(waiting.get(0).get()).contains("D(" + second.port() + ")");
            assertThat(waiting.get(1).get()).contains("D(" + second.port() + ")");
            awaitWaiting(agent, 0);
            assertThat(first.query("select 1")).endsWith("C(SELECT 1) Z(I)");
        }
    }

    @Test
    void whoWaitsTooLongForANodeIsRefusedAndWhoLeavesIsForgotten() {
        // Given
        try (RunningAgent agent = agent(
                        10,
                        new ConnectionsPerConfig(NO, NO, 1, NO, NO, NO),
                        new QueueConfig(2, Duration.ofSeconds(2)));
                PgWire first = agent.login();
                PgWire leaving = agent.connect()) {
            leaving.send(startup("postgres"));
            awaitWaiting(agent, 1);

            // When
            leaving.halfClose();
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('C')).isEqualTo("53300");
            assertThat(refusal.field('M'))
                    .isEqualTo("too many connections for the nodes of cluster \"main\": 127.0.0.1:" + server.port()
                            + ": 1 sessions, its limit");
            assertThat(refusal.field('D')).isEqualTo("No session ended within 2000 ms.");
            awaitWaiting(agent, 0);
            assertThat(first.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            first.send(Frontend.terminate());
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(agent.telemetry().value(Metric.SESSIONS_OPEN))
                            .isZero());
        }
    }

    @Test
    void aListenerMayHaveLimitsOfItsOwn() {
        // Given
        ClusterConfig cluster = new ClusterConfig(
                List.of(new HostPort("127.0.0.1", server.port())), RunningAgent.NO_SERVER_TLS, Duration.ofSeconds(5));
        ListenerConfig narrow = new ListenerConfig(
                "narrow",
                new HostPort("127.0.0.1", 0),
                "main",
                ListenerConfig.Mode.TRANSPARENT,
                List.of(),
                List.of(),
                RunningAgent.NO_CLIENT_TLS,
                ListenerConfig.SOCKET_MODE,
                false,
                new ListenerLimitsConfig(
                        1, null, new TimeoutsConfig(Duration.ofMillis(500), Duration.ZERO, Duration.ZERO)),
                null,
                null,
                null);
        try (RunningAgent agent =
                        RunningAgent.builder().cluster(cluster, narrow).start();
                PgWire first = agent.login()) {
            // When
            Reply refusal = refusal(agent, "postgres");

            // Then
            assertThat(refusal.field('M')).isEqualTo("too many connections for listener \"narrow\"");
            assertThat(first.readToEnd().getFirst().field('C')).isEqualTo("57P05");
        }
    }

    @Test
    void aStormLeavesNothingBehind() throws Exception {
        // Given
        int offered = 400;
        try (RunningAgent agent = agent(8, new ConnectionsPerConfig(NO, NO, NO, 1, NO, NO), QueueConfig.NONE);
                PgWire holder = agent.login();
                ExecutorService threads = Executors.newFixedThreadPool(16)) {
            // When
            List<Callable<@Nullable String>> connects = new ArrayList<>();
            for (int i = 0; i < offered; i++) {
                String user = i % 2 == 0 ? "postgres" : "other";
                connects.add(() -> {
                    try (PgWire client = agent.connect()) {
                        client.send(startup(user));
                        List<Reply> replies = client.readThrough('Z');
                        return replies.getLast().type() == 'Z'
                                ? null
                                : replies.getFirst().field('C');
                    }
                });
            }
            List<@Nullable String> states = new ArrayList<>();
            for (Future<@Nullable String> connect : threads.invokeAll(connects)) {
                states.add(connect.get());
            }

            // Then
            assertThat(states).hasSize(offered).containsOnly(null, "53300");
            holder.send(Frontend.terminate());
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(agent.telemetry().value(Metric.SESSIONS_OPEN)).isZero();
                assertThat(agent.events(AuditEvent.SessionEnd.class)).hasSize(offered + 1);
            });
            long in = states.stream().filter(state -> state == null).count();
            assertThat(agent.telemetry().value(Metric.SESSIONS_STARTED)).isEqualTo(in + 1);
            assertThat(agent.telemetry().value(Metric.SESSIONS_REFUSED)).isEqualTo(offered - in);
        }
    }

    private static RunningAgent agent(int connections, ConnectionsPerConfig per, QueueConfig queue) {
        return RunningAgent.builder(server.port())
                .limits(limits(connections, per, queue, null))
                .start();
    }

    private static LimitsConfig limits(
            int connections, ConnectionsPerConfig per, QueueConfig queue, @Nullable FailedLoginsConfig failedLogins) {
        return new LimitsConfig(
                connections,
                per,
                ConnectRateConfig.DEFAULT,
                failedLogins,
                queue,
                1000,
                Duration.ofSeconds(20),
                TimeoutsConfig.NONE,
                null,
                1 << 20,
                10_000);
    }

    private static void awaitWaiting(RunningAgent agent, long sessions) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(agent.telemetry().value(Metric.SESSIONS_WAITING))
                        .isEqualTo(sessions));
    }

    private static byte[] startup(String user) {
        return Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", user, "database", "postgres"));
    }

    private static PgWire login(RunningAgent agent, String user) {
        return PgWire.login("127.0.0.1", agent.port(), Map.of("user", user, "database", "postgres"), null);
    }

    private static Reply refusal(RunningAgent agent, String user) {
        try (PgWire client = agent.connect()) {
            client.send(startup(user));
            return client.readToEnd().getFirst();
        }
    }
}
