package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.boot.AgentStartException;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end, in order and out of it; and what they withstand before. */
class EndIT {
    private static final String FATAL_BODY = "SFATAL\0VFATAL\0C57P01\0Mbye\0\0";
    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = ThreadsConfig.Transport.class,
            names = {"AUTO", "NIO"})
    void answersStillFlowToAClientThatHalfClosed(ThreadsConfig.Transport transport) {
        // Given
        try (RunningAgent agent =
                        RunningAgent.builder(server.port()).transport(transport).start();
                PgWire client = agent.login()) {
            // When
            client.send(Frontend.query("select pg_sleep(0.2), 'late'"));
            client.halfClose();

            // Then
            assertThat(Reply.line(client.readToEnd())).contains("late", "Z(I)");
            assertThat(agent.endCause()).isEqualTo("client-closed");
        }
    }

    @Test
    void aResetOfTheClientReachesTheServer() throws Exception {
        // Given
        CountDownLatch ended = new CountDownLatch(1);
        FakeServer.Script script = client -> {
            client.readStartup();
            client.send(FakeServer.WELCOME);
            try {
                client.drain();
            } finally {
                ended.countDown();
            }
        };
        try (FakeServer fake = FakeServer.playing(script);
                RunningAgent agent = RunningAgent.inFrontOf(fake.port());
                PgWire client = agent.login()) {
            // When
            client.reset();

            // Then
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.endCause()).isEqualTo("client-reset");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mid-message", "reset", "garbage", "fatal", "protocol-2"})
    void theClientSeesWhatTheServerDid(String how) {
        // Given
        byte[] last = switch (how) {
            case "mid-message" -> new byte[] {'T', 0, 0, 0, 99, 0, 1};
            case "garbage" -> new byte[] {'?', -1, -1, -1, -1, 1, 2, 3};
            case "fatal" -> Frontend.message('E', FATAL_BODY.getBytes(StandardCharsets.US_ASCII));
            case "protocol-2" -> "EFATAL:  too old\n\0".getBytes(StandardCharsets.US_ASCII);
            default -> new byte[0];
        };
        FakeServer.Script script = client -> {
            client.readStartup();
            if (!how.equals("protocol-2")) {
                client.send(FakeServer.WELCOME);
                client.read();
            }
            client.send(last);
            if (how.equals("reset")) {
                client.reset();
            }
        };
        try (FakeServer fake = FakeServer.playing(script);
                RunningAgent agent = RunningAgent.inFrontOf(fake.port());
                PgWire client = agent.connect()) {
            // When
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "u")), Frontend.sync());
            int end = client.readByte();
            while (end >= 0) {
                end = client.readByte();
            }

            // Then
            byte[] expected = how.equals("protocol-2") ? last : Frontend.concat(FakeServer.WELCOME, last);
            assertThat(client.received()).isEqualTo(expected);
            assertThat(agent.endCause())
                    .isEqualTo(
                            switch (how) {
                                case "reset" -> "server-reset";
                                case "garbage" -> "server-protocol-violation";
                                case "fatal" -> "server-fatal";
                                default -> "server-closed";
                            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE})
    void aLengthBelowFourEndsTheSessionAsPostgresEndsIt(int length) {
        // Given
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port());
                PgWire direct = PgWire.login("127.0.0.1", server.port(), Map.of(), null);
                PgWire client = agent.login()) {
            byte[] bytes = Frontend.concat(Frontend.message('Q', length), Frontend.query("select 1"));

            // When
            direct.send(bytes);
            client.send(bytes);

            // Then
            assertThat(Reply.line(client.readToEnd())).isEqualTo(Reply.line(direct.readToEnd()));
            assertThat(agent.endCause()).isEqualTo("client-protocol-violation");
            assertThat(agent.login().query("select 1")).contains("SELECT 1");
        }
    }

    @Test
    void lengthsAndTypesThatPostgresRefusesAreRefusedByPostgres() {
        // Given
        List<byte[]> bad = List.of(
                Frontend.message('E', 20_000, (byte) 0),
                Frontend.message('Q', 0x3fffffff, (byte) 0),
                Frontend.message('Q', Integer.MAX_VALUE, (byte) 0),
                Frontend.message('?', (byte) 1, (byte) 2),
                Frontend.message('?', 100_000, new byte[99_996]),
                Frontend.message('Q', (byte) 'x'),
                Frontend.message('Q', (byte) 'x', (byte) 0, (byte) 'y', (byte) 0),
                Frontend.message('B', (byte) 0, (byte) 0, (byte) -1),
                Frontend.message('D', (byte) 'Z', (byte) 0));
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port())) {
            for (byte[] bytes : bad) {
                // When
                String direct = answer(server.port(), bytes);
                String through = answer(agent.port(), bytes);

                // Then
                assertThat(through).isEqualTo(direct);
            }
        }
    }

    private static String answer(int port, byte[] bytes) {
        try (PgWire client = PgWire.login("127.0.0.1", port, Map.of(), null)) {
            client.send(bytes, Frontend.sync(), Frontend.terminate());
            return Reply.line(client.readToEnd());
        }
    }

    @Test
    void aHundredThousandPipelinedWithoutReadingDoNotDeadlock() throws Exception {
        // Given
        int requests = 100_000;
        byte[] one = Frontend.concat(Frontend.parse("", "select"), Frontend.bind("", ""), Frontend.execute("", 0));
        AtomicBoolean sent = new AtomicBoolean();
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port());
                PgWire client = agent.login()) {
            client.timeoutMillis(120_000);

            // When
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < requests; i += 1000) {
                    byte[][] batch = new byte[1000][];
                    Arrays.fill(batch, one);
                    client.send(batch);
                }
                client.send(Frontend.sync());
                sent.set(true);
            });
            List<Reply> replies = client.readUntilReady();

            // Then
            writer.join();
            assertThat(sent).isTrue();
            assertThat(replies.stream().filter(reply -> reply.type() == 'C').count())
                    .isEqualTo(requests);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(agent.events(AuditEvent.Statement.class)).hasSize(requests));
        }
    }

    @Test
    void aSlowReaderStopsTheServerNotTheAgent() {
        // Given
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port());
                PgWire slow = agent.login()) {
            slow.timeoutMillis(120_000);
            slow.send(Frontend.query("select repeat('x', 100000) from generate_series(1, 2000)"));

            // When
            await().during(Duration.ofSeconds(1))
                    .until(
                            () -> server.query(
                                    "select count(*) from pg_stat_activity" + " where wait_event = 'ClientWrite'"),
                            "1"::equals);

            // Then
            assertThat(slow.readUntilReady()).hasSize(2003);
        }
    }

    @Test
    void aTakenPortIsSaidSo() {
        // Given
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port())) {
            int taken = agent.port();

            // When, Then
            assertThatThrownBy(() ->
                            RunningAgent.builder(server.port()).port(taken).open())
                    .isInstanceOfSatisfying(
                            AgentStartException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(AgentStartException.Kind.BIND))
                    .hasMessageContaining("127.0.0.1:" + taken);
        }
    }

    @Test
    void aStoppingAgentTellsItsClients() {
        // Given
        RunningAgent agent = RunningAgent.inFrontOf(server.port());
        try (PgWire client = agent.login()) {
            // When
            agent.close();

            // Then
            assertThat(client.readToEnd())
                    .singleElement()
                    .satisfies(error -> assertThat(error.field('C')).isEqualTo("57P01"));
            assertThat(agent.endCause()).isEqualTo("shutdown");
        }
    }
}
