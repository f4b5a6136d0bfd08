package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.config.ReadsConfig.Hints;
import io.pgweir.config.ReadsConfig.Transactions;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transaction blocks that a standby runs, as long as it can. */
@Timeout(120)
class SplitBlocksIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String READ = "select count(*) from t";

    private static PgServer primary;
    private static PgServer standby;

    private RunningAgent agent;
    private PgWire client;

    @BeforeAll
    static void startServers() {
        primary = PgServer.builder()
                .hba("host all all 127.0.0.1/32 trust")
                // What was rolled back is sent to standbys when the WAL writer comes by.
                .setting("wal_writer_delay", "10ms")
                .start();
        primary.query("create role weir login superuser");
        primary.query("create table t(i int)");
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
        start(Transactions.READ_ONLY);
    }

    @AfterEach
    void stopAgent() {
        client.close();
        agent.close();
    }

    private void start(Transactions transactions) {
        agent = RunningAgent.builder()
                .cluster(
                        SplitFixture.cluster(primary, standby),
                        SplitFixture.listener(
                                "split",
                                SplitFixture.reads(Consistency.SESSION, transactions, Hints.LEADER),
                                FailoverConfig.DEFAULT))
                .start();
        client = login(Map.of());
    }

    private void restart(Transactions transactions) {
        stopAgent();
        start(transactions);
    }

    private PgWire login(Map<String, String> parameters) {
        return PgWire.login("127.0.0.1", agent.port("split"), parameters, null);
    }

    private List<String> roles(String text) {
        return SplitFixture.roles(agent, text);
    }

    private static String line(List<Reply> replies) {
        return String.join(" ", replies.stream().map(Reply::toString).toList());
    }

    private List<String> each(String... texts) {
        return Arrays.stream(texts).map(client::query).toList();
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
    void readOnlyTransactionsRunOnTheStandby() {
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
        restart(Transactions.DEFERRED);
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
        restart(Transactions.DEFERRED);
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
        restart(Transactions.DEFERRED);
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
