package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** READ ONLY blocks of a split listener with nothing configured: what a client hears of them is what a leader alone would say. */
@Timeout(120)
class SplitReadOnlyIT {
    private static SplitBesideDirect servers;

    @BeforeAll
    static void startServers() {
        servers = new SplitBesideDirect(
                "delete from t where i > 2",
                "create table t (i int)",
                "insert into t values (1), (2)",
                "create sequence s",
                "create function doubtful() returns int volatile language sql as 'select 7'");
    }

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    @Test
    void aBlockThatReadsIsTheStandbys() {
        servers.same("begin read only", "select 1 from t", "|select 2 from t", "commit");
        servers.same("|begin read only", "|select 3 from t", "|rollback");
        servers.same("begin", "select 4 from t", "commit");
        assertThat(servers.roles("select 1 from t")).containsExactly("async: read-only");
        assertThat(servers.roles("select 2 from t")).containsExactly("async: read-only");
        assertThat(servers.roles("select 3 from t")).containsExactly("async: read-only");
        assertThat(servers.roles("select 4 from t")).containsExactly("leader: transaction");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin read only; select count(*) from t; commit",
                "begin isolation level serializable read only",
                "begin isolation level serializable read only deferrable",
                "begin isolation level repeatable read read only",
                "start transaction read only, deferrable",
                "begin read only, read write",
                "begin read write, read only",
                "begin transaction read only",
            })
    void whateverABlockBeginsWith(String begin) {
        servers.same(
                begin,
                "select count(*) from t",
                "show transaction_isolation",
                "show transaction_read_only",
                "show transaction_deferrable",
                "insert into t values (3)",
                "select count(*) from t",
                "rollback",
                "select count(*) from t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set transaction read write",
                "set transaction isolation level serializable",
                "set transaction isolation level repeatable read",
                "set transaction deferrable",
                "set transaction snapshot '00000003-0000001B-1'",
                "set local transaction_read_only = off",
                "set transaction_isolation = serializable",
                "select set_config('transaction_read_only', 'off', false)",
                "select current_setting('transaction_read_only')",
                "select doubtful()",
                "select nextval('s')",
                "select pg_try_advisory_xact_lock(7)",
                "select pg_notify('c', 'x')",
                "lock table t in access share mode",
                "lock table t",
                "select count(*) from (select i from t for share) x",
                "savepoint a",
                "release a",
                "begin",
                "begin read only",
                "commit and chain",
                "rollback and chain",
                "prepare transaction 'x'",
                "create temp table mine (i int)",
                "copy t to stdout",
                "copy t from stdin",
                "declare c cursor for select i from t",
                "fetch c",
                "listen c",
                "notify c",
                "vacuum",
                "set work_mem = '2MB'",
                "set local work_mem = '3MB'",
                "set local datestyle = 'iso, dmy'",
                "set local time zone 'Asia/Tokyo'",
                "set local search_path = nowhere",
                "set local role pg_monitor",
                "set local client_encoding = 'latin1'",
                "select 1 / 0 from t",
                "select 1; select 2",
                "select nothing from t",
                "selec",
                "discard all",
                "analyze t",
                "explain analyze delete from t",
                "do 'begin end'",
                "prepare made as select 1",
                "",
            })
    void whateverComesFirstInABlockOrBehindARead(String statement) {
        for (String end : new String[] {"commit", "rollback"}) {
            servers.same(
                    "begin read only",
                    statement,
                    "show transaction_read_only",
                    "select count(*) from t",
                    end,
                    "show work_mem",
                    "show transaction_read_only");
            servers.same(
                    "begin read only",
                    "select count(*) from t",
                    statement,
                    "show transaction_isolation",
                    "insert into t values (3)",
                    end,
                    "show transaction_read_only");
        }
        servers.same(
                "begin read only", "|select count(*) from t", "|" + statement, "|select count(*) from t", "rollback");
    }

    @Test
    void aBlockMayBecomeOneThatWritesBeforeItsFirstQuery() {
        servers.same(
                "begin read only",
                "set transaction read write",
                "insert into t values (8)",
                "commit",
                "select count(*) from t where i = 8",
                "delete from t where i = 8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set default_transaction_isolation = 'serializable'",
                "set session characteristics as transaction isolation level repeatable read",
                "select set_config('default_transaction_isolation', 'repeatable read', false)",
                "set default_transaction_read_only = on",
                "set default_transaction_deferrable = on",
            })
    void whateverBlocksBeginAsByASetting(String setting) {
        servers.same(
                setting,
                "begin read only",
                "select count(*) from t",
                "show transaction_isolation",
                "commit",
                "begin",
                "select count(*) from t",
                "insert into t values (3)",
                "rollback",
                "reset all",
                "begin read only",
                "select count(*) from t",
                "show transaction_isolation",
                "commit");
    }

    @Test
    void whateverBlocksBeginAsByTheStartupPacketOrTheLeadersFiles() {
        Map<String, String> options = Map.of("options", "-c default_transaction_isolation=serializable");
        servers.same(options, "begin read only", "select 5 from t", "show transaction_isolation", "commit");
        assertThat(servers.roles("select 5 from t")).containsExactly("leader: transaction");
        isolation("serializable");
        servers.same("begin read only", "select 6 from t", "show transaction_isolation", "commit");
        isolation("read committed");
        assertThat(servers.roles("select 6 from t")).containsExactly("leader: transaction");
    }

    /** Of the leader alone: a hot standby takes no serializable block, so its own file says something else. */
    private static void isolation(String level) {
        servers.primary.query("alter system set default_transaction_isolation = '" + level + "'");
        servers.primary.query("select pg_reload_conf()");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> level.equals(servers.primary.query("show default_transaction_isolation")));
    }

    @Test
    void aTemporaryTableKeepsBlocksAtTheLeader() {
        servers.same(
                "create temp table mine (i int)",
                "begin read only",
                "insert into mine values (1)",
                "select count(*) from mine",
                "commit",
                "select count(*) from mine");
    }

    @Test
    void anErrorInABlockIsTheStandbysAndItsEndToo() {
        servers.same(
                "begin read only",
                "select 1 / 0 from t",
                "select count(*) from t",
                "savepoint a",
                "rollback to a",
                "commit",
                "select count(*) from t");
        assertThat(servers.roles("select 1 / 0 from t")).contains("async: read-only");
    }

    @Test
    void aNamedPortalMakesABlockTheLeaders() {
        try (PgWire client = servers.login(Map.of())) {
            client.query("begin read only");
            client.query("select 7 from t");
            client.send(
                    Frontend.parse("", "select i from t order by i"),
                    Frontend.bind("portal", ""),
                    Frontend.execute("portal", 1),
                    Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).contains("D(1)", "s", "Z(T)");
            assertThat(client.query("select doubtful()")).contains("D(7)");
            client.send(Frontend.execute("portal", 1), Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).contains("D(2)");
            assertThat(client.query("commit")).contains("C(COMMIT) Z(I)");
        }
        assertThat(servers.roles("select 7 from t")).containsExactly("async: read-only");
    }

    @Test
    void rowsOfAnUnnamedPortalComeInPiecesFromTheStandby() {
        try (PgWire client = servers.login(Map.of())) {
            client.query("begin read only");
            client.send(
                    Frontend.parse("", "select i + 0 from t order by i"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 1),
                    Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).contains("D(1)", "s", "Z(T)");
            client.send(Frontend.execute("", 0), Frontend.sync());
            assertThat(Reply.line(client.readUntilReady())).contains("D(2)", "C(SELECT 1)", "Z(T)");
            assertThat(client.query("select doubtful()")).contains("D(7)", "Z(T)");
            assertThat(client.query("commit")).contains("C(COMMIT) Z(I)");
        }
        assertThat(servers.roles("select i + 0 from t order by i")).containsOnly("async: read-only");
    }

    @Test
    void whatASessionHasWrittenItsNextBlockSees() {
        try (PgWire client = servers.login(Map.of())) {
            for (int i = 0; i < 20; i++) {
                client.query("insert into t values (9)");
                client.query("begin read only");
                assertThat(client.query("select count(*) from t where i = 9")).contains("D(" + (i + 1) + ")");
                client.query("commit");
            }
            client.query("delete from t where i = 9");
        }
        assertThat(servers.roles("select count(*) from t where i = 9")).contains("async: read-only");
    }

    @Test
    void aConflictWithReplayMovesABlockToTheLeader() {
        servers.standby.query("alter system set max_standby_streaming_delay = 0");
        servers.standby.query("select pg_reload_conf()");
        servers.primary.query("create table gone (i int)");
        try (PgWire client = servers.login(Map.of())) {
            client.query("begin read only");
            assertThat(client.query("select count(*) from gone")).contains("D(0)", "Z(T)");
            servers.primary.query("drop table gone");
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            "0".equals(servers.standby.query("select count(*) from pg_class where relname = 'gone'")));
            assertThat(client.query("select count(*) from t where i < 3")).contains("D(2)", "Z(T)");
            assertThat(client.query("commit")).contains("C(COMMIT) Z(I)");
        } finally {
            servers.standby.query("alter system reset max_standby_streaming_delay");
            servers.standby.query("select pg_reload_conf()");
        }
    }
}
