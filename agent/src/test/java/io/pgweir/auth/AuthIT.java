package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.PgServer;
import io.pgweir.testing.Certificates;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real server's verifiers. */
class AuthIT {
    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().hba("host all all all scram-sha-256").start();
        server.query("create role alice login password 'al,ice=1'");
        server.query("create role prepared login password 'I\u00adX \u2168 s\u00e9\u00a0cret'");
        server.query("create role odd login password 'odd\u0007\u0627b'");
        server.query("create role hard login; set scram_iterations = 5000; alter role hard password 'h'");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatAClientProvesLogsInToTheServerAndItsStandby() {
        // Given
        try (PgServer standby = server.replica("standby")) {
            for (String user : List.of("alice", "hard")) {
                var password = new Password(user.equals("alice") ? "al,ice=1" : "h");
                var client = new NodeLogin(user, password, false, null);
                try (ScramWitness witness = new ScramWitness()) {
                    // When
                    assertThat(Logins.login(server, user, client, false, witness))
                            .isEqualTo("done");
                    ClientKey key = Objects.requireNonNull(witness.key(verifier(user)));
                    // Then
                    assertThat(Logins.login(server, user, key)).isEqualTo("done");
                    assertThat(Logins.login(standby, user, key)).isEqualTo("done");
                    // And no more after the password's change
                    server.query("alter role " + user + " password 'new'");
                    assertThat(Logins.login(server, user, key)).startsWith("Failed[stale=true");
                    assertThat(witness.key(verifier(user))).isNull();
                }
            }
            server.query("alter role alice password 'al,ice=1'; alter role hard password 'h'");
        }
    }

    private static ScramVerifier verifier(String user) {
        return ScramVerifier.parse(Objects.requireNonNull(
                server.query("select rolpassword from pg_authid where rolname = '" + user + "'")));
    }

    @Test
    void aPasswordIsPreparedAsTheServerPreparesIt() {
        // When, Then
        assertThat(Logins.login(server, "prepared", new Password("I\u00adX \u2168 s\u00e9\u00a0cret")))
                .isEqualTo("done");
        assertThat(Logins.login(server, "prepared", new Password("IX IX s\u00e9 cret")))
                .isEqualTo("done");
        assertThat(Logins.login(server, "odd", new Password("odd\u0007\u0627b")))
                .isEqualTo("done");
        assertThat(Logins.login(server, "alice", new Password("no"))).startsWith("E(FATAL 28P01 ");
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
                assertThat(Logins.login(bound, user, fits, true)).isEqualTo("done");
            }
            var between = new NodeLogin("alice", secret, true, new byte[32]);
            assertThat(Logins.login(bound, "alice", between, true))
                    .isEqualTo("E(FATAL 28000 SCRAM channel binding check failed)");
        }
    }

    private static byte[] endPoint(Certificates pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem.serverCertificate())) {
            var certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return ChannelBinding.endPoint(certificate).orElseThrow();
        }
    }
}
