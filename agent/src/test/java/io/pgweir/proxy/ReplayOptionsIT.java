package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.auth.Password;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ServerTlsConfig.Mode;
import io.pgweir.config.ServerTlsConfig.Negotiation;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.replay.Logins;
import io.pgweir.replay.Options;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results;
import io.pgweir.replay.Target;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.testing.Certificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In what order, of which statements, as whom and over what a capture is run again. */
@Timeout(120)
class ReplayOptionsIT {
    private static final double MAX = Double.POSITIVE_INFINITY;
    private static final long ANSWER_NANOS = 600_000_000;

    /** CommandComplete, ReadyForQuery. */
    private static final byte[] DONE = Frontend.concat(
            Frontend.message('C', "SELECT 0\0".getBytes(StandardCharsets.US_ASCII)), Frontend.message('Z', (byte) 'I'));

    private static PgServer server;
    private static Certificates pem;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startServer(@TempDir Path certificates) throws Exception {
        pem = Certificates.in(certificates);
        server = PgServer.builder()
                .ssl(pem.serverCertificate(), pem.serverKey(), null)
                .hba(
                        "hostssl all app_copy 127.0.0.1/32 scram-sha-256",
                        "hostnossl all app_copy 127.0.0.1/32 reject",
                        "host all all 127.0.0.1/32 trust")
                .start();
        server.query("create role app login");
        server.query("create role app_copy login password 'hunter2'");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeDatabases() {
        Replays.makeDatabases(
                server,
                "create table t(i int primary key, n bigint); insert into t values (1, 1), (2, 2); grant all on t to app, app_copy");
    }

    private static String query(String database, String sql) {
        return Replays.query(server, database, sql);
    }

    private RunningAgent agent() {
        return RunningAgent.builder(server.port())
                .capture(CaptureConfig.into(dir))
                .start();
    }

    private static PgWire login(RunningAgent agent) {
        return PgWire.login("127.0.0.1", agent.port(), Map.of("user", "app", "database", "original"), null);
    }

    private Results.Summary replay(Options options) throws Exception {
        return replay(options, server.port(), Logins.OWN, ServerTlsConfig.DEFAULT);
    }

    private Results.Summary replay(Options options, int port, Logins logins, ServerTlsConfig tls) throws Exception {
        Target target = new Target(
                new HostPort("localhost", port), logins, "copy", tls, Duration.ofSeconds(5), Duration.ofSeconds(2));
        try (Replay replay = new Replay(target, options)) {
            Results.Summary summary = Replays.run(replay, dir);
            assertThat(replay.outOfTurn()).isZero();
            return summary;
        }
    }

    @Test
    void sessionsThatTouchTheSameRowsTouchThemInTheirOrder() throws Exception {
        // Given: what each answers depends on all before it
        try (RunningAgent agent = agent()) {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int client = 1; client <= 4; client++) {
                int number = client;
                clients.add(CompletableFuture.runAsync(() -> touch(agent, number)));
            }
            CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
        }

        // When
        Results.Summary summary = replay(new Options(MAX, _ -> true, Set.of(), false, true, Options.PIPELINE));

        // Then
        assertThat(summary.failures()).isEmpty();
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.answers()).isEqualTo(4 * 40 * 4);
        assertThat(query("copy", "table t")).isEqualTo(query("original", "table t"));
    }

    private static void touch(RunningAgent agent, int number) {
        try (PgWire client = login(agent)) {
            client.send(
                    Frontend.parse("u", "update t set n = (n * 31 + $1) % 1000003 where i = 1 returning n", 20),
                    Frontend.sync());
            client.readUntilReady();
            for (int i = 0; i < 40; i++) {
                client.query("begin");
                client.send(Frontend.bind("", "u", "" + number), Frontend.execute("", 0), Frontend.sync());
                client.readUntilReady();
                client.query("update t set n = n + " + number + " where i = 2 returning n");
                client.query("commit");
            }
        }
    }

    @Test
    void onlyWhatReadsIsRun() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("select n from t where i = 2");
            client.query("insert into t values (3, 3)");
            client.send(Frontend.query("copy t from stdin"), Frontend.copyData("4\t4\n"), Frontend.copyDone());
            client.readUntilReady();
            client.send(
                    Frontend.parse("w", "delete from t where i = $1", 23),
                    Frontend.parse("r", "select n from t where i = $1", 23),
                    Frontend.bind("", "w", "1"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "r", "2"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            client.readUntilReady();
            client.query("begin");
            client.query("select n from t where i = 2 for update");
            client.query("commit");
            client.query("set search_path to pg_catalog");
            client.query("select count(*) from public.t where i = 2");
        }

        Results.Summary summary = replay(new Options(MAX, _ -> true, Set.of(), true, false, Options.PIPELINE));

        assertThat(summary.failures()).isEmpty();
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.answers()).isEqualTo(6);
        assertThat(query("copy", "select * from t order by i")).contains("D(1,1) D(2,2) C(SELECT 2)");
    }

    @Test
    void onlyChosenStatementsAreRun() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("insert into t values (3, 3)");
            client.query("insert into t values (4, 4)");
            client.query("update t set n = 0 where i = 1");
        }
        String fingerprint = SqlScript.of("update t set n = 5 where i = 6", LexicalRules.DEFAULT)
                .statements()
                .getFirst()
                .fingerprint();

        Results.Summary summary =
                replay(new Options(MAX, _ -> true, Set.of(fingerprint), false, false, Options.PIPELINE));

        assertThat(summary.failures()).isEmpty();
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.answers()).isEqualTo(1);
        assertThat(summary.groups()).containsOnlyKeys(fingerprint);
    }

    @Test
    void sessionsLogInAsOthersOverTlsThatIsVerified() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("select n from t where i = 2");
        }
        Logins logins =
                new Logins(Map.of("app", new Logins.Login("app_copy", new Password("hunter2"))), Logins.OWN.others());

        Results.Summary verified = replay(Options.at(MAX), server.port(), logins, tls(Mode.VERIFY_FULL, pem.ca()));
        Results.Summary unknown = replay(Options.at(MAX), server.port(), logins, tls(Mode.VERIFY_FULL, null));
        Results.Summary without = replay(Options.at(MAX), server.port(), logins, tls(Mode.DISABLE, null));

        assertThat(verified.failures()).isEmpty();
        assertThat(verified.differences()).isEmpty();
        assertThat(unknown.failures()).singleElement().asString().contains("localhost:" + server.port(), "certif");
        assertThat(without.failures()).singleElement().asString().contains("28000", "app_copy");
    }

    private static ServerTlsConfig tls(Mode mode, @Nullable Path ca) {
        return new ServerTlsConfig(mode, Negotiation.POSTGRES, ca, null, null);
    }

    @Test
    void atFullSpeedTheTargetHasTheNextRequestsBeforeItHasAnswered() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("select n from t where i = 1");
            client.query("select n from t where i = 2");
            client.query("select n from t where i = 3");
        }
        try (FakeServer target = FakeServer.playing(connection -> {
            connection.readStartup();
            connection.send(FakeServer.WELCOME);
            for (int i = 0; i < 3; i++) {
                connection.read();
            }
            for (int i = 0; i < 3; i++) {
                LockSupport.parkNanos(ANSWER_NANOS);
                connection.send(DONE);
            }
            connection.drain();
        })) {
            Results.Summary ahead = replay(Options.at(MAX), target.port(), Logins.OWN, tls(Mode.DISABLE, null));
            Results.Summary waiting = replay(
                    new Options(MAX, _ -> true, Set.of(), false, false, 2),
                    target.port(),
                    Logins.OWN,
                    tls(Mode.DISABLE, null));

            assertThat(ahead.failures()).isEmpty();
            assertThat(ahead.answers()).isEqualTo(3);
            // Each counts from when the target had nothing before it to answer.
            assertThat(ahead.replayed().getMaxValue()).isLessThan(ANSWER_NANOS * 2);
            assertThat(waiting.failures()).singleElement().asString().contains("no answer for 2 s");
        }
    }

    @Test
    void atFullSpeedACancelHitsWhatItHit() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("select pg_sleep(0.5)");
            client.query("select n from t where i = 1");
            client.send(Frontend.query("select pg_sleep(30)"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> "1"
                            .equals(server.query("select count(*) from pg_stat_activity"
                                    + " where wait_event = 'PgSleep' and query like '%30%'")));
            try (PgWire cancels = agent.connect()) {
                cancels.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                cancels.readToEnd();
            }
            client.readUntilReady();
            client.send(Frontend.query("copy t from stdin"), Frontend.copyData("4\t4\n"), Frontend.copyDone());
            client.readUntilReady();
            client.query("select n from t where i = 4");
        }

        Results.Summary summary = replay(Options.at(MAX));

        assertThat(summary.failures()).isEmpty();
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.errors()).containsExactly(Map.entry("57014", new Results.Errors(1, 1)));
    }

    @Test
    void aTargetThatSaysNothingEndsItsSession() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent)) {
            client.query("select 1");
        }
        try (FakeServer target = FakeServer.playing(connection -> {
            connection.readStartup();
            connection.send(FakeServer.WELCOME);
            connection.drain();
        })) {
            Results.Summary summary = replay(Options.at(MAX), target.port(), Logins.OWN, tls(Mode.DISABLE, null));

            assertThat(summary.failures()).singleElement().asString().contains("no answer for 2 s");
        }
    }
}
