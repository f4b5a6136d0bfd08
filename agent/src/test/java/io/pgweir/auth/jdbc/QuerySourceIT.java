package io.pgweir.auth.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Md5Hash;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.ScramVerifier;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.PgServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuerySourceIT {
    private static PgServer server;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
        server.query("create role asker login superuser; create role weak login; create schema evil");
        server.query("create role alice login password 'a'; create role bare login");
        server.query("create role past login password 'p' valid until '2020-01-01 00:00:00+00'");
        server.query("set password_encryption = md5; create role old login password 'o'");
        server.query("create role pgweir_auth login; " + documented());
        server.query("create function evil.lower(text) returns text language sql as 'select ''evil'''");
        server.query("alter role asker set search_path = evil, pg_catalog");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyKindOfRole() throws Exception {
        // Given
        try (var source = source("asker", AuthConfig.Query.SQL)) {
            // When, Then
            assertThat(role(source, "alice").secret())
                    .isInstanceOf(ScramVerifier.class)
                    .isEqualTo(RoleSecret.of(Objects.requireNonNull(
                            server.query("select rolpassword from pg_authid where rolname = 'alice'"))));
            assertThat(role(source, "bare").secret()).isNull();
            assertThat(role(source, "past").secret()).isInstanceOf(ScramVerifier.class);
            assertThat(role(source, "old").secret()).isInstanceOf(Md5Hash.class);
            assertThat(source.read("nobody' or true --", "")).isEqualTo(new Lookup.Absent());
            assertThat(source.read("", "")).isEqualTo(new Lookup.Absent());
        }
    }

    /** The function that docs/authentication.md shows. */
    private static String documented() {
        try {
            String text =
                    Files.readString(Path.of(System.getProperty("pgweir.root", ".."), "docs", "authentication.md"));
            int start = text.indexOf("```sql") + 6;
            return text.substring(start, text.indexOf("```", start));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFunctionLetsALoginWithoutRightsAsk() throws Exception {
        // Given
        try (var function = source("pgweir_auth", "select * from pgweir.verifier($1)");
                var undated = source("pgweir_auth", "select role, secret from pgweir.verifier($1)");
                var stranger = source("weak", "select * from pgweir.verifier($1)");
                var table = source("pgweir_auth", AuthConfig.Query.SQL)) {
            // When, Then
            assertThat(role(function, "alice").secret()).isInstanceOf(ScramVerifier.class);
            assertThat(role(undated, "alice").secret()).isInstanceOf(ScramVerifier.class);
            assertThat(stranger.read("alice", "")).isInstanceOf(Lookup.Unavailable.class);
            assertThat(table.read("alice", ""))
                    .isInstanceOfSatisfying(
                            Lookup.Unavailable.class,
                            fault -> assertThat(fault.reason()).contains("permission denied for table pg_authid"));
            assertThat(role(function, "alice").name()).isEqualTo("alice");
        }
    }

    /** CVE-2025-12819. */
    @Test
    void nobodysSearchPathMatters() throws Exception {
        // Given
        String sql = "select lower(rolname), rolpassword from pg_authid where rolname = $1";
        // When, Then
        try (var pinned = source("asker", sql);
                var unqualified = source("asker", "select * from verifier($1)")) {
            assertThat(role(pinned, "alice").name()).isEqualTo("alice");
            assertThat(unqualified.read("alice", ""))
                    .isInstanceOfSatisfying(
                            Lookup.Unavailable.class,
                            fault -> assertThat(fault.reason())
                                    .contains("function verifier(character varying) does not exist"));
        }
    }

    @Test
    void rowsThatAreNotTheRolesAreNoAnswer() throws Exception {
        try (var other = source("asker", "select 'bob', 'x' where $1 is not null");
                var two = source("asker", "select $1::text, 'x' from generate_series(1, 2)")) {
            assertThat(other.read("alice", ""))
                    .hasToString("Unavailable[reason=verifiers query: a row of another role"
                            + " (expected: the role's that was asked for)]");
            assertThat(two.read("alice", ""))
                    .hasToString("Unavailable[reason=verifiers query: two rows (expected: at most one)]");
        }
    }

    @Test
    void anOldConnectionAndANodeThatIsDownAreNotNoticed() throws Exception {
        // Given
        var nowhere = new JdbcLogin.Place(new HostPort("127.0.0.1", 1), null);
        QuerySource none = source("asker", AuthConfig.Query.SQL, nowhere);
        try (var source = source("asker", AuthConfig.Query.SQL, nowhere, place())) {
            role(source, "alice");
            server.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'asker'");
            // When, Then
            assertThat(role(source, "alice").name()).isEqualTo("alice");
            assertThat(none.read("alice", ""))
                    .isInstanceOfSatisfying(
                            Lookup.Unavailable.class,
                            fault -> assertThat(fault.reason()).contains("127.0.0.1:1"));
            none.close();
            assertThat(none.read("alice", "")).isEqualTo(new Lookup.Unavailable("verifiers query: no node to ask"));
        }
    }

    private static KnownRole role(QuerySource source, String user) throws InterruptedException {
        return source.read(user, "") instanceof Lookup.Found found ? found.role() : unexpected(source, user);
    }

    private static KnownRole unexpected(QuerySource source, String user) throws InterruptedException {
        throw new AssertionError(source.read(user, ""));
    }

    private static QuerySource source(String user, String sql) {
        return source(user, sql, place());
    }

    private static QuerySource source(String user, String sql, JdbcLogin.Place... nodes) {
        var query = new AuthConfig.Query(user, null, "postgres", sql, Duration.ofSeconds(5));
        var tls = new ServerTlsConfig(
                ServerTlsConfig.Mode.DISABLE, ServerTlsConfig.Negotiation.POSTGRES, null, null, null);
        return new QuerySource(query, JdbcLogin.ofVerifiers(query, null, tls), () -> List.of(nodes));
    }

    private static JdbcLogin.Place place() {
        return new JdbcLogin.Place(new HostPort(server.host(), server.port()), null);
    }
}
