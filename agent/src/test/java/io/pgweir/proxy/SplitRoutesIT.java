package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.ServerFacts;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.ListenerLimitsConfig;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Hints;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.config.SplitConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.Arrays;
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
        return new ReadsConfig(
                List.of(Role.ASYNC),
                consistency,
                Duration.ofMillis(200),
                ReadsConfig.Otherwise.LEADER,
                List.of(hints),
                Transactions.LEADER);
    }

    private static ReadsConfig reads(Transactions transactions) {
        return new ReadsConfig(
                List.of(Role.ASYNC),
                Consistency.SESSION,
                Duration.ofMillis(200),
                ReadsConfig.Otherwise.LEADER,
                List.of(Hints.LEADER),
                transactions);
    }

    private void start(ReadsConfig reads) {
        agent = RunningAgent.builder().cluster(cluster(), listener(reads)).start();
        client = login(Map.of());
    }

    private void restart(ReadsConfig reads) {
        stopAgent();
        start(reads);
    }

    private PgWire login(Map<String, String> parameters) {
        return PgWire.login("127.0.0.1", agent.port("split"), parameters, null);
    }

    private static HostPort at(int port) {
        return new HostPort("127.0.0.1", port);
    }

    private static ListenerConfig listener(ReadsConfig reads) {
        return new ListenerConfig(
                "split",
                at(0),
                "main",
                ListenerConfig.Mode.SPLIT,
                List.of(),
                List.of(),
                RunningAgent.NO_CLIENT_TLS,
                ListenerConfig.SOCKET_MODE,
                false,
                ListenerLimitsConfig.NONE,
                null,
                null,
                new SplitConfig(
                        reads,
                        FailoverConfig.DEFAULT,
                        new AuthConfig(
                                AuthConfig.From.QUERY,
                                AuthConfig.Query.DEFAULT,
                                null,
                                null,
                                AuthConfig.Cache.DEFAULT,
                                AuthConfig.Nodes.CLIENT_KEY,
                                AuthConfig.AwsIam.DEFAULT,
                                null)));
    }

    private static ClusterConfig cluster() {
        return new ClusterConfig(
                List.of(at(primary.port()), at(standby.port())),
                null,
                null,
                RunningAgent.NO_SERVER_TLS,
                Duration.ofSeconds(2),
                new MonitorConfig("weir", null, "postgres", Duration.ofMillis(100), Duration.ofSeconds(2)),
                null,
                BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                null,
                null,
                DrainConfig.DEFAULT);
    }

    /** Where the statements of that text ran, in order. */
    private List<String> roles(String text) {
        return servers(text).stream()
                .map(server -> server.nodeRole() + ": " + server.route())
                .toList();
    }

    private List<ServerFacts> servers(String text) {
        await().atMost(SOON).until(() -> !matching(text).isEmpty());
        return matching(text).stream()
                .map(statement -> Objects.requireNonNull(statement.origin().server()))
                .toList();
    }

    private List<AuditEvent.Statement> matching(String text) {
        return agent.events(AuditEvent.Statement.class).stream()
                .filter(event -> event.execution().statement() != null)
                .filter(event -> Objects.requireNonNull(event.execution().statement())
                        .text()
                        .equals(text))
                .toList();
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

    private List<String> each(String... texts) {
        return Arrays.stream(texts).map(client::query).toList();
    }

    @Test
    void readOnlyTransactionsRunOnTheStandby() {
        restart(reads(Transactions.READ_ONLY));
        client.query("insert into t values (1)");
        for (String begin : List.of("begin read only", "start transaction isolation level read committed, read only")) {
            assertThat(client.query(begin)).contains("Z(T)");
            assertThat(client.query("set local work_mem = '1MB'")).contains("C(SET) Z(T)");
            assertThat(client.query(READ)).contains("D(1)", "Z(T)");
            assertThat(client.query("commit")).contains("C(COMMIT) Z(I)");
        }
        assertThat(roles(READ)).containsOnly("async: read-only");
        assertThat(roles("commit")).containsOnly("async: read-only");
        client.query("begin");
        client.query("select 1 from t");
        client.query("commit");
        client.query("/*pgweir: leader*/ begin read only");
        client.query("select 1 from t");
        client.query("commit");
        client.query("begin isolation level repeatable read read only");
        client.query("select 1 from t");
        client.query("commit");
        client.query("set default_transaction_isolation = 'repeatable read'");
        client.query("begin read only");
        client.query("select 1 from t");
        client.query("rollback");
        assertThat(roles("select 1 from t")).containsOnly("leader: transaction");
        client.query("reset default_transaction_isolation");
        client.query("begin read only");
        client.query("select 2 from t");
        client.query("rollback");
        assertThat(roles("select 2 from t")).containsOnly("async: read-only");
    }

    @Test
    void aBlockThatDoesSomethingElseThanReadIsTheLeaders() {
        restart(reads(Transactions.READ_ONLY));
        client.query("insert into t values (1)");
        each("begin read only", "set local work_mem = '3MB'", READ);
        assertThat(client.query("show transaction_read_only")).contains("D(on)", "Z(T)");
        assertThat(client.query("show work_mem")).contains("D(3MB)");
        assertThat(client.query(READ)).contains("D(1)");
        assertThat(client.query("insert into t values (2)")).contains("25006", "Z(E)");
        assertThat(client.query(READ)).contains("25P02");
        assertThat(client.query("rollback")).contains("ROLLBACK", "Z(I)");
        assertThat(roles(READ)).startsWith("async: read-only", "leader: transaction");
        assertThat(client.query(READ)).contains("D(1)");
        assertThat(roles(READ)).endsWith("async: read");
        assertThat(primary.query("select count(*) from pg_stat_activity where state like 'idle in transaction%'"))
                .isEqualTo("0");
        await().atMost(SOON)
                .until(() -> "0"
                        .equals(standby.query(
                                "select count(*) from pg_stat_activity where state like 'idle in transaction%'")));
    }

    @Test
    void aTransactionMayBeginWithReadsAndGoOnToWrite() {
        restart(reads(Transactions.DEFERRED));
        client.query("insert into t values (1)");
        each("begin", READ);
        assertThat(client.query("insert into t values (2)")).contains("INSERT 0 1", "Z(T)");
        assertThat(client.query(READ)).contains("D(2)");
        assertThat(client.query("savepoint a")).contains("Z(T)");
        assertThat(client.query("rollback")).contains("ROLLBACK", "Z(I)");
        assertThat(client.query(READ)).contains("D(1)");
        each("begin", READ, "insert into t values (2)", "commit");
        assertThat(client.query(READ)).contains("D(2)");
        assertThat(roles(READ))
                .containsExactly(
                        "async: deferred", "leader: transaction", "async: read", "async: deferred", "async: read");
        assertThat(roles("insert into t values (2)")).containsOnly("leader: write");
    }

    @Test
    void batchesBeginAndEndBlocksToo() {
        restart(reads(Transactions.DEFERRED));
        client.query(READ);
        client.send(
                Frontend.parse("", "begin"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", READ),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady())).contains("C(BEGIN)", "D(0)", "Z(T)");
        client.send(
                Frontend.parse("", READ),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into t values (1)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady()))
                .contains("D(0)", "INSERT 0 1")
                .containsOnlyOnce("Z(T)")
                .doesNotContain("Z(I)");
        assertThat(extended("commit")).contains("C(COMMIT)", "Z(I)");
        client.send(
                Frontend.parse("", "begin read only"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", READ),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "commit"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into t values (2)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        assertThat(line(client.readUntilReady()))
                .contains("C(BEGIN)", "D(1)", "C(COMMIT)", "INSERT 0 1")
                .containsOnlyOnce("Z(");
        client.send(
                Frontend.query("begin"),
                Frontend.query("select 1 / 0 from t"),
                Frontend.query(READ),
                Frontend.query("rollback; insert into t values (3)"),
                Frontend.query(READ));
        assertThat(line(client.readUntilReady())).contains("Z(T)");
        assertThat(line(client.readUntilReady())).contains("22012", "Z(E)");
        assertThat(line(client.readUntilReady())).contains("25P02", "Z(E)");
        assertThat(line(client.readUntilReady())).contains("ROLLBACK", "INSERT 0 1", "Z(I)");
        assertThat(line(client.readUntilReady())).contains("D(3)", "Z(I)");
        assertThat(roles("select 1 / 0 from t")).containsExactly("async: deferred");
    }

    @Test
    void aBlockOutlivesTheStandbyThatRunsIt() {
        restart(reads(Transactions.READ_ONLY));
        client.query("insert into t values (1)");
        each("begin read only", READ);
        standby.query("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'");
        assertThat(client.query(READ)).contains("D(1)", "Z(T)");
        assertThat(client.query("insert into t values (2)")).contains("25006", "Z(E)");
        assertThat(client.query("rollback")).contains("ROLLBACK", "Z(I)");
        each("begin read only", "select 1 / 0 from t");
        standby.query("select pg_terminate_backend(pid) from pg_stat_activity where state like 'idle in transaction%'");
        assertThat(client.query(READ)).contains("25P02", "Z(E)");
        assertThat(client.query("rollback")).contains("ROLLBACK", "Z(I)");
        assertThat(client.query(READ)).contains("D(1)");
    }

    @Test
    void whatTheStandbyRefusesInABlockTheLeaderRunsInItsPlace() {
        restart(reads(Transactions.DEFERRED));
        each("begin", READ);
        assertThat(client.query("select liar() > 0")).contains("D(t)", "Z(T)").doesNotContain("E(");
        assertThat(client.query("insert into t values (1)")).contains("INSERT 0 1", "Z(T)");
        assertThat(client.query("commit")).contains("C(COMMIT) Z(I)");
        assertThat(client.query(READ)).contains("D(1)");
        assertThat(roles("select liar() > 0")).containsExactly("leader: retry");
        each("begin read only", "/*1*/ select liar() < 0");
        assertThat(client.query(READ)).contains("25P02", "Z(E)");
        assertThat(client.query("rollback")).contains("ROLLBACK", "Z(I)");
    }
}
