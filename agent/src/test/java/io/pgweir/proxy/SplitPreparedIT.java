package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is prepared by SQL, on two servers as on one. */
@Timeout(120)
class SplitPreparedIT {
    private static SplitBesideDirect servers;

    @BeforeAll
    static void startServers() {
        servers = new SplitBesideDirect(
                "truncate t; insert into t values (1), (2); drop table if exists made; drop schema if exists other cascade",
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
    void whatIsExecutedIsReadOnTheStandby() {
        servers.same(
                "prepare plain (int) as select i from t where i >= $1 order by i",
                "execute plain (2)",
                "execute plain (1)",
                "execute plain (1 + 1)",
                "|execute plain(2)",
                "explain (costs off) execute plain (1)",
                "begin read only",
                "execute plain (+1)",
                "commit",
                "deallocate plain",
                "execute plain (2)");
        assertThat(servers.roles("execute plain (1)")).containsExactly("async: read");
        assertThat(servers.roles("execute plain (1 + 1)")).containsExactly("async: read");
        assertThat(servers.roles("execute plain(2)")).containsExactly("async: read");
        assertThat(servers.roles("execute plain (+1)")).containsExactly("async: read-only");
        assertThat(servers.roles("explain (costs off) execute plain (1)")).containsExactly("async: read");
        assertThat(servers.roles("execute plain (2)")).contains("async: read", "leader: unknown-statement");
    }

    @Test
    void whatWritesIsExecutedByTheLeaderAndSeen() {
        servers.same(
                "prepare writes (int) as insert into t values ($1)",
                "prepare reads as select count(*) from t",
                "execute reads",
                "execute writes (3)",
                "execute reads",
                "execute writes (4)",
                "explain (costs off) execute writes (4)",
                "execute reads",
                "create table made as execute reads",
                "select * from made",
                "execute reads");
        assertThat(servers.roles("execute writes (3)")).containsExactly("leader: write");
        assertThat(servers.roles("execute reads")).containsOnly("async: read");
    }

    /** Each line is a script; its lines are separated by {@code ;;}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // Names.
                "prepare p as select 1;; prepare p as select 2;; execute p;; deallocate p;; prepare p as select 2;; execute p",
                "prepare \"P\" as select 1;; execute P;; execute \"P\";; deallocate P;; deallocate \"P\";; execute \"P\"",
                "prepare Mixed as select 1;; execute mixed;; execute MIXED;; execute \"Mixed\"",
                "prepare p as select 1;; prepare q as select 2;; execute p;; execute q;; deallocate all;; execute p;; execute q",
                "prepare p as select 1;; execute p;; discard all;; execute p;; prepare p as select 3;; execute p",
                "prepare p as select 1;; execute p;; discard plans;; execute p",
                "execute nobody;; select 1;; deallocate nobody;; select 1",
                "prepare prepare as select 1;; execute prepare;; deallocate prepare;; execute prepare",
                // What is prepared is no part of a transaction.
                "begin;; prepare p as select i from t order by i;; rollback;; execute p",
                "begin;; prepare p as select 1;; select 1 / 0;; rollback;; execute p",
                "prepare p as select 1;; execute p;; begin;; deallocate p;; rollback;; execute p",
                "prepare p as select 1;; execute p;; begin;; deallocate p;; prepare p as select 2;; select 1 / 0;; rollback;; execute p",
                "begin;; savepoint a;; prepare p as select 4;; rollback to a;; execute p;; commit;; execute p",
                "begin;; create table made (i int);; prepare p as select * from made;; rollback;; execute p",
                "begin read only;; prepare p as select count(*) from t;; execute p;; commit;; execute p",
                "prepare p as select count(*) from t;; begin read only;; execute p;; execute p;; rollback;; execute p",
                // Query strings.
                "prepare p as select 1; execute p;; execute p",
                "prepare p as select 1; select 1 / 0;; execute p",
                "prepare p as select 1;; execute p;; deallocate p; prepare p as select 2; select 1 / 0;; execute p",
                "prepare p as select 1;; execute p;; deallocate all; select 1 / 0;; execute p",
                "prepare p as select 1; prepare q as select 2;; execute p; execute q;; execute q; execute p; execute p",
                "prepare p as select 1; prepare p as select 2;; execute p",
                // What fails.
                "prepare p as select * from nothing;; execute p;; select 1",
                "prepare p (int) as select $1;; execute p;; execute p (1, 2);; execute p ('x');; execute p (7)",
                "prepare p (int) as select 1 / $1;; execute p (0);; execute p (1)",
                "prepare p as selec;; execute p",
                "prepare p as create table made (i int);; execute p",
                "execute p (;; select 1",
                "prepare p (int) as select $1;; execute p (1) x;; execute p (select 1);; execute p ((select 1))",
                // How a text is read.
                "set datestyle = 'iso, dmy';; prepare p as select date '02/03/2004';; execute p;; set datestyle = 'iso, mdy';; execute p",
                "prepare p as select date '02/03/2004';; set datestyle = 'iso, dmy';; execute p;; reset datestyle;; execute p",
                "begin;; set local datestyle = 'iso, dmy';; prepare p as select date '02/03/2004';; commit;; execute p",
                "begin read only;; set local datestyle = 'iso, dmy';; select 1;; prepare p as select date '02/03/2004';; commit;; execute p",
                "begin;; set datestyle = 'iso, dmy';; prepare p as select date '02/03/2004';; rollback;; execute p",
                "set local datestyle = 'iso, dmy'; prepare p as select date '02/03/2004';; execute p",
                "set datestyle = 'iso, dmy'; prepare p as select date '02/03/2004';; execute p",
                "set timezone = 'Asia/Tokyo';; prepare p as select timestamptz '2004-01-01 00:00';; set timezone = 'UTC';; execute p",
                "set standard_conforming_strings = off;; prepare p as select 'a\\tb';; set standard_conforming_strings = on;; execute p",
                "prepare p as select 'a\\tb';; set standard_conforming_strings = off;; execute p;; prepare q as select 'a\\tb';; execute q",
                "create schema other; create table other.t (j text); insert into other.t values ('x');; prepare p as select * from t order by 1;; execute p;; set search_path = other;; execute p;; reset search_path;; execute p",
                "create schema other; create table other.t (i int); insert into other.t values (9);; prepare p as select * from t order by 1;; set search_path = other;; execute p;; reset search_path;; execute p",
                "set client_encoding = 'latin1';; prepare p as select length('\u00e9');; execute p;; set client_encoding = 'utf8';; execute p",
                "prepare p as select '\u00e9\u4e2d';; execute p;; execute p",
                "set work_mem = '2MB';; prepare p as select current_setting('work_mem');; execute p;; set work_mem = '3MB';; execute p",
                "set my.own = 'a';; prepare p as select current_setting('my.own');; execute p;; set my.own = 'b';; execute p",
                // Behind somebody's back.
                "do $$ begin execute 'prepare p as select 5'; end $$;; execute p",
                "prepare p as select 1;; execute p;; do $$ begin execute 'deallocate p'; execute 'prepare p as select 2'; end $$;; execute p",
                // Tables that change.
                "create table made (i int);; prepare p as select * from made;; execute p;; insert into made values (1);; execute p;; drop table made;; execute p;; create table made (i int);; execute p",
                "prepare p as select doubtful();; execute p;; select 1",
                "prepare p as select nextval('s') > 0;; execute p;; execute p",
                "prepare p (int) as select $1 > 0;; execute p (nextval('s')::int);; execute p (1)",
                "prepare p as select 1 from t for update;; execute p;; begin read only;; execute p;; rollback",
                "/*pgweir: leader*/ prepare p as select 6;; execute p;; /*pgweir: leader*/ execute p",
                "prepare transaction 'x';; select 1",
            })
    void whateverIsPreparedAndExecuted(String script) {
        servers.same(script.split(";; ?"));
    }

    /** The same, by the extended protocol. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "|prepare p as select 1;; |execute p;; |deallocate p;; |execute p",
                "|prepare p (int) as select i from t where i > $1;; |execute p (1);; execute p (1);; |execute p (0)",
                "|begin read only;; |prepare p as select 1;; |execute p;; |commit;; |execute p",
                "prepare p as select i from t order by i;; |begin read only;; |execute p;; |execute p;; |commit",
            })
    void whateverIsPreparedAndExecutedByTheExtendedProtocol(String script) {
        servers.same(script.split(";; ?"));
    }

    private static String answer(PgWire client, byte[]... messages) {
        client.send(messages);
        return Reply.line(client.readUntilReady());
    }

    private static byte[] bound(String statement) {
        return Frontend.concat(Frontend.bind("", statement), Frontend.describePortal(""), Frontend.execute("", 0));
    }

    @Test
    void namesOfBothProtocolsAreTheSame() {
        servers.alike(client -> new String[] {
            answer(client, Frontend.parse("a", "select i from t order by i"), Frontend.sync()),
            client.query("execute a"),
            client.query("execute a"),
            client.query("prepare a as select 2"),
            client.query("prepare b (int) as select $1 + 1"),
            answer(client, Frontend.describeStatement("b"), Frontend.sync()),
            answer(client, Frontend.bind("", "b", "4"), Frontend.execute("", 0), Frontend.sync()),
            answer(client, Frontend.bind("", "b", "5"), Frontend.execute("", 0), bound("a"), Frontend.sync()),
            answer(client, Frontend.parse("b", "select 8"), bound("b"), Frontend.sync()),
            answer(client, Frontend.parse("a", "select 9"), Frontend.sync()),
            answer(client, Frontend.bind("", "b", "6"), Frontend.execute("", 0), Frontend.sync()),
            client.query("select name, from_sql from pg_prepared_statements order by name"),
            answer(client, Frontend.closeStatement("b"), Frontend.sync()),
            client.query("execute b (1)"),
            client.query("deallocate a"),
            answer(client, bound("a"), Frontend.sync()),
            client.query("prepare a as select 10"),
            answer(client, bound("a"), Frontend.sync()),
            answer(client, Frontend.parse("c", "execute a"), bound("c"), Frontend.sync()),
            answer(client, bound("c"), bound("c"), Frontend.sync()),
            client.query("discard all"),
            answer(client, bound("c"), Frontend.sync()),
        });
    }

    @Test
    void whatOnlyTheStandbyHasParsedTheLeaderDeallocates() {
        servers.alike(client -> new String[] {
            answer(client, Frontend.parse("a", "select i from t order by i"), bound("a"), Frontend.sync()),
            client.query("deallocate a"),
            answer(client, Frontend.parse("a", "select i + 1 from t order by i"), bound("a"), Frontend.sync()),
            client.query("begin"),
            client.query("execute a"),
            client.query("commit"),
            client.query("deallocate a"),
            client.query("deallocate a"),
        });
    }

    @Test
    void batchesAndPipelinesKeepTheirOrder() {
        servers.alike(client -> {
            client.query("prepare p (int) as select i from t where i = $1");
            client.send(
                    Frontend.query("execute p (1)"),
                    Frontend.query("deallocate p"),
                    Frontend.query("prepare p (int) as insert into t values ($1)"),
                    Frontend.query("execute p (7)"),
                    Frontend.query("select count(*) from t"),
                    Frontend.query("execute p (8)"),
                    Frontend.query("select count(*) from t"));
            String[] answers = new String[9];
            for (int i = 0; i < 7; i++) {
                answers[i] = Reply.line(client.readUntilReady());
            }
            client.query("prepare q as select count(*) from t");
            answers[7] = answer(
                    client,
                    Frontend.parse("", "select 1 from t limit 1"),
                    bound(""),
                    Frontend.parse("", "execute q"),
                    bound(""),
                    Frontend.parse("", "insert into t values (9)"),
                    bound(""),
                    Frontend.parse("", "execute q"),
                    bound(""),
                    Frontend.sync());
            answers[8] = client.query("execute q");
            return answers;
        });
        assertThat(servers.roles("execute q")).containsExactly("async: read", "leader: write", "async: read");
    }

    @Test
    void anUnnamedStatementOutlivesWhatIsAskedInBetween() {
        servers.alike(client -> new String[] {
            answer(client, Frontend.parse("", "insert into t values (5)"), Frontend.sync()),
            answer(client, bound(""), Frontend.sync()),
            answer(client, bound(""), Frontend.sync()),
            answer(client, bound(""), Frontend.sync()),
            answer(client, Frontend.parse("", "select count(*) from t"), Frontend.sync()),
            answer(client, bound(""), Frontend.sync()),
            answer(client, bound(""), Frontend.sync()),
        });
    }

    @Test
    void aStandbyThatGoesTakesNothingAlong() {
        try (PgWire client = servers.login(Map.of())) {
            client.query("prepare p as select count(*) from t");
            assertThat(client.query("execute p")).contains("D(2)");
            servers.standby.query(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'execute p%'");
            assertThat(client.query("execute p")).contains("D(2)", "Z(I)");
            assertThat(client.query("execute p")).contains("D(2)", "Z(I)");
        }
    }
}
