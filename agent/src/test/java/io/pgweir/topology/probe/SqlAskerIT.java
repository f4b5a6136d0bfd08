package io.pgweir.topology.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.HostPort;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import io.pgweir.lab.PgServer;
import io.pgweir.testing.Certificates;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Answer.Why;
import io.pgweir.topology.Member;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class SqlAskerIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static Certificates pem;
    private static PgServer server;

    @BeforeAll
    static void start() throws Exception {
        pem = Certificates.in(directory);
        Files.setPosixFilePermissions(pem.clientKey(), PosixFilePermissions.fromString("rw-------"));
        server = PgServer.builder()
                .ssl(pem.serverCertificate(), pem.serverKey(), pem.ca())
                .hba("hostssl all alice all cert", "hostssl all weir all scram-sha-256", "host all nobody all reject")
                .start();
        server.query("create role alice login; create role nobody login; create role weir login password 'hush'");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The address is one thing, the name in the certificate another: the name need not even resolve. */
    @ParameterizedTest
    @CsvSource({
        "VERIFY_FULL, localhost, true",
        "VERIFY_FULL, db.weir.test, false",
        "VERIFY_CA, db.weir.test, true",
        "REQUIRE, db.weir.test, true",
        "DISABLE, localhost, false",
    })
    void aPinnedAddressIsCheckedAgainstItsName(Mode mode, String name, boolean told) throws Exception {
        // Given
        ServerTlsConfig tls =
                new ServerTlsConfig(mode, Negotiation.POSTGRES, pem.ca(), pem.clientCertificate(), pem.clientKey());

        // When
        Answer answer = ask(login("weir", "hush", LONG), tls, pinned(name));

        // Then
        assertThat(answer instanceof Told).as("%s", answer).isEqualTo(told);
    }

    @Test
    void aCertificateIsALoginToo() throws Exception {
        // Given
        ServerTlsConfig tls = new ServerTlsConfig(
                Mode.VERIFY_FULL, Negotiation.DIRECT, pem.ca(), pem.clientCertificate(), pem.clientKey());

        // When
        Answer answer = ask(login("alice", null, LONG), tls, Member.at(new HostPort("localhost", server.port())));

        // Then
        assertThat(answer).isInstanceOf(Told.class);
        assertThat(((Told) answer).timeline()).isEqualTo(1);
    }

    @Test
    void whyAServerIsSilentIsTold() throws Exception {
        // Given
        ServerTlsConfig tls = new ServerTlsConfig(Mode.PREFER, Negotiation.POSTGRES, null, null, null);
        int closed;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = free.getLocalPort();
        }

        // Then
        assertThat(ask(login("weir", "wrong", LONG), tls, pinned("localhost")))
                .isInstanceOfSatisfying(Silent.class, silent -> {
                    assertThat(silent.why()).isEqualTo(Why.BLIND);
                    assertThat(silent.text()).contains("28P01").doesNotContain("wrong");
                });
        assertThat(ask(login("nobody", null, LONG), tls, pinned("localhost")))
                .isInstanceOfSatisfying(
                        Silent.class, silent -> assertThat(silent.why()).isEqualTo(Why.BLIND));
        assertThat(ask(login("weir", "hush", LONG), tls, Member.at(new HostPort("127.0.0.1", closed))))
                .isInstanceOfSatisfying(
                        Silent.class, silent -> assertThat(silent.why()).isEqualTo(Why.UNREACHABLE));
    }

    /** The driver looks at a key as libpq does. That is no word against the server. */
    @Test
    void aKeyThatOthersMayReadMakesTheMonitorBlind() throws Exception {
        // Given
        Path key = Files.copy(pem.clientKey(), directory.resolve("open.key"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        ServerTlsConfig tls =
                new ServerTlsConfig(Mode.REQUIRE, Negotiation.POSTGRES, pem.ca(), pem.clientCertificate(), key);

        // When
        Answer answer = ask(login("weir", "hush", LONG), tls, pinned("localhost"));

        // Then
        assertThat(answer).isInstanceOfSatisfying(Silent.class, silent -> {
            assertThat(silent.why()).isEqualTo(Why.BLIND);
            assertThat(silent.text()).contains("open.key");
        });
    }

    /** Nobody answers at one of two addresses: the other's answer is there in time. */
    @Test
    void aServerThatHangsCostsItsTimeoutAndNobodyElses() throws Exception {
        // Given
        ServerTlsConfig tls = new ServerTlsConfig(Mode.PREFER, Negotiation.POSTGRES, null, null, null);
        try (ServerSocket hanging = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                SqlAsker asker = new SqlAsker(login("weir", "hush", Duration.ofSeconds(5)), tls)) {
            Member silent = Member.at(new HostPort("127.0.0.1", hanging.getLocalPort()));
            Member good = pinned("localhost");

            // When
            Map<String, Answer> answers = asker.ask(List.of(silent, good));

            // Then
            assertThat(answers.get(good.name())).isInstanceOf(Told.class);
            assertThat(answers.get(silent.name()))
                    .isInstanceOfSatisfying(
                            Silent.class, one -> assertThat(one.why()).isEqualTo(Why.UNREACHABLE));
            assertThat(asker.ask(List.of(good)).keySet()).containsExactly(good.name());
        }
    }

    @Test
    void aConnectionIsKeptAndClosedWithItsMember() throws Exception {
        // Given
        ServerTlsConfig tls = new ServerTlsConfig(Mode.PREFER, Negotiation.POSTGRES, null, null, null);
        try (SqlAsker asker = new SqlAsker(login("weir", "hush", LONG), tls)) {
            Member member = pinned("localhost");

            // When
            for (int i = 0; i < 5; i++) {
                asker.ask(List.of(member));
            }

            // Then
            assertThat(connections()).isEqualTo("1");
            asker.ask(List.of());
            await().until(() -> connections().equals("0"));
        }
    }

    private static String connections() {
        return Objects.requireNonNull(
                server.query("select count(*) from pg_stat_activity where application_name = 'pgweir monitor'"));
    }

    private static Member pinned(String name) {
        return new Member("node", new HostPort(name, server.port()), InetAddress.ofLiteral("127.0.0.1"), null);
    }

    private static MonitorConfig login(String user, @Nullable String password, Duration timeout) throws Exception {
        SecretConfig secret = password == null
                ? null
                : new SecretConfig(Files.writeString(directory.resolve(password), password), null);
        return new MonitorConfig(user, secret, "postgres", MonitorConfig.POLL, timeout);
    }

    private static Answer ask(MonitorConfig monitor, ServerTlsConfig tls, Member member) throws Exception {
        try (SqlAsker asker = new SqlAsker(monitor, tls)) {
            return Objects.requireNonNull(asker.ask(List.of(member)).get(member.name()));
        }
    }
}
