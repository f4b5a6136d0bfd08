package io.pgweir.auth;

import static io.pgweir.auth.Exchanges.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.testing.Certificates;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real server's verifiers, and a client and a server that are not ours. */
class AuthIT {
    private static final MockVerifiers MOCKS = new MockVerifiers();
    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().hba("host all all all scram-sha-256").start();
        server.query("create role alice login password 'al,ice=1'; create role bare login");
        server.query("create role expired login password 'x' valid until '2020-01-01'");
        server.query("create role prepared login password 'I\u00adX \u2168 s\u00e9\u00a0cret'");
        server.query("create role odd login password 'odd\u0007\u0627b'");
        server.query("create role hard login; set scram_iterations = 5000; alter role hard password 'h'");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatAClientProvesLogsInToTheServerAndItsStandby() throws Exception {
        // Given
        try (PgServer standby = server.replica("standby");
                ScramPort port = new ScramPort(AuthIT::answering)) {
            for (String user : List.of("alice", "hard")) {
                var step = port.next();
                // When
                String line = login(port.port(), user, user.equals("alice") ? "al,ice=1" : "h");
                NodeSecret secret = ((ScramServer.Proven) step.get()).secret();
                // Then
                assertThat(line).endsWith("Z(I)");
                assertThat(ScramPort.login(server, user, secret)).isEqualTo("done");
                assertThat(ScramPort.login(standby, user, secret)).isEqualTo("done");
                // And no more after the password's change
                server.query("alter role " + user + " password 'new'");
                assertThat(ScramPort.login(server, user, secret)).startsWith("Failed[stale=true");
            }
            server.query("alter role alice password 'al,ice=1'; alter role hard password 'h'");
        }
    }

    @Test
    void aPasswordIsPreparedAsTheServerPreparesIt() {
        // When, Then
        assertThat(ScramPort.login(server, "prepared", new Password("I\u00adX \u2168 s\u00e9\u00a0cret")))
                .isEqualTo("done");
        assertThat(ScramPort.login(server, "prepared", new Password("IX IX s\u00e9 cret")))
                .isEqualTo("done");
        assertThat(ScramPort.login(server, "odd", new Password("odd\u0007\u0627b")))
                .isEqualTo("done");
        assertThat(ScramPort.login(server, "alice", new Password("no"))).startsWith("E(FATAL 28P01 ");
    }

    @Test
    void aServersCertificateIsWhatTheProofIsBoundTo(@TempDir Path dir) throws Exception {
        // Given
        Certificates pem = Certificates.in(dir);
        byte[] endPoint = endPoint(pem);
        try (PgServer bound = PgServer.builder()
                .ssl(pem.serverCertificate(), pem.serverKey(), null)
                .hba(
                        "hostssl all clear all password",
                        "hostssl all hashed all md5",
                        "hostssl all all all scram-sha-256")
                .start()) {
            bound.query("create role alice login password 'a'; create role clear login password 'a'");
            bound.query("set password_encryption = md5; create role hashed login password 'a'");
            var secret = new Password("a");
            for (String user : List.of("alice", "clear", "hashed")) {
                // When
                var fits = new NodeLogin(user, secret, true, endPoint);
                // Then
                assertThat(ScramPort.login(bound, user, fits, true)).isEqualTo("done");
            }
            var between = new NodeLogin("alice", secret, true, new byte[32]);
            assertThat(ScramPort.login(bound, "alice", between, true))
                    .isEqualTo("E(FATAL 28000 SCRAM channel binding check failed)");
        }
    }

    @Test
    void aClientBindsItsProofToTheCertificateThatItIsShown(@TempDir Path dir) throws Exception {
        // Given
        Certificates pem = Certificates.in(dir);
        byte[] shown = endPoint(pem);
        Function<byte[], Function<String, ScramServer>> answering =
                endPoint -> user -> new ScramServer(user, known(user), Instant.now(), MOCKS, endPoint);
        // When, Then
        try (ScramPort port = new ScramPort(answering.apply(shown), tls(pem))) {
            var step = port.next();
            assertThat(encryptedLogin(port.port()))
                    .contains("SCRAM-SHA-256-PLUS")
                    .endsWith("Z(I)");
            assertThat(step.get()).isInstanceOf(ScramServer.Proven.class);
        }
        try (ScramPort port = new ScramPort(answering.apply(new byte[32]), tls(pem))) {
            var step = port.next();
            assertThat(encryptedLogin(port.port())).endsWith("E(FATAL 28000 SCRAM channel binding check failed)");
            step.get();
        }
    }

    private static String encryptedLogin(int port) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            client.requestTls(PgWire.trusting());
            return Reply.line(client.login(Frontend.PROTOCOL_3_0, Map.of("user", "alice"), "al,ice=1"));
        }
    }

    private static SSLContext tls(Certificates pem) throws Exception {
        var context = (JdkSslContext) SslContextBuilder.forServer(
                        pem.serverCertificate().toFile(), pem.serverKey().toFile())
                .sslProvider(SslProvider.JDK)
                .build();
        return context.context();
    }

    private static byte[] endPoint(Certificates pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem.serverCertificate())) {
            var certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return ChannelBinding.endPoint(certificate).orElseThrow();
        }
    }

    /** The server is the model: what it says of each, we say of each. */
    @Test
    void unknownExpiredAndWithoutPasswordAreAllAWrongPassword() throws Exception {
        // Given
        try (ScramPort port = new ScramPort(AuthIT::answering)) {
            for (String user : List.of("nobody", "expired", "bare", "alice")) {
                var step = port.next();
                // When
                String ours = login(port.port(), user, "wrong");
                String theirs = login(server.port(), user, "wrong");
                // Then
                assertThat(ours).isEqualTo(theirs).contains("28P01 password authentication failed for user");
                step.get();
            }
        }
    }

    @Test
    void malformedMessagesAreRefusedWithTheServersWords() throws Exception {
        // Given
        Function<String, byte[]> initial = first -> Frontend.saslInitialResponse("SCRAM-SHA-256", first);
        List<byte[]> broken = List.of(
                Frontend.saslInitialResponse("SCRAM-SHA-1", "n,,n=,r=x"),
                Frontend.saslInitialResponse("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=x"),
                initial.apply(""),
                initial.apply("n,,n=,r=x\0"),
                initial.apply("z,,n=,r=x"),
                initial.apply("n"),
                initial.apply("n,,n=,r=" + "x".repeat(994) + ","),
                initial.apply("n,,n=,r=" + "x".repeat(995)),
                initial.apply("nn"),
                initial.apply("p=tls-server-end-point,,n=,r=x"),
                initial.apply("n,a=x,n=,r=x"),
                initial.apply("n,b=x,n=,r=x"),
                initial.apply("n,,m=x,n=,r=x"),
                initial.apply("n,,r=x"),
                initial.apply("n,,n,r=x"),
                initial.apply("n,,n=,r=\u00e9"),
                initial.apply("n,,n=,r=x,,"),
                initial.apply("n,,n=,r=x,1"),
                initial.apply("n,,n=,r=x,a"),
                Frontend.message('p', Frontend.concat(bytes("SCRAM-SHA-256"))),
                Frontend.message('p', Frontend.concat(bytes("SCRAM-SHA-256\0"), new byte[3])),
                Frontend.message('p', Frontend.concat(bytes("SCRAM-SHA-256\0"), Frontend.int4(-2))),
                Frontend.message('p', Frontend.concat(bytes("SCRAM-SHA-256\0"), Frontend.int4(9))),
                Frontend.message('p', Frontend.concat(bytes("SCRAM-SHA-256\0"), Frontend.int4(0), new byte[1])));
        try (ScramPort port = new ScramPort(AuthIT::answering)) {
            for (byte[] first : broken) {
                var step = port.next();
                // When
                String ours = answer(port.port(), first);
                String theirs = answer(server.port(), first);
                // Then
                assertThat(ours).isEqualTo(theirs).startsWith("FATAL ");
                step.get();
            }
        }
    }

    private static ScramServer answering(String user) {
        return new ScramServer(user, known(user), Instant.now(), MOCKS, null);
    }

    private static @Nullable KnownRole known(String user) {
        String secret = server.query("select rolpassword from pg_authid where rolname = '" + user + "'");
        String name = server.query("select rolname from pg_authid where rolname = '" + user + "'");
        Instant until = user.equals("expired") ? Instant.parse("2020-01-01T00:00:00Z") : null;
        return name == null ? null : new KnownRole(user, secret == null ? null : RoleSecret.of(secret), until);
    }

    /** Without what differs by nature: nonces and salts. */
    private static String login(int port, String user, String password) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            return Reply.line(client.login(Frontend.PROTOCOL_3_0, Map.of("user", user), password))
                    .replaceAll("r=[^,)]*", "r=")
                    .replaceAll("s=[^,)]*", "s=")
                    .replaceAll("v=[^,)]*", "v=");
        }
    }

    private static String answer(int port, byte[] first) {
        try (PgWire client = PgWire.connect("127.0.0.1", port)) {
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "alice", "database", "postgres")));
            client.read();
            client.send(first);
            Reply reply = client.read();
            return reply == null || reply.type() != 'E'
                    ? String.valueOf(reply)
                    : String.join(" ", reply.field('S'), reply.field('C'), reply.field('M'), reply.field('D'));
        }
    }
}
