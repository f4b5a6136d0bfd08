package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgweir.audit.AuditEvent;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.AuthConfig.Certificates;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClientTlsConfig.ClientCertificate;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.config.SplitConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients whose certificates are their proof, in front of a real primary and a real standby that ask for SCRAM. */
@Timeout(120)
class CertificateLoginIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path dir;

    private static PgServer primary;
    private static PgServer standby;
    private static X509Bundle authority;
    private static X509Bundle alice;
    private static RunningAgent agent;

    @BeforeAll
    static void start() throws Exception {
        primary = PgServer.builder()
                .hba("host all weir,postgres,trusted 127.0.0.1/32 trust", "host all all 127.0.0.1/32 scram-sha-256")
                .start();
        primary.query("create role weir login superuser");
        primary.query("create role trusted login");
        for (String role : List.of("app", "rotated", "ghost", "late", "locked", "mistaken")) {
            primary.query("create role " + role + " login password 'secret'");
        }
        primary.query("alter role late valid until '2001-01-01'");
        primary.query("alter role locked nologin");
        standby = primary.replica("standby");
        authority = authority();
        alice = issued("CN=alice", authority);
        X509Bundle server = issued("CN=localhost", authority);
        secrets("secret");
        Path chain = Files.writeString(dir.resolve("server.crt"), server.getCertificatePEM());
        Path key = Files.writeString(dir.resolve("server.key"), server.getPrivateKeyPEM());
        Path ca = Files.writeString(dir.resolve("ca.crt"), authority.getCertificatePEM());
        var tls = new ClientTlsConfig(ClientTlsConfig.Mode.ALLOW, chain, key, ca, ClientCertificate.OPTIONAL);
        agent = RunningAgent.builder()
                .cluster(
                        SplitFixture.cluster(primary, standby),
                        listener("strict", tls, Certificates.Others.REFUSE),
                        listener("either", tls, Certificates.Others.LEADER))
                .start();
    }

    @AfterAll
    static void stop() {
        agent.close();
        standby.close();
        primary.close();
    }

    private static X509Bundle authority() throws Exception {
        return new CertificateBuilder()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static X509Bundle issued(String subject, X509Bundle by) throws Exception {
        return new CertificateBuilder().subject(subject).buildIssuedBy(by);
    }

    private static void secrets(String ofRotated) throws IOException {
        Files.writeString(dir.resolve("userlist.txt"), """
                "app" "secret"
                "rotated" "%s"
                "late" "secret"
                "locked" "secret"
                "mistaken" "not the secret"
                """.formatted(ofRotated));
    }

    private static ListenerConfig listener(String name, ClientTlsConfig tls, Certificates.Others others) {
        var roles = Set.of("app", "rotated", "ghost", "late", "locked", "mistaken", "trusted");
        var auth = new AuthConfig(
                AuthConfig.From.FILE,
                AuthConfig.Query.DEFAULT,
                dir.resolve("userlist.txt"),
                null,
                new AuthConfig.Cache(Duration.ofHours(1), Duration.ZERO, 10),
                AuthConfig.Nodes.CLIENT_KEY,
                AuthConfig.AwsIam.DEFAULT,
                new Certificates(Map.of("alice", roles), others));
        ReadsConfig reads = SplitFixture.reads(ReadsConfig.Consistency.EVENTUAL, ReadsConfig.Transactions.LEADER);
        return SplitFixture.listener(name, tls, new SplitConfig(reads, FailoverConfig.DEFAULT, auth));
    }

    /** @param by null to show no certificate */
    private static PgWire connect(String listener, @Nullable X509Bundle by) throws Exception {
        PgWire client = PgWire.connect("127.0.0.1", agent.port(listener));
        assertThat(client.requestTls(
                        by == null
                                ? PgWire.trusting()
                                : PgWire.trusting(by.toKeyManagerFactory().getKeyManagers())))
                .isTrue();
        return client;
    }

    private static List<Reply> login(PgWire client, String role, @Nullable String password) {
        return client.login(Frontend.PROTOCOL_3_0, Map.of("user", role), password);
    }

    private static List<AuditEvent.SessionAuth> logins(String role) {
        return agent.events(AuditEvent.SessionAuth.class).stream()
                .filter(event -> role.equals(event.origin().user()))
                .toList();
    }

    @Test
    void theRightCertificateLetsInToLeaderAndStandby() throws Exception {
        try (PgWire client = connect("strict", alice)) {
            // When
            List<Reply> replies = login(client, "app", null);

            // Then
            assertThat(Reply.line(replies)).startsWith("R(0)").endsWith("Z(I)");
            assertThat(client.query("create temporary table of_the_leader ()")).contains("C(CREATE TABLE)");
            assertThat(client.query("discard all")).contains("C(DISCARD ALL)");
            assertThat(client.query("select current_user, 'any'")).contains("D(app,any)");
        }
        assertThat(SplitFixture.roles(agent, "select current_user, 'any'")).containsExactly("async: read");
        await().atMost(SOON).until(() -> !logins("app").isEmpty());
        assertThat(logins("app"))
                .anySatisfy(login -> assertThat(login.method()).isEqualTo("cert"))
                .anySatisfy(login -> assertThat(login.error()).isNull());
    }

    @Test
    void whatIsAskedAheadIsAnsweredBehindTheLogin() throws Exception {
        try (PgWire client = connect("strict", alice)) {
            // When
            client.send(Frontend.concat(
                    Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "app", "database", "postgres")),
                    Frontend.query("select 'ahead'")));

            // Then
            assertThat(client.line()).startsWith("R(0)").endsWith("Z(I)");
            assertThat(client.line()).contains("D(ahead)").endsWith("Z(I)");
        }
    }

    @Test
    void aCertificateOfAnotherNameIsRefusedAsPostgresDoes() throws Exception {
        try (PgWire client = connect("strict", issued("CN=mallory", authority))) {
            // When
            Reply last = login(client, "app", "secret").getLast();

            // Then
            assertThat(last.field('S')).isEqualTo("FATAL");
            assertThat(last.field('C')).isEqualTo("28000");
            assertThat(last.field('M')).isEqualTo("certificate authentication failed for user \"app\"");
            assertThat(last.field('D')).isEmpty();
            assertThat(client.readByte()).isEqualTo(-1);
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(agent.events(AuditEvent.SessionEnd.class))
                        .anySatisfy(event -> assertThat(event.end().cause()).isEqualTo("certificate")));
        assertThat(logins("app"))
                .anySatisfy(login -> assertThat(
                                Objects.requireNonNull(login.error()).detail())
                        .isEqualTo("the certificate's common name \"mallory\" does not stand for role \"app\""));
    }

    @Test
    void whoShowsNoCertificateIsRefusedAsPostgresDoes() throws Exception {
        for (boolean encrypted : new boolean[] {true, false}) {
            try (PgWire client =
                    encrypted ? connect("strict", null) : PgWire.connect("127.0.0.1", agent.port("strict"))) {
                Reply last = login(client, "app", "secret").getLast();
                assertThat(last.field('C')).isEqualTo("28000");
                assertThat(last.field('M')).isEqualTo("connection requires a valid client certificate");
            }
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityEndsTheHandshake() throws Exception {
        for (String listener : List.of("strict", "either")) {
            try (PgWire client = PgWire.connect("127.0.0.1", agent.port(listener))) {
                assertThatThrownBy(() -> {
                            client.requestTls(PgWire.trusting(issued("CN=alice", authority())
                                    .toKeyManagerFactory()
                                    .getKeyManagers()));
                            login(client, "app", null);
                        })
                        .isInstanceOf(Exception.class);
            }
        }
        assertThat(agent.events(AuditEvent.SessionAuth.class).stream()
                        .filter(event -> event.error() == null)
                        .map(AuditEvent.SessionAuth::method))
                .doesNotContain("trust");
    }

    /** What the leader thinks of the role is the leader's to say; what pgweir does not have, is its operator's to see. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ghost    | 28000 | certificate authentication failed for user "ghost"
            late     | 28P01 | password authentication failed for user "late"
            locked   | 28000 | role "locked" is not permitted to log in
            mistaken | 28P01 | password authentication failed for user "mistaken"
            """)
    void theLeaderStillJudges(String role, String sqlState, String message) throws Exception {
        try (PgWire client = connect("strict", alice)) {
            Reply last = login(client, role, "secret").getLast();
            assertThat(last.field('C')).isEqualTo(sqlState);
            assertThat(last.field('M')).isEqualTo(message);
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    @Test
    void aLeaderThatAsksNothingIsAskedForNothing() throws Exception {
        try (PgWire client = connect("strict", alice)) {
            assertThat(Reply.line(login(client, "trusted", null))).endsWith("Z(I)");
            assertThat(client.query("select current_user")).contains("D(trusted)");
        }
        await().atMost(SOON).until(() -> !logins("trusted").isEmpty());
        assertThat(logins("trusted").getFirst().method()).isEqualTo("cert");
    }

    @Test
    void whereTheLeaderMayAskItAsksThoseWhomNoCertificateLetsIn() throws Exception {
        try (PgWire anonymous = connect("either", null);
                PgWire ghost = connect("either", alice);
                PgWire app = connect("either", alice)) {
            assertThat(Reply.line(login(anonymous, "app", "secret"))).endsWith("Z(I)");
            assertThat(Reply.line(login(ghost, "ghost", "secret"))).endsWith("Z(I)");
            assertThat(Reply.line(login(app, "app", null))).startsWith("R(0)").endsWith("Z(I)");
        }
        await().atMost(SOON).until(() -> !logins("ghost").isEmpty());
        assertThat(logins("ghost"))
                .anySatisfy(login -> assertThat(login.method()).isEqualTo("scram-sha-256"));
    }

    @Test
    void aSecretThatHasChangedIsReadAnew() throws Exception {
        // Given: one that is kept for an hour, and is older than the second that nothing is forgotten in
        try (PgWire before = connect("strict", alice)) {
            login(before, "rotated", null);
            primary.query("alter role rotated password 'changed'");
            secrets("changed");
            await().pollDelay(Duration.ofMillis(1100)).until(() -> true);

            // When
            try (PgWire after = connect("strict", alice)) {
                List<Reply> replies = login(after, "rotated", null);

                // Then
                assertThat(Reply.line(replies)).startsWith("R(0)").endsWith("Z(I)");
                assertThat(after.query("select current_user, 'after'")).contains("D(rotated,after)");
            }
            assertThat(SplitFixture.roles(agent, "select current_user, 'after'"))
                    .containsExactly("async: read");
            assertThat(before.query("select current_user, 'before'")).contains("D(rotated,before)");
        }
    }
}
