package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One port for reads and writes, in front of a real primary and a real standby. */
@Timeout(120)
class SplitIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer primary;
    private static PgServer standby;

    private RunningAgent agent;
    private PgWire client;

    @BeforeAll
    static void startServers() {
        primary = PgServer.builder()
                .hba("host all app 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust")
                .start();
        primary.query("create role weir login superuser");
        primary.query("create role app login password 'secret'");
        primary.query("create table t(i int)");
        primary.query("grant select on t to app");
        primary.query("create sequence s");
        primary.query("create function liar() returns bigint stable language sql as 'select nextval(''s'')'");
        standby = primary.replica("standby");
    }

    @AfterAll
    static void stopServers() {
        standby.close();
        primary.close();
    }

    @BeforeEach
    void startAgent() {
        replay(true);
        primary.query("truncate t");
        start(Consistency.SESSION, primary, standby);
    }

    @AfterEach
    void stopAgent() {
        client.close();
        agent.close();
    }

    private void start(Consistency consistency, PgServer... servers) {
        ReadsConfig reads = SplitFixture.reads(consistency, Transactions.LEADER);
        agent = RunningAgent.builder()
                .cluster(SplitFixture.cluster(servers), SplitFixture.listener("split", reads, FailoverConfig.DEFAULT))
                .start();
        client = PgWire.login("127.0.0.1", agent.port("split"), Map.of(), null);
    }

    private static void replay(boolean on) {
        standby.query(on ? "select pg_wal_replay_resume()" : "select pg_wal_replay_pause()");
    }

    private List<String> roles(String text) {
        return SplitFixture.roles(agent, text);
    }

    @Test
    void readsGoToTheStandbyAndWritesToTheLeader() {
        assertThat(client.query("select count(*) from t")).contains("D(0)");
        assertThat(client.query("insert into t values (1)")).contains("INSERT 0 1");

        assertThat(roles("select count(*) from t")).containsExactly("async: read");
        assertThat(roles("insert into t values (1)")).containsExactly("leader: write");
    }

    @Test
    void whatTheClientHasProvedToTheLeaderIsProofEnoughForTheStandby() {
        try (PgWire app = PgWire.login("127.0.0.1", agent.port("split"), Map.of("user", "app"), "secret")) {
            assertThat(app.query("select current_user, count(*) from t group by 1"))
                    .doesNotContain("E(");
            assertThat(app.query("select count(*) from t")).contains("D(0)");
        }
        assertThat(roles("select count(*) from t")).containsExactly("async: read");
        try (PgWire app = PgWire.connect("127.0.0.1", agent.port("split"))) {
            List<Reply> replies = app.login(Frontend.PROTOCOL_3_0, Map.of("user", "app"), "wrong");
            assertThat(replies.getLast().toString())
                    .contains("28P01", "password authentication failed for user \"app\"");
        }
    }

    @Test
    void whatASessionHasWrittenItReads() {
        for (int i = 1; i <= 100; i++) {
            client.query("insert into t values (" + i + ")");
            assertThat(client.query("select count(*) from t")).contains("D(" + i + ")");
        }
        assertThat(roles("select count(*) from t"))
                .filteredOn("async: read"::equals)
                .hasSizeGreaterThan(50);
    }

    @Test
    void whatTheStandbyHasNotReplayedTheLeaderTells() {
        client.query("select count(*) from t");
        replay(false);
        client.query("insert into t values (1)");
        assertThat(client.query("select count(*) from t")).contains("D(1)");
        assertThat(roles("select count(*) from t")).containsExactly("async: read", "leader: stale");
    }

    @Test
    void withoutConsistencyAStaleReadIsStale() {
        client.close();
        agent.close();
        start(Consistency.EVENTUAL, primary, standby);
        client.query("select count(*) from t");
        replay(false);
        client.query("insert into t values (1)");
        assertThat(client.query("select count(*) from t")).contains("D(0)");
    }

    @Test
    void settingsAreTheSameEverywhere() {
        String read = "select date '2020-01-31'::text from t";
        client.query("insert into t values (1)");
        assertThat(client.query(read)).contains("D(2020-01-31)");
        client.query("set datestyle = 'SQL, DMY'");
        assertThat(client.query(read)).contains("D(31/01/2020)");
        client.query("begin");
        client.query("set datestyle = 'German'");
        client.query("rollback");
        assertThat(client.query(read)).contains("D(31/01/2020)");
        client.query("begin; set datestyle = 'SQL, MDY'; commit");
        client.query("reset datestyle");
        assertThat(client.query(read)).contains("D(2020-01-31)");
        assertThat(roles(read)).startsWith("async: read", "async: read", "async: read");
    }

    @Test
    void ofASettingThatIsMadeOfPartsEachIsTheSameEverywhere() {
        String read = "select date '2020-01-31'::text from t right join (values (1)) v on true";
        client.query("set datestyle to sql");
        client.query("set datestyle to dmy");
        assertThat(client.query(read)).contains("D(31/01/2020)");
        assertThat(roles(read)).containsExactly("async: read");
    }

    @Test
    void cancelRequestReachesTheNodeThatRunsTheStatement() throws Exception {
        client.query("select 1 from t");
        client.send(Frontend.query("select pg_sleep(60) from generate_series(1, 1)"));
        await().atMost(SOON)
                .until(
                        () -> "1"
                                .equals(
                                        standby.query(
                                                "select count(*) from pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'")));
        try (PgWire canceller = PgWire.connect("127.0.0.1", agent.port("split"))) {
            canceller.send(Frontend.cancelRequest(client.pid(), client.cancelKey()));
            canceller.readToEnd();
        }
        assertThat(line(client.readUntilReady())).contains("57014");
    }

    @Test
    void preparedStatementsAreKnownWhereverTheyRun() {
        // Given
        client.send(Frontend.parse("one", "select count(*) from t"), Frontend.sync());
        client.readUntilReady();

        // When
        String away = execute("one");
        client.query("begin");
        String inBlock = execute("one");
        client.query("commit");
        client.send(Frontend.closeStatement("one"), Frontend.sync());
        client.readUntilReady();
        client.send(Frontend.parse("one", "insert into t values (1) returning i"), Frontend.sync());
        client.readUntilReady();
        String other = execute("one");

        // Then
        assertThat(away).contains("2 ").contains("D(0)").contains("Z(I)");
        assertThat(inBlock).contains("D(0)").contains("Z(T)");
        assertThat(other).contains("D(1)").contains("INSERT 0 1");
        assertThat(roles("select count(*) from t")).containsExactly("async: read", "leader: transaction");
    }

    private String execute(String statement) {
        client.send(Frontend.bind("", statement), Frontend.execute("", 0), Frontend.sync());
        return line(client.readUntilReady());
    }

    private static String line(List<Reply> replies) {
        return String.join(" ", replies.stream().map(Reply::toString).toList());
    }

    @Test
    void batchThatBeginsWithAReadAndWritesThenGoesOnAtTheLeader() {
        client.send(
                Frontend.parse("", "select count(*) from t"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into t values (7) returning i"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        String answers = line(client.readUntilReady());
        assertThat(answers).contains("D(0)").contains("D(7)").containsOnlyOnce("Z(I)");
        assertThat(roles("select count(*) from t")).containsExactly("async: read");
        assertThat(roles("insert into t values (7) returning i")).containsExactly("leader: write");
    }

    @Test
    void whatTheStandbyRefusesAsAWriteTheLeaderRunsInItsPlace() {
        assertThat(client.query("select liar() > 0")).contains("D(t)").doesNotContain("25006");
        client.send(
                Frontend.parse("", "select liar() > 0"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady())).contains("D(t)").containsOnlyOnce("Z(I)");
        assertThat(roles("select liar() > 0")).containsExactly("leader: retry", "leader: misrouted");
    }

    @Test
    void temporaryTablesKeepASessionAtTheLeader() {
        client.query("create temp table mine as select 1 as i");
        assertThat(client.query("select i from mine")).contains("D(1)");
        assertThat(client.query("select count(*) from t")).contains("D(0)");
        assertThat(roles("select count(*) from t")).containsExactly("leader: temporary");
        client.query("discard all");
        assertThat(client.query("select count(*) from t")).contains("D(0)");
        assertThat(roles("select count(*) from t")).containsExactly("leader: temporary", "async: read");
    }

    @Test
    void pipelinesKeepTheirOrder() {
        byte[][] messages = IntStream.range(0, 200)
                .mapToObj(i -> i % 3 == 0
                        ? Frontend.query("insert into t values (" + i + ") returning " + i)
                        : Frontend.query("select " + i + " from t limit 1"))
                .toArray(byte[][]::new);
        client.query("insert into t values (0)");
        client.send(messages);
        for (int i = 0; i < 200; i++) {
            assertThat(line(client.readUntilReady())).contains("D(" + i + ")");
        }
    }

    @Test
    void whatIsBehindAReadThatHadToWaitComesToo() {
        client.query("select count(*) from t");
        client.query("insert into t values (1)");
        client.send(Frontend.query("select count(*) from t"), Frontend.query("insert into t values (2)"));
        assertThat(line(client.readUntilReady())).contains("D(1)");
        assertThat(line(client.readUntilReady())).contains("INSERT 0 1");
    }

    @Test
    void nothingIsAskedInTheMidstOfWhatTheLeaderIsToldByCopy() {
        // Given
        client.query("select count(*) from t");
        client.send(Frontend.query("copy t from stdin"));
        client.readThrough('G');

        // When
        try (PgWire other = PgWire.login("127.0.0.1", agent.port("split"), Map.of(), null)) {
            other.query("create table u()");
            client.send(Frontend.copyData("1\n"), Frontend.copyDone());

            // Then
            assertThat(line(client.readUntilReady())).contains("COPY 1");
            assertThat(other.query("drop table u")).contains("DROP TABLE");
        }
        client.send(
                Frontend.query("insert into t values (2)"),
                Frontend.query("copy t from stdin"),
                Frontend.copyData("3\n"),
                Frontend.copyDone());
        assertThat(line(client.readUntilReady())).contains("INSERT 0 1");
        assertThat(line(client.readUntilReady())).contains("COPY 1");
        assertThat(client.query("select count(*) from t")).contains("D(3)");
    }

    @Test
    void standbyThatGoesAwayIsNotMissed() {
        // Given
        PgServer other = primary.replica("other");
        client.close();
        agent.close();
        start(Consistency.SESSION, primary, other);
        assertThat(client.query("select count(*) from t")).contains("D(0)");

        // When
        other.close();

        // Then
        assertThat(client.query("select count(*) from t")).contains("D(0)");
        assertThat(roles("select count(*) from t")).containsExactly("async: read", "leader: no-reader");
    }

    @Test
    void discardedStatementsAreDiscardedEverywhere() {
        client.send(Frontend.parse("one", "select count(*) from t"), Frontend.sync());
        client.readUntilReady();
        assertThat(execute("one")).contains("D(0)");
        client.query("discard all");
        assertThat(execute("one")).contains("26000");
        client.send(Frontend.parse("one", "select count(*) + 1 from t"), Frontend.sync());
        client.readUntilReady();
        assertThat(execute("one")).contains("D(1)");
        client.query("deallocate all");
        assertThat(execute("one")).contains("26000");
    }

    @Test
    void failureOnTheStandbyIsTheLeadersToTell() {
        assertThat(client.query("select 1 / 0 from t right join (values (1)) v on true"))
                .contains("22012", "Z(I)");
        assertThat(client.query("select nothing from nowhere")).contains("42P01", "Z(I)");
        client.send(
                Frontend.parse("", "select 1 / 0 from t right join (values (1)) v on true"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into t values (1)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady()))
                .contains("22012")
                .containsOnlyOnce("Z(I)")
                .doesNotContain("INSERT");
        assertThat(client.query("select count(*) from t")).contains("D(0)");
        assertThat(roles("select nothing from nowhere")).containsExactly("leader: retry");
    }

    @Test
    void whatTheLeaderSaysMeanwhileWaits() throws Exception {
        // Given
        client.send(Frontend.query("select repeat('x', 1000) from generate_series(1, 100000) left join t on false"));
        for (int i = 0; i < 100; i++) {
            client.read();
        }

        // When
        primary.query("alter system set timezone = 'Africa/Abidjan'");
        primary.query("select pg_reload_conf()");

        // Then
        List<Reply> rest = client.readUntilReady();
        assertThat(rest).hasSize(100000 + 3 - 100);
        primary.query("alter system reset timezone");
        primary.query("select pg_reload_conf()");
    }

    @Test
    void copyAndBigStatementsPass() {
        client.query("select count(*) from t");
        client.send(Frontend.query("copy t from stdin"));
        client.readThrough('G');
        client.send(Frontend.copyData("1\n2\n"), Frontend.copyDone());
        assertThat(line(client.readUntilReady())).contains("COPY 2");
        assertThat(client.query("select count(*) from t")).contains("D(2)");
        client.send(
                Frontend.parse("", "copy t from stdin"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        client.readThrough('G');
        client.send(Frontend.copyData("3\n"), Frontend.copyDone(), Frontend.sync());
        assertThat(line(client.readUntilReady())).contains("COPY 1");
        assertThat(client.query("select count(*) from t")).contains("D(3)");
        assertThat(roles("select count(*) from t")).containsOnly("async: read");
        String big = "select count(*), " + "1, ".repeat(30000) + "2 from t";
        assertThat(client.query(big)).contains("54011");
    }

    @Test
    void aBatchThatGoesOnWithTheLeaderIsOneTransaction() {
        client.query("select 1");
        client.send(Frontend.concat(
                extended("select count(*) from t"),
                extended("lock table t"),
                extended("select 1 from t"),
                Frontend.sync()));
        assertThat(Reply.line(client.readUntilReady())).contains("LOCK TABLE").doesNotContain("E(");
        client.send(Frontend.concat(
                extended("select count(*) from t"), extended("reindex table concurrently t"), Frontend.sync()));
        assertThat(Reply.line(client.readUntilReady())).contains("E(", "25001");
        client.send(Frontend.concat(extended("reindex table concurrently t"), Frontend.sync()));
        assertThat(Reply.line(client.readUntilReady())).contains("REINDEX");
    }

    private static byte[] extended(String sql) {
        return Frontend.concat(
                Frontend.parse("", sql), Frontend.bind("", ""), Frontend.describePortal(""), Frontend.execute("", 0));
    }

    @Test
    void whatIsPreparedIsListedWhereverItIs() {
        client.query("select 1");
        client.send(Frontend.parse("mine", "select count(*) from t"), Frontend.sync());
        assertThat(Reply.line(client.readUntilReady())).isEqualTo("1 Z(I)");
        assertThat(client.query("select name, statement from pg_prepared_statements"))
                .contains("mine", "select count(*) from t");
        assertThat(client.query("begin")).contains("BEGIN");
        client.send(Frontend.bind("", "mine"), Frontend.execute("", 0), Frontend.sync());
        assertThat(Reply.line(client.readUntilReady())).contains("D(0)").doesNotContain("E(");
        assertThat(client.query("commit")).contains("COMMIT");
    }
}
