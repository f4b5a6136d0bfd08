package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.auth.Password;
import io.pgweir.config.CaptureConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.replay.Difference;
import io.pgweir.replay.Logins;
import io.pgweir.replay.Options;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results;
import io.pgweir.replay.Target;
import io.pgweir.replay.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was captured of real sessions, run again on a copy of their database. */
@Timeout(120)
class ReplayIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static PgServer server;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder()
                .hba("host all app 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust")
                .start();
        server.query("create role app login password 'hunter2'");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeDatabases() {
        Replays.makeDatabases(
                server,
                "create table t(i int primary key, s text); create table u(i int, s text); grant all on t to app");
    }

    private static String query(String database, String sql) {
        return Replays.query(server, database, sql);
    }

    private RunningAgent agent() {
        return RunningAgent.builder(server.port())
                .admin()
                .capture(CaptureConfig.into(dir))
                .start();
    }

    private static PgWire login(RunningAgent agent, String user, @Nullable String password) {
        return PgWire.login("127.0.0.1", agent.port(), Map.of("user", user, "database", "original"), password);
    }

    private static Replay of(double speed, @Nullable String user, int port) throws IOException {
        Target target = new Target(
                new HostPort("127.0.0.1", port),
                new Logins(Map.of(), new Logins.Login(user, new Password("hunter2"))),
                "copy",
                ServerTlsConfig.DEFAULT,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60));
        return new Replay(target, Options.at(speed));
    }

    private Results.Summary replay(double speed, @Nullable String user, int port) throws Exception {
        return run(of(speed, user, port));
    }

    private Results.Summary run(Replay made) throws Exception {
        try (Replay replay = made) {
            return Replays.run(replay, dir);
        }
    }

    private Results.Summary replay() throws Exception {
        return replay(Double.POSITIVE_INFINITY, null, server.port());
    }

    private static void assertSame(Results.Summary summary, int sessions) {
        assertThat(summary.failures()).isEmpty();
        assertThat(summary.sessions()).isEqualTo(sessions);
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.answers()).isPositive();
        assertThat(query("copy", "select * from t order by i"))
                .isEqualTo(query("original", "select * from t order by i"));
    }

    @Test
    void everyKindOfRequestIsDoneAgainOnce() throws Exception {
        try (RunningAgent agent = agent();
                PgWire app = login(agent, "app", "hunter2");
                PgWire other = login(agent, "postgres", null)) {
            app.query("insert into t values (1, 'a'), (2, 'b'); select * from t");
            app.send(
                    Frontend.parse("p", "insert into t values ($1, $2) returning i", 23, 25),
                    Frontend.bind("", "p", "3", "c"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "p", "3", "again"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "p", "4", "skipped"),
                    Frontend.execute("", 0),
                    Frontend.sync(),
                    Frontend.query("select count(*) from t"));
            app.readUntilReady();
            app.readUntilReady();
            app.query("begin");
            app.send(
                    Frontend.parse("", "select i from generate_series(1, 10) i"),
                    Frontend.bind("c", ""),
                    Frontend.execute("c", 3),
                    Frontend.execute("c", 4),
                    Frontend.execute("c", 0),
                    Frontend.sync());
            app.readUntilReady();
            app.query("commit");
            app.send(
                    Frontend.query("copy t from stdin"),
                    Frontend.copyData("10\tx\n"),
                    Frontend.copyData("11\ty\n"),
                    Frontend.copyDone());
            app.readUntilReady();
            app.send(Frontend.query("copy t from stdin"), Frontend.copyData("12\tz\n"), Frontend.copyFail("no"));
            app.readUntilReady();
            app.query("copy t to stdout");
            other.send(Frontend.functionCall(1598, 1, new byte[0][]));
            other.readUntilReady();
            other.query("insert into u select i, repeat('x', 100000) from generate_series(100, 120) i");
            other.query("nonsense");
            app.send(Frontend.terminate());
            app.readToEnd();
        }

        assertSame(replay(), 2);
    }

    @Test
    void aSessionThatWasOpenIsMadeAsItWas() throws Exception {
        try (RunningAgent agent = RunningAgent.builder(server.port())
                        .admin()
                        .capture(new CaptureConfig(
                                dir,
                                false,
                                true,
                                false,
                                null,
                                CaptureConfig.FILE_BYTES,
                                CaptureConfig.UNLIMITED,
                                CaptureConfig.QUEUE_BYTES,
                                CaptureConfig.SYNC_INTERVAL,
                                CaptureConfig.Sessions.ALL))
                        .start();
                PgWire client = login(agent, "postgres", null)) {
            client.query("set datestyle to 'German'");
            client.query("prepare q as select s from t where i = 1");
            client.send(
                    Frontend.parse("p", "insert into t values ($1, 'found') returning '2020-01-31'::date", 23),
                    Frontend.sync());
            client.readUntilReady();
            client.query("begin");
            CaptureIT.post(agent, "/capture/start");
            client.send(Frontend.bind("", "p", "1"), Frontend.execute("", 0), Frontend.sync());
            client.readUntilReady();
            client.query("select '2020-01-31'::date");
            client.query("execute q");
            client.query("commit");
            CaptureIT.post(agent, "/capture/stop");
        }

        assertSame(replay(), 1);
    }

    @Test
    void sessionsKeepTheirTimesAndCancelsHit() throws Exception {
        long began;
        try (RunningAgent agent = agent();
                PgWire client = login(agent, "postgres", null)) {
            began = System.nanoTime();
            client.query("select 1");
            client.send(Frontend.query("select pg_sleep(30)"));
            await().atMost(SOON)
                    .until(() -> "1"
                            .equals(server.query(
                                    "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")));
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            try (PgWire cancels = agent.connect()) {
                cancels.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
                cancels.readToEnd();
            }
            client.readUntilReady();
            client.query("insert into t values (1, 'x')");
        }
        long took = System.nanoTime() - began;

        Results.Summary atHalf = replay(0.5, null, server.port());

        assertSame(atHalf, 1);
        assertThat(atHalf.nanos()).isGreaterThan(took);
        assertThat(atHalf.late().getTotalCount()).isEqualTo(atHalf.messages());
        for (Timeline line : List.of(atHalf.capturedTimes(), atHalf.replayedTimes())) {
            assertThat(line.counts().length * line.stretchNanos()).isBetween(took / 4, 4 * took);
        }
        assertThat(atHalf.errors()).containsExactly(Map.entry("57014", new Results.Errors(1, 1)));
    }

    @Test
    void whatIsOtherIsToldByKind() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent, "postgres", null)) {
            client.query("insert into t values (1, 'a'), (2, 'b')");
            client.query("select * from t");
            client.query("select count(*) from t");
            client.query("update t set s = 'c'");
            client.query("insert into t values (7, 'q')");
            client.query("select s from t where i = 1");
            client.query("select i from (values (1), (2)) v(i) order by"
                    + " case current_database() when 'copy' then i else -i end");
        }
        query("copy", "insert into t values (7, 'z')");

        Results.Summary summary = replay();

        assertThat(summary.differences())
                .extracting(Difference::kind)
                .containsExactly(
                        Difference.Kind.ROWS,
                        Difference.Kind.RESULT,
                        Difference.Kind.TAG,
                        Difference.Kind.SQLSTATE,
                        Difference.Kind.ORDER);
        assertThat(summary.differing()).isEqualTo(4);
        assertThat(summary.differences())
                .extracting(Difference::label)
                .doesNotContain("")
                .doesNotHaveDuplicates();
        assertThat(summary.groups().values())
                .extracting(Results.Group::sample)
                .contains("insert into t values (?, ?), (?, ?)", "select s from t where i = ?");
    }

    @Test
    void aTargetThatIsNotThereOrRefusesIsToldAndNothingIsLost() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent, "postgres", null)) {
            client.query("select 1");
            client.query("select 2");
        }
        query("postgres", "alter role app nologin");
        try {
            Results.Summary refused = replay(Double.POSITIVE_INFINITY, "app", server.port());
            Results.Summary nobody = replay(Double.POSITIVE_INFINITY, null, 1);

            assertThat(refused.failures()).singleElement().asString().contains("28000", "app");
            assertThat(nobody.failures()).singleElement().asString().contains("127.0.0.1:1");
            for (Results.Summary each : List.of(refused, nobody)) {
                assertThat(each.notSent()).isEqualTo(2);
                assertThat(new ArrayList<>(each.differences()))
                        .extracting(Difference::kind)
                        .containsExactly(Difference.Kind.MISSING, Difference.Kind.MISSING);
            }
        } finally {
            query("postgres", "alter role app login");
        }
    }

    @Test
    void aTargetThatResetsTheConnectionEndsItsSessionAndNoMore() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent, "postgres", null)) {
            client.query("select 1");
            client.query("select 2");
        }
        try (FakeServer target = FakeServer.playing(connection -> {
            connection.readStartup();
            connection.send(FakeServer.WELCOME);
            connection.read();
            connection.reset();
        })) {
            Results.Summary summary = replay(Double.POSITIVE_INFINITY, null, target.port());

            assertThat(summary.failures()).hasSize(1);
            assertThat(summary.differences())
                    .extracting(Difference::kind)
                    .containsExactly(Difference.Kind.MISSING, Difference.Kind.MISSING);
        }
    }

    @Test
    void aReplayThatIsEndedTellsWhatItDid() throws Exception {
        try (RunningAgent agent = agent();
                PgWire client = login(agent, "postgres", null)) {
            client.query("insert into t values (1, 'a')");
            client.query("select 1");
            client.query("select pg_sleep(1)");
            client.query("select 2");
        }
        Replay replay = of(0.02, null, server.port());
        CompletableFuture<Results.Summary> ends = CompletableFuture.supplyAsync(() -> {
            try {
                return run(replay);
            } catch (Exception fault) {
                throw new CompletionException(fault);
            }
        });
        await().atMost(SOON).until(() -> replay.counts().answers() == 2);

        replay.stop("enough");

        Results.Summary summary = ends.get(20, TimeUnit.SECONDS);
        assertThat(summary.answers()).isEqualTo(2);
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.failures()).isEmpty();
        assertThat(summary.sessionsStopped()).isEqualTo(1);
    }
}
