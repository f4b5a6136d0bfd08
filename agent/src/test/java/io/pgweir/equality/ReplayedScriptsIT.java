package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.auth.Password;
import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.Selection;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.replay.Logins;
import io.pgweir.replay.Options;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results;
import io.pgweir.replay.Target;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All scripts, captured and run again at their times on a copy of the server as it was before: no answer differs, each statement ran once,
 * and both servers end with the same definitions, rows and large objects. What superusers do beside the clients is captured, too.
 */
@Timeout(600)
class ReplayedScriptsIT {
    /** How the sessions of a script's superuser call themselves; all others of that user are the test's own. */
    private static final String SCRIPT = "script ";

    private static final int CONNECTIONS = 200;

    /** Not played, and why. */
    private static final Map<Predicate<String>, String> LEFT_OUT = Map.of(
            name -> name.contains("ended by an administrator"),
            "pg_terminate_backend is told a process id, and processes have others",
            name -> name.startsWith("replication "),
            "sessions that replicate are never run again: positions in the log are others",
            "login scram answered with a Query"::equals,
            "a Query where a password is due; a replay logs in with one, and the Query is answered then");

    @TempDir
    private Path captures;

    @Test
    void whatScriptsDidIsDoneAgainOnceOnARestoredCopy() throws Exception {
        try (PgServer original = original();
                PgServer copy = copyOf(original)) {
            int played = play(original);

            Results.Summary summary = replay(copy);

            assertThat(summary.failures()).isEmpty();
            assertThat(summary.differences()).isEmpty();
            assertThat(summary.notSent()).isZero();
            assertThat(summary.gaps()).isZero();
            Map<String, Integer> ran = StatementLog.counts(original.log(), ReplayedScriptsIT::isPlayed);
            assertThat(StatementLog.counts(copy.log(), ReplayedScriptsIT::isPlayed))
                    .isEqualTo(ran);
            List<String> state = ServerState.of(original);
            assertThat(ServerState.of(copy)).isEqualTo(state);
            tell(played, summary, ran, state);
        }
    }

    private static PgServer original() {
        PgServer server = PgServer.builder()
                .hba(
                        "host all eq_plain all password",
                        "host all eq_md5 all md5",
                        "host all eq_scram all scram-sha-256",
                        "host all eq_refused all reject",
                        "host all all all trust")
                .setting("max_connections", CONNECTIONS + "")
                .setting("log_statement", "all")
                .setting("log_line_prefix", StatementLog.PREFIX)
                .start();
        server.query("set password_encryption = md5; create role eq_md5 login password 'secret';"
                + " set password_encryption = 'scram-sha-256'; create role eq_scram login password 'secret';"
                + " create role eq_plain login password 'secret'; create role eq_refused login");
        return server;
    }

    /** A base backup, restored; it trusts, for a replay says no password in clear text. */
    private static PgServer copyOf(PgServer original) {
        PgServer copy = original.replica("copy");
        String written = original.query("select pg_current_wal_lsn()");
        await().until(() -> "t".equals(copy.query("select pg_last_wal_replay_lsn() >= '" + written + "'")));
        copy.promote();
        copy.query("copy (values ('host all eq_refused all reject'), ('host all all all trust')) to '"
                + copy.query("show data_directory") + "/pg_hba.conf'");
        copy.query("select pg_reload_conf()");
        return copy;
    }

    private static boolean isLeftOut(Script script) {
        return LEFT_OUT.keySet().stream().anyMatch(each -> each.test(script.name()));
    }

    private int play(PgServer server) {
        int played = 0;
        try (AgentUnderTest agent = AgentUnderTest.captured(server.port(), captures)) {
            for (Script script : Scripts.all()) {
                if (!isLeftOut(script)) {
                    Player.play(
                            script,
                            server,
                            sql -> superuser(agent.port(), script, sql),
                            () -> PgWire.connect("127.0.0.1", agent.port()));
                    agent.takeRecords();
                    played++;
                }
            }
        }
        return played;
    }

    private static void superuser(int port, Script script, String sql) {
        String name = URLEncoder.encode(SCRIPT + script.name(), StandardCharsets.UTF_8);
        try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port
                        + "/postgres?user=lab&sslmode=disable&ApplicationName=" + name);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Results.Summary replay(PgServer copy) throws IOException, InterruptedException {
        Target target = new Target(
                new HostPort(copy.host(), copy.port()),
                new Logins(Map.of(), new Logins.Login(null, new Password("secret"))),
                null,
                ServerTlsConfig.DEFAULT,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20));
        List<String> faults = new ArrayList<>();
        try (Replay replay = new Replay(target, new Options(1, _ -> true, Set.of(), false, true, Options.PIPELINE))) {
            for (Path file : CapturePaths.files(List.of(captures))) {
                try (CaptureReader reader =
                        CaptureReader.open(file, List.of(), fault -> faults.add(fault.toString()))) {
                    replay.run(reader.records(Selection.ALL), CaptureReader.Progress.NONE);
                }
            }
            Results.Summary summary = replay.finish();
            assertThat(replay.outOfTurn()).isZero();
            assertThat(faults).isEmpty();
            return summary;
        }
    }

    private static boolean isPlayed(String who) {
        return !who.startsWith("lab|") || who.startsWith("lab|" + SCRIPT);
    }

    @SuppressWarnings("SystemOut") // What was compared, and what was not, is this test's result.
    private static void tell(int played, Results.Summary summary, Map<String, Integer> ran, List<String> state) {
        System.out.printf(
                "%,d scripts, %,d sessions, %,d messages, %,d answers, %d differ; %,d log entries of statements and errors, %,d kinds, the same;"
                        + " %,d lines of the servers' state, the same%n",
                played,
                summary.sessions(),
                summary.messages(),
                summary.answers(),
                summary.differing(),
                ran.values().stream().mapToInt(Integer::intValue).sum(),
                ran.size(),
                state.size());
        LEFT_OUT.forEach((names, why) -> System.out.printf(
                "left out, %d: %s%n",
                Scripts.all().stream().filter(each -> names.test(each.name())).count(), Objects.requireNonNull(why)));
    }
}
