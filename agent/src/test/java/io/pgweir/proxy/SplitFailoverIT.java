package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of a split listener see of their leader's end: sessions in many states, one crash, one promotion. */
@Timeout(120)
class SplitFailoverIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer primary;
    private static PgServer standby;
    private static RunningAgent agent;

    private static PgWire idle;
    private static PgWire reading;
    private static PgWire writing;
    private static PgWire inBlock;
    private static PgWire committingNext;
    private static PgWire rollingBackNext;
    private static PgWire busyInBlock;
    private static PgWire extendedInBlock;
    private static PgWire failedBlock;
    private static PgWire temporary;
    private static PgWire impatient;
    private static PgWire pipelining;
    private static String impatience;

    @BeforeAll
    static void oneCrash() {
        primary = PgServer.builder()
                .hba("host all app 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust")
                .setting("synchronous_standby_names", "standby")
                .setting("synchronous_commit", "local")
                .start();
        primary.query("create role weir login superuser");
        primary.query("create role app login password 'secret'");
        primary.query("create table t(i int)");
        primary.query("grant all on t to app");
        primary.query("create schema other");
        primary.query("create table other.u as select 42 as i");
        primary.query("grant usage on schema other to app");
        primary.query("grant select on other.u to app");
        standby = primary.replica("standby");
        agent = RunningAgent.builder()
                .cluster(
                        SplitFixture.cluster(primary, standby),
                        listener("split", Duration.ofSeconds(30)),
                        listener("impatient", Duration.ofMillis(300)),
                        listener("fragile", Duration.ZERO))
                .start();

        idle = PgWire.login("127.0.0.1", agent.port("split"), Map.of("user", "app", "database", "postgres"), "secret");
        idle.query("set search_path to other");
        idle.query("set timezone to 'Asia/Tokyo'");
        idle.send(Frontend.parse("p", "select i + $1 from u"), Frontend.sync()).readUntilReady();
        idle.query("prepare q (int) as select i + $1 from u");
        reading = open();
        writing = open();
        inBlock = open();
        committingNext = open();
        rollingBackNext = open();
        busyInBlock = open();
        extendedInBlock = open();
        failedBlock = open();
        temporary = open();
        temporary.query("create temp table mine(i int)");
        pipelining = open();
        impatient = PgWire.login("127.0.0.1", agent.port("impatient"), Map.of(), null);
        for (PgWire each :
                List.of(inBlock, committingNext, rollingBackNext, busyInBlock, extendedInBlock, failedBlock)) {
            each.query("begin");
            each.query("insert into t values (1000)");
        }
        failedBlock.query("select 1/0");
        reading.send(Frontend.query("select pg_sleep(2), 'read', pg_backend_pid() > 0"));
        writing.send(Frontend.query("insert into t select 2000 from pg_sleep(30)"));
        busyInBlock.send(Frontend.query("insert into t select 3000 from pg_sleep(30)"));
        pipelining.send(
                Frontend.query("select pg_sleep(2), 'first', pg_backend_pid() > 0"),
                Frontend.query("insert into t values (4000)"),
                Frontend.query("select pg_backend_pid() > 0, 'third'"));
        await().atMost(SOON)
                .until(() -> "4"
                        .equals(primary.query(
                                "select count(*)::text from pg_stat_activity where wait_event = 'PgSleep'")));

        primary.close();
        impatient.send(Frontend.query("insert into t values (5000)"));
        idle.send(Frontend.query("insert into public.t values (1)"));
        impatience = Reply.line(impatient.readToEnd());
        standby.promote();
    }

    @AfterAll
    static void stop() {
        for (PgWire each : List.of(
                idle,
                reading,
                writing,
                inBlock,
                committingNext,
                rollingBackNext,
                busyInBlock,
                extendedInBlock,
                failedBlock,
                temporary,
                pipelining,
                impatient)) {
            each.close();
        }
        agent.close();
        standby.close();
    }

    private static PgWire open() {
        return PgWire.login("127.0.0.1", agent.port("split"), Map.of(), null);
    }

    private static ListenerConfig listener(String name, Duration holdMax) {
        return SplitFixture.listener(
                name,
                SplitFixture.reads(Consistency.SESSION, Transactions.LEADER),
                new FailoverConfig(holdMax, 100, true));
    }

    private static void goesOn(PgWire session) {
        assertThat(session.query("insert into t values (7)")).contains("INSERT 0 1");
    }

    @Test
    void anIdleSessionGoesOnWithAllThatItHas() {
        assertThat(Reply.line(idle.readUntilReady())).contains("INSERT 0 1").doesNotContain("E(");
        assertThat(idle.query("select current_setting('timezone'), current_user, i from u"))
                .contains("Asia/Tokyo", "app", "42");
        idle.send(Frontend.bind("", "p", "1"), Frontend.execute("", 0), Frontend.sync());
        assertThat(Reply.line(idle.readUntilReady())).contains("D(43)");
        assertThat(idle.query("execute q (2)")).contains("D(44)", "Z(I)");
        idle.query("begin");
        assertThat(idle.query("execute q (3)")).contains("D(45)", "Z(T)");
        idle.query("rollback");
    }

    @Test
    void aReadIsRunAgain() {
        assertThat(Reply.line(reading.readUntilReady())).contains("read").doesNotContain("E(");
        goesOn(reading);
    }

    @Test
    void ofAWriteNobodyKnows() {
        assertThat(Reply.line(writing.readUntilReady())).contains("08007").contains("Z(I)");
        goesOn(writing);
    }

    @Test
    void aTransactionIsToldAtItsNextStatement() {
        assertThat(inBlock.query("insert into t values (1001)"))
                .contains("40001")
                .contains("Z(E)");
        assertThat(inBlock.query("select 1")).contains("25P02");
        assertThat(inBlock.query("commit")).contains("C(ROLLBACK)").contains("Z(I)");
        goesOn(inBlock);
    }

    @Test
    void aCommitOfALostTransactionFails() {
        assertThat(committingNext.query("commit")).contains("40001").contains("Z(I)");
        goesOn(committingNext);
    }

    @Test
    void whoRollsBackHearsNothingOfIt() {
        assertThat(rollingBackNext.query("rollback"))
                .contains("C(ROLLBACK)")
                .contains("Z(I)")
                .doesNotContain("E(", "N(");
        goesOn(rollingBackNext);
    }

    @Test
    void aStatementWithinATransactionIsUndone() {
        assertThat(Reply.line(busyInBlock.readUntilReady())).contains("40001").contains("Z(E)");
        assertThat(busyInBlock.query("rollback")).contains("C(ROLLBACK)").contains("Z(I)");
        goesOn(busyInBlock);
    }

    @Test
    void byTheExtendedProtocolAllUpToTheSyncIsSkipped() {
        extendedInBlock.send(
                Frontend.parse("", "insert into t values (1002)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(Reply.line(extendedInBlock.readUntilReady()))
                .startsWith("E(")
                .contains("40001")
                .contains("Z(E)");
        extendedInBlock.send(
                Frontend.parse("", "rollback"), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
        assertThat(Reply.line(extendedInBlock.readUntilReady())).contains("C(ROLLBACK)", "Z(I)");
        goesOn(extendedInBlock);
    }

    @Test
    void aTransactionThatHadFailedGoesOnFailing() {
        assertThat(failedBlock.query("select 1")).contains("25P02").contains("Z(E)");
        assertThat(failedBlock.query("rollback")).contains("C(ROLLBACK)").contains("Z(I)");
        goesOn(failedBlock);
    }

    @Test
    void whatIsPipelinedIsSettledInOrder() {
        assertThat(Reply.line(pipelining.readUntilReady())).contains("first").doesNotContain("E(");
        assertThat(Reply.line(pipelining.readUntilReady())).contains("08007");
        assertThat(Reply.line(pipelining.readUntilReady())).contains("third");
        goesOn(pipelining);
    }

    @Test
    void whatNoOtherServerCanBeGivenEndsWithItsServer() {
        temporary.send(Frontend.query("select * from mine"));
        assertThat(temporary.readToEnd()).noneMatch(reply -> reply.type() == 'Z');
    }

    @Test
    void whoHasWaitedLongEnoughIsToldSo() {
        assertThat(impatience).contains("FATAL", "57P03", "within 300 ms");
    }

    @Test
    void nothingOfWhatWasLostIsThere() {
        assertThat(standby.query("select count(*)::text from t where i in (1000, 1001, 1002, 3000, 5000)"))
                .isEqualTo("0");
    }

    @Test
    void pgTerminateBackendEndsASession() {
        try (PgWire session = open()) {
            String pid = session.query("select pg_backend_pid()").replaceAll(".*D\\((\\d+)\\).*", "$1");
            standby.query("select pg_terminate_backend(" + pid + ")");
            assertThat(Reply.line(session.readToEnd())).contains("57P01");
        }
    }

    @Test
    void withoutHoldingASessionEndsWithItsServer() {
        try (PgWire session = PgWire.login("127.0.0.1", agent.port("fragile"), Map.of(), null)) {
            String pid = session.query("select pg_backend_pid()").replaceAll(".*D\\((\\d+)\\).*", "$1");
            standby.query("select pg_terminate_backend(" + pid + ")");
            assertThat(Reply.line(session.readToEnd())).contains("57P01");
        }
    }
}
