package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.ServerFacts;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Hints;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients may say of where their statements go, in front of a real primary and a real standby. */
@Timeout(120)
class SplitRoutesIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern POSITION = Pattern.compile("D\\(([0-9A-F]+/[0-9A-F]+)\\)");
    private static final String READ = "select count(*) from t";

    private static PgServer primary;
    private static PgServer standby;

    private RunningAgent agent;
    private PgWire client;

    @BeforeAll
    static void startServers() {
        primary = PgServer.builder().hba("host all all 127.0.0.1/32 trust").start();
        primary.query("create role weir login superuser");
        primary.query("create table t(i int)");
        primary.query("create function doubtful() returns int volatile language sql as 'select 7'");
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
        primary.query("truncate t");
        start(reads(Consistency.SESSION, Hints.LEADER, Hints.REPLICA));
    }

    @AfterEach
    void stopAgent() {
        client.close();
        agent.close();
    }

    private static ReadsConfig reads(Consistency consistency, Hints... hints) {
        return SplitFixture.reads(consistency, Transactions.LEADER, hints);
    }

    private void start(ReadsConfig reads) {
        agent = RunningAgent.builder()
                .cluster(
                        SplitFixture.cluster(primary, standby),
                        SplitFixture.listener("split", reads, FailoverConfig.DEFAULT))
                .start();
        client = login(Map.of());
    }

    private void restart(ReadsConfig reads) {
        stopAgent();
        start(reads);
    }

    private PgWire login(Map<String, String> parameters) {
        return PgWire.login("127.0.0.1", agent.port("split"), parameters, null);
    }

    private List<String> roles(String text) {
        return SplitFixture.roles(agent, text);
    }

    private List<ServerFacts> servers(String text) {
        return SplitFixture.servers(agent, text);
    }

    private static String line(List<Reply> replies) {
        return String.join(" ", replies.stream().map(Reply::toString).toList());
    }

    private String extended(String sql) {
        client.send(
                Frontend.parse("", sql),
                Frontend.bind("", ""),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.sync());
        return line(client.readUntilReady());
    }

    @Test
    void commentsAskForTheLeaderOrAReplica() {
        client.query("/*pgweir: leader*/ " + READ);
        client.query("select doubtful() from t right join (values (1)) v on true");
        client.query("discard all");
        client.query("/*pgweir: replica*/ select doubtful()");
        client.query("/*pgweir: replica*/ insert into t values (1)");
        client.query("/*pgweir: replica*/ select 1; select doubtful() - 1");

        assertThat(roles(READ)).containsExactly("leader: hint-leader");
        assertThat(roles("select doubtful() from t right join (values (1)) v on true"))
                .containsExactly("leader: volatile-function");
        assertThat(roles("select doubtful()")).containsExactly("async: hint-replica");
        assertThat(roles("insert into t values (1)")).containsExactly("leader: write");
        assertThat(roles("select doubtful() - 1")).containsExactly("leader: volatile-function");
    }

    @Test
    void aHintThatIsNotAllowedIsAComment() {
        restart(reads(Consistency.SESSION, Hints.REPLICA));
        client.query("/*pgweir: leader*/ " + READ);
        client.query("set pgweir.route = leader");
        client.query(READ);
        restart(reads(Consistency.SESSION, Hints.LEADER));
        client.query("/*pgweir: replica*/ select doubtful()");
        assertThat(roles("select doubtful()")).containsExactly("leader: volatile-function");
        restart(reads(Consistency.SESSION));
        client.query("/*pgweir: leader*/ " + READ);
        client.query(READ);
        assertThat(roles(READ)).containsOnly("async: read");
    }

    @Test
    void aSessionsRouteIsASettingLikeAnyOther() {
        String other = READ + " where i = 1";
        assertThat(client.query("set pgweir.route = 'leader'")).contains("C(SET)");
        client.query(READ);
        client.query("begin");
        client.query("set pgweir.route = replica");
        client.query("rollback");
        client.query(READ);
        client.query("/*pgweir: replica*/ " + READ);
        assertThat(roles(READ)).containsExactly("leader: hint-leader", "leader: hint-leader", "async: read");
        assertThat(client.query("show pgweir.route")).contains("D(leader)");
        client.query("reset pgweir.route");
        client.query(other);
        client.query("select set_config('pgweir.route', 'LEADER', false)");
        client.query(other);
        client.query("discard all");
        client.query(other);
        extended("set pgweir.route to replica");
        client.query("select doubtful() + 1");

        assertThat(roles(other)).containsExactly("async: read", "leader: hint-leader", "async: read");
        assertThat(roles("select doubtful() + 1")).containsExactly("async: hint-replica");
    }

    @Test
    void aSessionMayBeginWithARoute() {
        try (PgWire other = login(Map.of("options", "-c work_mem=1MB -c pgweir.route=leader"))) {
            other.query(READ);
            other.query("set pgweir.route = auto");
            other.query(READ);
            other.query("reset all");
            other.query(READ);
        }
        assertThat(roles(READ)).containsExactly("leader: hint-leader", "async: read", "leader: hint-leader");
        try (PgWire other = PgWire.connect("127.0.0.1", agent.port("split"))) {
            List<Reply> replies = other.login(Frontend.PROTOCOL_3_0, Map.of("pgweir.route", "nowhere"), null);
            assertThat(line(replies)).contains("FATAL", "22023", "invalid value for parameter \"pgweir.route\"");
        }
    }

    @Test
    void recordsSayHowFreshANodeWasAndHadToBe() {
        client.query(READ);
        client.query("insert into t values (1)");
        client.query(READ);
        assertThat(servers(READ)).extracting(ServerFacts::nodeRole).containsOnly("async");
        assertThat(servers(READ)).extracting(ServerFacts::lagBytes).allMatch(bytes -> bytes >= 0);
        assertThat(servers(READ)).extracting(ServerFacts::minLsn).first().isEqualTo(0L);
        assertThat(servers(READ)).extracting(ServerFacts::minLsn).last().isNotEqualTo(0L);
        assertThat(servers("insert into t values (1)"))
                .extracting(ServerFacts::lagBytes, ServerFacts::minLsn)
                .containsExactly(tuple(-1L, 0L));
    }

    @Test
    void whatIsNoValueOfASettingIsRefusedAsAServerWould() {
        assertThat(client.query("set pgweir.route = 'primary'"))
                .contains("22023", "invalid value for parameter \"pgweir.route\": \"primary\"", "Z(I)");
        assertThat(extended("set pgweir.min_lsn = 'x'")).contains("E(", "22023").containsOnlyOnce("Z(I)");
        assertThat(extended("set pgweir.lsn = '0/0'")).contains("55P02").containsOnlyOnce("Z(I)");
        client.query("begin");
        client.query("insert into t values (1)");
        assertThat(client.query("set pgweir.rout = leader")).contains("42602", "Z(E)");
        assertThat(client.query("set pgweir.rout = leader")).contains("25P02", "Z(E)");
        assertThat(client.query("commit")).contains("ROLLBACK", "Z(I)");
        client.send(
                Frontend.parse("", "insert into t values (1)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "set pgweir.route = ''"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady()))
                .contains("INSERT 0 1", "22023")
                .containsOnlyOnce("Z(I)");
        assertThat(client.query(READ)).contains("D(0)");
    }

    private static void replay(boolean on) {
        standby.query(on ? "select pg_wal_replay_resume()" : "select pg_wal_replay_pause()");
    }

    private static String position() {
        return Objects.requireNonNull(primary.query("select pg_current_wal_insert_lsn()"));
    }

    /** Of an answer to SHOW. */
    private static String shown(String answer) {
        assertThat(answer).contains("C(SHOW)").doesNotContain("E(");
        Matcher position = POSITION.matcher(answer);
        assertThat(position.find()).as(answer).isTrue();
        return position.group(1);
    }

    private static void assertBetween(String before, String shown, String after) {
        assertThat(primary.query(
                        "select '%s'::pg_lsn <= '%s' and '%2$s' <= '%s'::pg_lsn".formatted(before, shown, after)))
                .isEqualTo("t");
    }

    @Test
    void aTokenMakesAnotherSessionSeeWhatThisOneHasWritten() {
        // Given
        assertThat(shown(client.query("show pgweir.lsn"))).isEqualTo("0/0");
        String before = position();
        client.query("insert into t values (1)");

        // When
        String simple = shown(client.query("show pgweir.lsn"));
        String extended = shown(extended("SHOW \"pgweir.lsn\""));
        String after = position();

        // Then
        assertBetween(before, simple, after);
        assertThat(extended).isEqualTo(simple);
        replay(false);
        client.query("insert into t values (2)");
        String token = shown(client.query("show pgweir.lsn"));
        try (PgWire other = login(Map.of())) {
            assertThat(other.query(READ)).contains("D(1)");
            other.query("set pgweir.min_lsn = '" + token + "'");
            assertThat(other.query(READ)).contains("D(2)");
            assertThat(shown(other.query("show pgweir.lsn"))).isEqualTo(token);
            replay(true);
            await().atMost(SOON).until(() -> {
                other.query(READ + " where i < 9");
                return roles(READ + " where i < 9").getLast().equals("async: read");
            });
            other.query("reset pgweir.min_lsn");
            assertThat(shown(other.query("show pgweir.lsn"))).isEqualTo("0/0");
        } finally {
            replay(true);
        }
        assertThat(roles(READ)).containsExactly("async: read", "leader: stale");
    }

    @Test
    void aTokenIsToldWithinATransactionAndNotBehindWhatIsNotCommitted() {
        client.query("insert into t values (1)");
        String committed = shown(client.query("show pgweir.lsn"));
        client.send(
                Frontend.parse("", "begin"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "show pgweir.lsn"),
                Frontend.bind("", ""),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.sync());
        String begun = line(client.readUntilReady());
        assertThat(begun).containsOnlyOnce("Z(T)").doesNotContain("Z(I)").contains("C(BEGIN)");
        assertThat(shown(begun)).isEqualTo(committed);
        client.query("insert into t values (2)");
        client.query("show pgweir.lsn");
        client.query("commit");
        String before = position();
        assertThat(client.query("select pg_current_wal_insert_lsn()")).contains("D(");
        assertBetween(committed, shown(client.query("show pgweir.lsn")), before);
        client.send(
                Frontend.parse("", "insert into t values (3)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "show pgweir.lsn"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady()))
                .contains("INSERT 0 1", "0A000")
                .containsOnlyOnce("Z(I)");
        assertThat(client.query("insert into t values (4); show pgweir.lsn")).contains("0A000", "Z(I)");
        client.query("begin");
        assertThat(client.query("frobnicate")).contains("42601", "Z(E)");
        assertThat(client.query("show pgweir.lsn")).contains("25P02", "Z(E)");
        client.query("rollback");
        assertThat(client.query(READ)).contains("D(2)");
    }

    @Test
    void aTokenIsToldOfSessionsThatNobodyAsksFor() {
        restart(reads(Consistency.EVENTUAL, Hints.LEADER));
        String before = position();
        client.query("insert into t values (1)");
        assertBetween(before, shown(client.query("show pgweir.lsn")), position());
        client.query("create temp table mine (i int)");
        before = position();
        client.query("insert into t values (2)");
        assertBetween(before, shown(client.query("show pgweir.lsn")), position());
    }

    @Test
    void whatASessionWroteWhileItHadToStayItReadsWhenItMayGo() {
        client.query(READ);
        replay(false);
        try {
            client.query("create temp table mine (i int)");
            client.query("insert into t values (1)");
            client.query("discard all");
            assertThat(client.query(READ)).contains("D(1)");
        } finally {
            replay(true);
        }
        assertThat(roles(READ)).containsExactly("async: read", "leader: stale");
    }
}
