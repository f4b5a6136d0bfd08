package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.TlsFacts;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClientTlsConfig.ClientCertificate;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.testing.Certificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS on either side of the agent, and what it makes of SCRAM's channel binding. */
class TlsIT {
    @TempDir
    static Path dir;

    private static Certificates own;
    private static Certificates other;
    private static PgServer server;

    @BeforeAll
    static void start() throws Exception {
        own = Certificates.in(Files.createDirectory(dir.resolve("own")));
        other = Certificates.in(Files.createDirectory(dir.resolve("other")));
        server = PgServer.builder()
                .ssl(own.serverCertificate(), own.serverKey(), null)
                .hba("host all scram all scram-sha-256", "host all all all trust")
                .start();
        server.query("create role scram login password 'secret'");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ClientTlsConfig clientTls(ClientTlsConfig.Mode mode, Certificates certificates) {
        return new ClientTlsConfig(
                mode, certificates.serverCertificate(), certificates.serverKey(), null, ClientCertificate.NONE);
    }

    private static ServerTlsConfig serverTls(Mode mode, Negotiation negotiation, @Nullable Path ca) {
        return new ServerTlsConfig(mode, negotiation, ca, null, null);
    }

    /** The matrix of docs/life-of-a-message.md; PgWire takes PLUS wherever TLS lets it and it is offered. */
    @ParameterizedTest
    @CsvSource({
        "same,  REQUIRE, works",
        "other, REQUIRE, refused",
        "other, DISABLE, works",
        "plain, REQUIRE, works",
        "plain, DISABLE, works",
    })
    void channelBindingEndsAsTheMatrixSays(String leg, Mode mode, String expected) {
        // Given
        RunningAgent.Builder builder =
                RunningAgent.builder(server.port()).serverTls(serverTls(mode, Negotiation.POSTGRES, null));
        if (!leg.equals("plain")) {
            builder.clientTls(clientTls(ClientTlsConfig.Mode.REQUIRE, leg.equals("same") ? own : other));
        }
        try (RunningAgent agent = builder.start();
                PgWire client = agent.connect()) {
            if (!leg.equals("plain")) {
                assertThat(client.requestTls(PgWire.trusting())).isTrue();
            }

            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of("user", "scram"), "secret");

            // Then
            if (expected.equals("works")) {
                assertThat(Reply.line(replies)).endsWith("Z(I)");
            } else {
                assertThat(replies.getLast().field('C')).isEqualTo("28000");
                assertThat(replies.getLast().field('H')).contains("certificate and key", "channel_binding=disable");
                assertThat(agent.endCause()).isEqualTo("channel-binding");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theServerLegIsEncryptedAsTheModeSays(Mode mode) {
        // Given
        boolean verified = mode == Mode.VERIFY_CA || mode == Mode.VERIFY_FULL;
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .serverTls(serverTls(mode, Negotiation.POSTGRES, verified ? own.ca() : null))
                        .start();
                PgWire client = agent.login()) {
            // When
            String answer = client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");

            // Then
            assertThat(answer).contains(mode == Mode.DISABLE ? "D(f)" : "D(t)");
        }
    }

    @Test
    void theServerLegMayBeEncryptedDirectly() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .serverTls(serverTls(Mode.REQUIRE, Negotiation.DIRECT, null))
                        .start();
                PgWire client = agent.login()) {
            // When
            String answer = client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");

            // Then
            assertThat(answer).contains("D(t)");
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrusted() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .serverTls(serverTls(Mode.VERIFY_CA, Negotiation.POSTGRES, other.ca()))
                        .start();
                PgWire client = agent.connect()) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(replies).singleElement().satisfies(error -> {
                assertThat(error.field('C')).isEqualTo("08001");
                assertThat(error.field('M')).contains("TLS: ");
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"N, PREFER, works", "N, REQUIRE, refused", "E, REQUIRE, refused", "SX, REQUIRE, refused"})
    void theAnswerToSslRequestDecides(String answer, Mode mode, String expected) {
        // Given
        FakeServer.Script script = client -> {
            client.readStartup();
            client.send(
                    answer.equals("E")
                            ? Frontend.message('E', (byte) 'M', (byte) 'x', (byte) 0, (byte) 0)
                            : answer.getBytes(StandardCharsets.US_ASCII));
            client.readStartup();
            client.send(FakeServer.WELCOME);
            client.drain();
        };
        try (FakeServer fake = FakeServer.playing(script);
                RunningAgent agent = RunningAgent.builder(fake.port())
                        .serverTls(RunningAgent.serverTls(mode))
                        .start();
                PgWire client = agent.connect()) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(Reply.line(replies)).contains(expected.equals("works") ? "Z(I)" : "08001");
        }
    }

    @Test
    void tlsIsRequiredWhereItIs() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .clientTls(clientTls(ClientTlsConfig.Mode.REQUIRE, own))
                        .start();
                PgWire client = agent.connect()) {
            // When
            List<Reply> replies = client.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            assertThat(replies).singleElement().satisfies(error -> {
                assertThat(error.field('C')).isEqualTo("28000");
                assertThat(error.field('M')).contains("TLS");
            });
            assertThat(agent.endCause()).isEqualTo("tls-failure");
        }
    }

    @Test
    void handshakesAreAcceptedAsPostgres18AcceptsThem() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                .clientTls(clientTls(ClientTlsConfig.Mode.ALLOW, own))
                .start()) {
            for (int port : new int[] {server.port(), agent.port()}) {
                // When, Then: early ClientHello
                try (PgWire client = PgWire.connect("127.0.0.1", port)) {
                    client.requestTlsWithoutWaiting(PgWire.trusting(), "postgresql");
                    assertThat(Reply.line(client.login(Frontend.PROTOCOL_3_0, Map.of(), null)))
                            .endsWith("Z(I)");
                }
                // When, Then: direct TLS, and an SSLRequest inside of it
                try (PgWire client = PgWire.connect("127.0.0.1", port)) {
                    client.startTls(PgWire.trusting(), "postgresql");
                    client.send(Frontend.sslRequest());
                    assertThat(client.readByte()).isEqualTo('N');
                    assertThat(Reply.line(client.login(Frontend.PROTOCOL_3_0, Map.of(), null)))
                            .endsWith("Z(I)");
                }
                // When, Then: direct TLS without ALPN
                try (PgWire client = PgWire.connect("127.0.0.1", port)) {
                    client.startTls(PgWire.trusting());
                    assertThat(client.readByte()).isEqualTo(-1);
                }
                // When, Then: another protocol's name
                try (PgWire client = PgWire.connect("127.0.0.1", port)) {
                    assertThatThrownBy(() -> client.startTls(PgWire.trusting(), "http/1.1"))
                            .hasStackTraceContaining("no_application_protocol");
                }
                // When, Then: SSLRequest and GSSENCRequest inside of TLS
                for (byte[] again : List.of(Frontend.sslRequest(), Frontend.gssEncRequest())) {
                    try (PgWire client = PgWire.connect("127.0.0.1", port)) {
                        client.requestTls(PgWire.trusting());
                        client.send(again);
                        assertThat(client.readToEnd().getFirst().field('C')).isEqualTo("0A000");
                    }
                }
            }
        }
    }

    @Test
    void aCancelRequestPassesInTls() {
        // Given
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .clientTls(clientTls(ClientTlsConfig.Mode.REQUIRE, own))
                        .serverTls(serverTls(Mode.REQUIRE, Negotiation.POSTGRES, null))
                        .start();
                PgWire sleeper = agent.connect();
                PgWire canceller = agent.connect()) {
            sleeper.requestTls(PgWire.trusting());
            sleeper.login(Frontend.PROTOCOL_3_0, Map.of(), null);
            sleeper.send(Frontend.query("select pg_sleep(30)"));
            awaitActive(sleeper.pid());

            // When
            canceller.requestTls(PgWire.trusting());
            canceller.send(Frontend.cancelRequest(sleeper.pid(), sleeper.cancelKey()));

            // Then
            assertThat(canceller.readByte()).isEqualTo(-1);
            assertThat(sleeper.line()).contains("57014");
        }
    }

    /** A cancel that comes before the query has begun cancels nothing. */
    private void awaitActive(int pid) {
        String sql = "select count(*) from pg_stat_activity where state = 'active' and pid = " + pid;
        await().atMost(Duration.ofSeconds(20)).until(() -> "1".equals(server.query(sql)));
    }

    @Test
    void changedCertificatesAreShownAndBadOnesAreNot(@TempDir Path live) throws Exception {
        // Given
        Path certificate = Files.copy(own.serverCertificate(), live.resolve("server.crt"));
        Path key = Files.copy(own.serverKey(), live.resolve("server.key"));
        try (RunningAgent agent = RunningAgent.builder(server.port())
                .clientTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.REQUIRE, certificate, key, null, ClientCertificate.NONE))
                .serverTls(serverTls(Mode.REQUIRE, Negotiation.POSTGRES, null))
                .start()) {
            assertThat(scramCause(agent)).isNull();

            // When
            Files.copy(other.serverKey(), key, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(other.serverCertificate(), certificate, StandardCopyOption.REPLACE_EXISTING);

            // Then
            await().atMost(Duration.ofSeconds(20)).until(() -> "28000".equals(scramCause(agent)));
            Files.writeString(certificate, "not a certificate");
            await().during(Duration.ofMillis(1500))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> "28000".equals(scramCause(agent)));
            List<AuditEvent.AuditReload> reloads = agent.events(AuditEvent.AuditReload.class);
            assertThat(reloads.getFirst().error()).isNull();
            assertThat(reloads.getLast().error()).isNotNull();
            assertThat(reloads)
                    .hasSizeLessThanOrEqualTo(3)
                    .allMatch(reload -> reload.name().equals("main"));
        }
    }

    /** SQLSTATE that a SCRAM login with channel binding ends with; null where it works: only the server's certificate does. */
    private static @Nullable String scramCause(RunningAgent agent) {
        try (PgWire client = agent.connect()) {
            client.requestTls(PgWire.trusting());
            Reply last = client.login(Frontend.PROTOCOL_3_0, Map.of("user", "scram"), "secret")
                    .getLast();
            return last.type() == 'Z' ? null : last.field('C');
        }
    }

    @ParameterizedTest
    @EnumSource(ClientCertificate.class)
    void theClientsCertificateIsAskedForAndRecorded(ClientCertificate asked) throws Exception {
        // Given
        X509Bundle ca = new CertificateBuilder()
                .subject("CN=clients")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle alice = new CertificateBuilder().subject("CN=alice").buildIssuedBy(ca);
        Path clients = Files.writeString(dir.resolve("clients-" + asked + ".crt"), ca.getCertificatePEM());
        ClientTlsConfig mutual = new ClientTlsConfig(
                ClientTlsConfig.Mode.REQUIRE, own.serverCertificate(), own.serverKey(), clients, asked);
        try (RunningAgent agent =
                        RunningAgent.builder(server.port()).clientTls(mutual).start();
                PgWire known = agent.connect();
                PgWire anonymous = agent.connect()) {
            // When
            known.requestTls(PgWire.trusting(alice.toKeyManagerFactory().getKeyManagers()));
            known.login(Frontend.PROTOCOL_3_0, Map.of(), null);

            // Then
            await().untilAsserted(() -> assertThat(agent.events(AuditEvent.SessionStart.class))
                    .singleElement()
                    .satisfies(start -> assertThat(start.origin().tls())
                            .extracting(TlsFacts::subject)
                            .isEqualTo(asked == ClientCertificate.NONE ? null : "CN=alice")));
            if (asked == ClientCertificate.REQUIRE) {
                assertThatThrownBy(() -> {
                            anonymous.requestTls(PgWire.trusting());
                            anonymous.send(Frontend.sync());
                            throw new IllegalStateException("end: " + anonymous.readByte());
                        })
                        .isNotNull();
                assertThat(agent.endCause()).isEqualTo("tls-failure");
            } else {
                anonymous.requestTls(PgWire.trusting());
                assertThat(Reply.line(anonymous.login(Frontend.PROTOCOL_3_0, Map.of(), null)))
                        .endsWith("Z(I)");
            }
        }
    }
}
