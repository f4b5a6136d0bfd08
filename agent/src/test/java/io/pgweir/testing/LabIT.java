package io.pgweir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lab itself: every version starts, every way to log in works, and what comes back can be read. */
class LabIT {

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void everyVersionStartsWithAStandbyThatCanBePromoted(int major) {
        // Given
        try (PgServer primary = PgServer.builder().major(major).start()) {
            primary.query("create table t as select generate_series(1, 100) i");
            try (PgServer standby = primary.replica("standby")) {
                assertThat(standby.query("select pg_is_in_recovery()")).isEqualTo("t");
                // When
                standby.promote();
                // Then
                standby.query("insert into t values (101)");
                assertThat(standby.query("select count(*) from t")).isEqualTo("101");
                assertThat(primary.query("show server_version")).startsWith(major + ".");
            }
        }
    }

    @Test
    void passwordsAndTlsAndChannelBinding(@TempDir Path dir) throws Exception {
        // Given
        Certificates pem = Certificates.in(dir);
        try (PgServer server = PgServer.builder()
                .ssl(pem.serverCertificate(), pem.serverKey(), pem.ca())
                .hba(
                        "host all plain all password",
                        "host all hashed all md5",
                        "hostssl all bound all scram-sha-256",
                        "host all salted all scram-sha-256")
                .start()) {
            server.query("create role plain login password 'p'; create role salted login password 's';"
                    + "create role bound login password 'b'; set password_encryption = md5;"
                    + "create role hashed login password 'h'");
            // When, Then
            assertThat(loggedIn(server, "plain", "p")).isTrue();
            assertThat(loggedIn(server, "hashed", "h")).isTrue();
            assertThat(loggedIn(server, "salted", "s")).isTrue();
            assertThat(loggedIn(server, "salted", "wrong")).isFalse();
            try (PgWire client = PgWire.connectCutting(server.host(), server.port(), 1)) {
                client.requestTlsWithoutWaiting(PgWire.trusting());
                String line = Reply.line(client.login(Frontend.PROTOCOL_3_2, Map.of("user", "bound"), "b"));
                assertThat(line).contains("SCRAM-SHA-256-PLUS").endsWith("Z(I)");
                assertThat(client.cancelKey()).hasSize(32);
            }
        }
    }

    @Test
    void repliesAreRenderedOnOneLine() {
        // Given
        try (PgServer server = PgServer.builder().start();
                PgWire client = PgWire.login(server.host(), server.port(), Map.of(), null)) {
            // When
            String simple = client.query("select 1 as a, null::text as b; select 1/0");
            client.send(
                    Frontend.parse("", "select $1::int4 as i"),
                    Frontend.describeStatement(""),
                    Frontend.bind("", "", "7"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            String extended = client.line();
            // Then
            assertThat(simple).isEqualTo("T(a:int4,b:text) D(1,null) C(SELECT 1) E(ERROR 22012 division by zero) Z(I)");
            assertThat(extended).isEqualTo("1 t(int4) T(i:int4) 2 D(7) C(SELECT 1) Z(I)");
        }
    }

    private static boolean loggedIn(PgServer server, String user, String password) {
        try (PgWire client = PgWire.login(server.host(), server.port(), Map.of("user", user), password)) {
            return client.pid() != 0;
        }
    }
}
