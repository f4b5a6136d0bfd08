package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's first bytes, good and bad: the answers of a real server beside those of the agent. */
class StartIT {
    private static PgServer server;
    private static RunningAgent agent;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
        agent = RunningAgent.inFrontOf(server.port());
    }

    @AfterAll
    static void stop() {
        agent.close();
        server.close();
    }

    static Stream<byte[]> badStarts() {
        return Stream.of(
                packet(-1, 0),
                packet(0, 0),
                packet(4, 0),
                packet(7, 0),
                packet(10_005, 196_608),
                packet(Integer.MAX_VALUE, 196_608),
                packet(8, 2 << 16),
                packet(8, 4 << 16),
                packet(8, 196_608),
                "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                packet(12, 80_877_102),
                Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "nobody")),
                Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres", "no_such_setting", "1")));
    }

    private static byte[] packet(int length, int code) {
        return ByteBuffer.allocate(12).putInt(length).putInt(code).putInt(0).array();
    }

    @ParameterizedTest
    @MethodSource("badStarts")
    void isAnsweredAsTheServerAnswers(byte[] bytes) {
        // Given
        byte[] direct = answer(server.port(), bytes);

        // When
        byte[] through = answer(agent.port(), bytes);

        // Then
        assertThat(through)
                .asHexString()
                .isEqualTo(HexFormat.of().withUpperCase().formatHex(direct));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatComesUnencryptedBehindARequestForEncryptionIsRefusedInTheServersWords(boolean ssl) {
        // Given
        byte[] bytes = Frontend.concat(
                ssl ? Frontend.sslRequest() : Frontend.gssEncRequest(),
                Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres")));
        Reply direct = refusal(server.port(), bytes);

        // When
        Reply through = refusal(agent.port(), bytes);

        // Then
        for (char field : new char[] {'S', 'V', 'C', 'M', 'D'}) {
            assertThat(through.field(field)).isEqualTo(direct.field(field));
        }
    }

    private static Reply refusal(int port, byte[] bytes) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            client.send(bytes);
            assertThat(client.readByte()).isEqualTo('N');
            return client.readToEnd().getFirst();
        }
    }

    private static byte[] answer(int port, byte[] bytes) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            client.send(bytes);
            client.halfClose();
            int last = client.readByte();
            while (last >= 0) {
                last = client.readByte();
            }
            return client.received();
        }
    }

    @Test
    void requestsForEncryptionAreDeclinedInEitherOrderAndOnceEach() {
        try (PgWire client = agent.connect()) {
            // Given
            client.send(Frontend.gssEncRequest());
            assertThat(client.readByte()).isEqualTo('N');
            client.send(Frontend.sslRequest());
            assertThat(client.readByte()).isEqualTo('N');

            // When
            client.send(Frontend.sslRequest());

            // Then
            assertThat(client.readToEnd()).singleElement().satisfies(error -> {
                assertThat(error.field('C')).isEqualTo("0A000");
                assertThat(error.field('M')).startsWith("unsupported frontend protocol 1234.5679");
            });
        }
    }

    @Test
    void aStartupPacketMayComeByteByByte() {
        try (PgWire client = PgWire.connectCutting("127.0.0.1", agent.port(), 1)) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_2, Map.of(), null);

            // Then
            assertThat(Reply.line(replies)).endsWith("Z(I)");
            assertThat(client.cancelKey()).hasSize(32);
            assertThat(client.query("select 1")).endsWith("C(SELECT 1) Z(I)");
        }
    }

    @Test
    void aProbeOpensNothingAndLeavesNoRecord() {
        // Given
        try (FakeServer fake = FakeServer.playing(client -> {});
                RunningAgent probed = RunningAgent.inFrontOf(fake.port())) {
            // When
            probed.connect().close();

            // Then
            try (PgWire next = probed.connect()) {
                next.send(packet(4, 0));
                assertThat(next.readByte()).isEqualTo(-1);
            }
            assertThat(fake.accepted()).isZero();
            assertThat(probed.endCause()).isEqualTo("bad-startup");
        }
    }

    @Test
    void aClientThatNeverFinishesItsStartupIsClosedInSilence() {
        // Given
        try (RunningAgent impatient = RunningAgent.builder(server.port())
                        .startupTimeout(Duration.ofMillis(200))
                        .start();
                PgWire client = impatient.connect()) {
            // When
            client.send(new byte[] {0, 0, 0});

            // Then
            assertThat(client.readByte()).isEqualTo(-1);
            assertThat(impatient.endCause()).isEqualTo("startup-timeout");
        }
    }

    @Test
    void oneClientTooManyIsToldSo() {
        // Given
        try (RunningAgent small =
                        RunningAgent.builder(server.port()).connections(1).start();
                PgWire first = small.login();
                PgWire second = small.connect()) {
            // When
            List<Reply> replies = second.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(replies).singleElement().satisfies(error -> {
                assertThat(error.field('C')).isEqualTo("53300");
                assertThat(error.field('M')).isEqualTo("sorry, too many clients already");
            });
            assertThat(small.endCause()).isEqualTo("limit");
            assertThat(first.query("select 1")).contains("SELECT 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "unresolvable", "silent"})
    void whenNoNodeCanBeConnectedToTheClientHearsWhy(String how) {
        // Given
        try (FakeServer silent = FakeServer.playing(FakeServer.Conversation::drain)) {
            RunningAgent.Builder builder = RunningAgent.builder().connectTimeout(Duration.ofMillis(1500));
            switch (how) {
                case "refused" -> builder.node("127.0.0.1", closedPort());
                case "unresolvable" -> builder.node("no-such-host.invalid", 5432);
                default ->
                    builder.node("127.0.0.1", silent.port())
                            .serverTls(RunningAgent.serverTls(ServerTlsConfig.Mode.REQUIRE));
            }
            try (RunningAgent cut = builder.start();
                    PgWire client = cut.connect()) {
                // When
                List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

                // Then
                assertThat(replies).singleElement().satisfies(error -> {
                    assertThat(error.field('C')).isEqualTo("08001");
                    assertThat(error.field('S')).isEqualTo("FATAL");
                    assertThat(error.field('M'))
                            .startsWith("could not connect to a server of cluster \"main\": ")
                            .endsWith(
                                    switch (how) {
                                        case "refused" -> "connection refused";
                                        case "unresolvable" -> "name does not resolve";
                                        default -> "no answer within 1500 ms";
                                    });
                });
                assertThat(cut.endCause()).isEqualTo("connect-failed");
            }
        }
    }

    @Test
    void theNextNodeIsTried() {
        // Given
        try (RunningAgent two =
                        RunningAgent.builder(closedPort(), server.port()).start();
                PgWire client = two.connect()) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(Reply.line(replies)).endsWith("Z(I)");
        }
    }

    /** Of this machine, and nobody listens there. */
    private static int closedPort() {
        try (FakeServer closed = FakeServer.playing(client -> {})) {
            return closed.port();
        }
    }

    @Test
    void aCancelRequestEndsTheStatementOfItsOwnSessionOnly() {
        // Given
        try (RunningAgent own = RunningAgent.inFrontOf(server.port());
                PgWire sleeper = own.connect();
                PgWire other = own.login()) {
            sleeper.login(Frontend.PROTOCOL_3_2, Map.of(), null);
            sleeper.send(Frontend.query("select pg_sleep(30)"));
            byte[] wrong = sleeper.cancelKey();
            wrong[0] ^= 1;
            try (PgWire canceller = own.connect()) {
                canceller.send(Frontend.cancelRequest(sleeper.pid(), wrong));
                assertThat(canceller.readByte()).isEqualTo(-1);
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> other.query("select count(*) from pg_stat_activity where query like '%pg_sleep(30)%'"
                                    + " and state = 'active' and pid <> pg_backend_pid()")
                            .contains("D(1)"));

            // When
            try (PgWire canceller = own.connect()) {
                canceller.send(Frontend.cancelRequest(sleeper.pid(), sleeper.cancelKey()));
                assertThat(canceller.readByte()).isEqualTo(-1);
            }

            // Then
            assertThat(sleeper.line()).contains("57014");
            await().untilAsserted(() ->
                    assertThat(own.events(AuditEvent.Cancel.class)).hasSize(2));
            assertThat(own.events(AuditEvent.Cancel.class).getFirst().target()).isNull();
            assertThat(own.events(AuditEvent.Cancel.class).getLast().target()).isNotNull();
        }
    }
}
