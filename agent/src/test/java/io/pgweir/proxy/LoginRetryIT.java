package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.EjectionConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.telemetry.Metric;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that take connections and no sessions: who is asked next, and what the client hears when nobody is left. */
@Timeout(60)
class LoginRetryIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RunningAgent inOrder(int... ports) {
        return agent(1, null, ports);
    }

    /** Every attempt but the first is spent. */
    private static RunningAgent once(int... ports) {
        return agent(0, null, ports);
    }

    private static RunningAgent agent(int retries, @Nullable EjectionConfig ejection, int... ports) {
        ClusterConfig cluster = new ClusterConfig(
                IntStream.of(ports)
                        .mapToObj(port -> new HostPort("127.0.0.1", port))
                        .toList(),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(2),
                null,
                null,
                new BalanceConfig(Strategy.IN_ORDER, retries, Map.of(), 0),
                ejection,
                null,
                DrainConfig.DEFAULT);
        ListenerConfig listener = new ListenerConfig(
                "main",
                new HostPort("127.0.0.1", 0),
                "main",
                ListenerConfig.Mode.TRANSPARENT,
                List.of(),
                List.of(),
                RunningAgent.NO_CLIENT_TLS);
        return RunningAgent.builder().cluster(cluster, listener).start();
    }

    private static byte[] fatal(String sqlState, String message) {
        return Frontend.message(
                'E', ("SFATAL\0VFATAL\0C" + sqlState + "\0M" + message + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    private static FakeServer saying(byte[]... answer) {
        return FakeServer.playing(client -> {
            client.readStartup();
            client.send(answer);
        });
    }

    private static FakeServer closing(boolean reset) {
        return FakeServer.playing(client -> {
            client.readStartup();
            if (reset) {
                client.reset();
            }
        });
    }

    private static byte[] heard(int port) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            client.login(Frontend.PROTOCOL_3_0, Map.of(), null);
            return client.received();
        }
    }

    private static void awaitNothingOpen(RunningAgent agent) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(agent.telemetry().value(Metric.SESSIONS_OPEN))
                        .isZero());
    }

    @Test
    void aServerThatShutsDownIsPassedOver() {
        // Given
        try (PgServer leaving = PgServer.builder().start();
                PgWire last = PgWire.login("127.0.0.1", leaving.port(), Map.of(), null);
                RunningAgent agent = inOrder(leaving.port(), server.port());
                RunningAgent alone = inOrder(leaving.port())) {
            last.query("do $$ begin execute format('copy (select 1) to program %L', 'kill -TERM '"
                    + " || split_part(pg_read_file('postmaster.pid'), e'\\n', 1)); end $$");
            await().atMost(SOON)
                    .until(() -> new String(heard(leaving.port()), StandardCharsets.UTF_8).contains("57P03"));

            // When
            try (PgWire session = agent.login()) {
                // Then
                assertThat(ClusterIT.port(session)).isEqualTo(String.valueOf(server.port()));
            }
            assertThat(heard(alone.port())).isEqualTo(heard(leaving.port()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P01", "57P02", "57P03"})
    void whateverTurnsAWholeSessionAwayIsPassedOver(String sqlState) {
        // Given
        byte[] notice = Frontend.message('N', "SNOTICE\0C00000\0Mhello\0\0".getBytes(StandardCharsets.UTF_8));
        byte[] version = Frontend.message('v', Frontend.concat(Frontend.int4(0), Frontend.int4(0)));
        byte[] welcome = Frontend.message('R', Frontend.int4(0));
        try (FakeServer away = saying(version, notice, welcome, fatal(sqlState, "not now"));
                RunningAgent agent = inOrder(away.port(), server.port());
                // When
                PgWire session = agent.login()) {

            // Then
            assertThat(session.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            assertThat(new String(session.received(), StandardCharsets.UTF_8)).doesNotContain("hello", "not now");
            assertThat(away.accepted()).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatClosesWithoutAWordIsPassedOver(boolean reset) {
        // Given
        try (FakeServer mute = closing(reset);
                RunningAgent agent = inOrder(mute.port(), server.port())) {
            // When
            try (PgWire session = agent.login()) {

                // Then
                assertThat(session.query("select 1")).endsWith("C(SELECT 1) Z(I)");
            }
            awaitNothingOpen(agent);
        }
    }

    /** A wrong password, no such database, and a server that is full, are answers. */
    @ParameterizedTest
    @ValueSource(strings = {"28P01", "28000", "3D000", "53300", "08P01"})
    void whatAServerAnswersForItselfIsTheClientsToHear(String sqlState) {
        // Given
        byte[] answer = fatal(sqlState, "no");
        try (FakeServer first = saying(answer);
                RunningAgent agent = inOrder(first.port(), server.port())) {
            // When
            byte[] heard = heard(agent.port());

            // Then
            assertThat(heard).isEqualTo(answer);
            assertThat(agent.endCause()).isEqualTo("server-fatal");
        }
    }

    @Test
    void whoseAnswerHasBegunIsNeverPassedOver() {
        // Given
        byte[] request = Frontend.message('R', Frontend.int4(3));
        byte[] away = fatal("57P03", "not now");
        try (FakeServer first = FakeServer.playing(client -> {
                    client.readStartup();
                    client.send(request);
                    client.read();
                    client.send(away);
                });
                FakeServer second = saying(FakeServer.WELCOME);
                RunningAgent agent = inOrder(first.port(), second.port())) {
            // When
            byte[] heard = heard(agent.port());

            // Then
            assertThat(heard).isEqualTo(Frontend.concat(request, away));
            assertThat(second.accepted()).isZero();
        }
    }

    @Test
    void whereNobodyTakesTheSessionTheClientHearsTheLastServersOwnWords() {
        // Given
        byte[] words = fatal("57P03", "the second is not there yet");
        try (FakeServer first = saying(fatal("57P03", "the first is not there yet"));
                FakeServer second = saying(words);
                RunningAgent agent = inOrder(first.port(), second.port(), server.port())) {
            // When
            byte[] heard = heard(agent.port());

            // Then
            assertThat(heard).isEqualTo(words);
            assertThat(agent.endCause()).isEqualTo("server-fatal");
            awaitNothingOpen(agent);
        }
    }

    @Test
    void theWordsOfOneAreHeardWhereTheOtherCannotBeConnectedTo() {
        // Given
        byte[] words = fatal("57P03", "not there yet");
        int dead;
        try (FakeServer closed = saying()) {
            dead = closed.port();
        }
        try (FakeServer first = saying(words);
                RunningAgent agent = inOrder(first.port(), dead)) {
            // When
            byte[] heard = heard(agent.port());

            // Then
            assertThat(heard).isEqualTo(words);
        }
    }

    @Test
    void whereAllCloseWithoutAWordTheClientHearsOfEach() {
        // Given
        try (FakeServer first = saying();
                FakeServer second = saying();
                RunningAgent agent = inOrder(first.port(), second.port());
                PgWire client = agent.connect()) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(replies.getLast().toString())
                    .contains("08001", first.port() + ": the server closed", second.port() + ": the server closed");
        }
    }

    @Test
    void whereOnlyOneIsAskedItsSilenceIsTheAnswer() {
        // Given
        try (FakeServer mute = closing(false);
                RunningAgent agent = once(mute.port(), server.port())) {
            // When
            byte[] heard = heard(agent.port());

            // Then
            assertThat(heard).isEmpty();
            assertThat(agent.endCause()).isEqualTo("server-closed");
            awaitNothingOpen(agent);
        }
    }

    @Test
    void aServerThatKeepsTurningSessionsAwayIsLeftAlone() {
        // Given
        EjectionConfig ejection = new EjectionConfig(2, Duration.ofMinutes(1), Duration.ofMinutes(1), 50);
        try (FakeServer away = saying(fatal("57P03", "not now"));
                RunningAgent agent = agent(1, ejection, away.port(), server.port())) {
            // When
            for (int i = 0; i < 5; i++) {
                agent.login().close();
            }

            // Then
            assertThat(away.accepted()).isEqualTo(2);
            String first = "127.0.0.1:" + away.port();
            String second = "127.0.0.1:" + server.port();
            assertThat(agent.telemetry().series(Metric.NODE_CONNECTS))
                    .containsEntry(List.of("main", first, "turned-away"), 2L)
                    .containsEntry(List.of("main", first, "connected"), 0L)
                    .containsEntry(List.of("main", second, "connected"), 5L);
            assertThat(agent.telemetry().series(Metric.NODE_EJECTED))
                    .isEqualTo(Map.of(List.of("main", first), 1L, List.of("main", second), 0L));
            assertThat(agent.telemetry().series(Metric.NODE_EJECTIONS)).containsEntry(List.of("main", first), 1L);
            assertThat(agent.telemetry().counts(Metric.NODE_CONNECT_TIME).get(List.of("main", second)))
                    .satisfies(counts -> assertThat(counts.total()).isEqualTo(5));
            assertThat(agent.telemetry().series(Metric.NODE_BREAKER)).isEmpty();
        }
    }

    @Test
    void whatTheClientSaysAheadReachesTheServerThatTakesIt() {
        // Given
        try (FakeServer away = saying(fatal("57P03", "not now"));
                RunningAgent agent = inOrder(away.port(), server.port());
                PgWire client = agent.connect()) {
            // When
            client.send(
                    Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres", "database", "postgres")),
                    Frontend.query("select 42"));

            // Then
            client.readUntilReady();
            assertThat(Reply.line(client.readUntilReady())).contains("D(42)");
        }
    }

    @Test
    void aClientThatLeavesMeanwhileLeavesNothingBehind() {
        // Given
        try (FakeServer slow = FakeServer.playing(FakeServer.Conversation::drain);
                RunningAgent agent = inOrder(slow.port(), server.port());
                PgWire client = agent.connect()) {
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres")));
            await().atMost(SOON).until(() -> slow.accepted() == 1);

            // When
            client.reset();

            // Then
            awaitNothingOpen(agent);
            assertThat(agent.endCause()).isIn("client-reset", "client-closed");
        }
    }
}
