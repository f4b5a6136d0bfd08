package io.pgweir.equality;

import static io.pgweir.equality.Script.script;
import static io.pgweir.lab.Frontend.bind;
import static io.pgweir.lab.Frontend.closePortal;
import static io.pgweir.lab.Frontend.closeStatement;
import static io.pgweir.lab.Frontend.concat;
import static io.pgweir.lab.Frontend.describePortal;
import static io.pgweir.lab.Frontend.describeStatement;
import static io.pgweir.lab.Frontend.execute;
import static io.pgweir.lab.Frontend.flush;
import static io.pgweir.lab.Frontend.int4;
import static io.pgweir.lab.Frontend.parse;
import static io.pgweir.lab.Frontend.query;
import static io.pgweir.lab.Frontend.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The extended protocol: statements, portals, pipelines, and the errors that skip to Sync. */
final class ExtendedScripts {

    private static final String TABLE = "drop table if exists eq_x; create table eq_x(i int primary key, t text);"
            + " insert into eq_x select g, 'row ' || g from generate_series(1, 20) g";
    private static final String ROWS = "select g from generate_series(1, 10) g";

    private ExtendedScripts() {}

    static List<Script> all() {
        var all = new ArrayList<Script>();
        statements(all);
        portals(all);
        pipelines(all);
        errors(all);
        sizes(all);
        return all;
    }

    private static void statements(List<Script> all) {
        add(all, "unnamed", parse("", "select $1::int + 1"), bind("", "", "41"), execute("", 0));
        add(
                all,
                "with every Describe",
                parse("", "select $1::text as v"),
                describeStatement(""),
                bind("", "", "x"),
                describePortal(""),
                execute("", 0),
                closePortal(""),
                closeStatement(""));
        add(
                all,
                "no parameters, no rows",
                parse("", "update eq_x set t = 'z' where i = 1"),
                describeStatement(""),
                bind("", ""),
                describePortal(""),
                execute("", 0));
        add(
                all,
                "empty statement",
                parse("", ""),
                describeStatement(""),
                bind("", ""),
                describePortal(""),
                execute("", 0));
        add(all, "comment only", parse("", "-- nothing"), bind("", ""), execute("", 0));
        add(
                all,
                "types given",
                parse("", "select $1, $2", 23, 25),
                describeStatement(""),
                bind("", "", "1", "two"),
                execute("", 0));
        add(
                all,
                "fewer types than parameters",
                parse("", "select $1::int, $2::text, $3::date", 23),
                describeStatement(""));
        add(
                all,
                "more types than parameters",
                parse("", "select 1", 23, 23),
                describeStatement(""),
                bind("", "", "1", "2"),
                execute("", 0));
        add(all, "null parameter", parse("", "select $1::int is null"), bind("", "", (String) null), execute("", 0));
        add(all, "two statements in one Parse", parse("", "select 1; select 2"));
        add(
                all,
                "insert returning",
                parse("", "insert into eq_x values ($1, $2) returning *"),
                bind("", "", "500", "n"),
                execute("", 0));
        add(all, "utility", parse("", "set timezone = 'UTC'"), describeStatement(""), bind("", ""), execute("", 0));
        add(
                all,
                "explain",
                parse("", "explain (costs off) select 1"),
                describeStatement(""),
                bind("", ""),
                execute("", 0));
        add(
                all,
                "begin and commit in one segment",
                parse("", "begin"),
                bind("", ""),
                execute("", 0),
                parse("", "select 1"),
                bind("", ""),
                execute("", 0),
                parse("", "commit"),
                bind("", ""),
                execute("", 0));
        all.add(script("extended named statement used again")
                .login()
                .extended(parse("s", "select $1::int * 2"))
                .extended(bind("", "s", "1"), execute("", 0))
                .extended(bind("", "s", "2"), execute("", 0))
                .extended(closeStatement("s"))
                .extended(bind("", "s", "3"), execute("", 0))
                .end());
        all.add(script("extended statement prepared by SQL, executed by message")
                .login()
                .query("prepare q(int) as select $1 + 1")
                .extended(describeStatement("q"), bind("", "q", "1"), execute("", 0))
                .extended(closeStatement("q"))
                .query("execute q(1)")
                .end());
        all.add(script("extended statement parsed by message, executed by SQL")
                .login()
                .extended(parse("q", "select $1::int + 1"))
                .query("execute q(41); deallocate q")
                .extended(bind("", "q", "1"), execute("", 0))
                .end());
        all.add(script("extended duplicate statement name")
                .login()
                .extended(parse("s", "select 1"))
                .extended(parse("s", "select 2"))
                .extended(bind("", "s"), execute("", 0))
                .end());
        all.add(script("extended failed Parse frees the unnamed statement")
                .login()
                .extended(parse("", "select 1"))
                .extended(parse("", "selec 2"))
                .extended(bind("", ""), execute("", 0))
                .end());
        all.add(script("extended Query destroys the unnamed statement")
                .login()
                .extended(parse("", "select 1"))
                .query("select 2")
                .extended(bind("", ""), execute("", 0))
                .end());
        all.add(script("extended cached plan must not change its result type")
                .setup(TABLE)
                .login()
                .extended(parse("s", "select * from eq_x where i = 1"))
                .extended(bind("", "s"), execute("", 0))
                .query("alter table eq_x add column n int")
                .extended(bind("", "s"), execute("", 0))
                .end());
        all.add(script("extended discard and deallocate")
                .login()
                .extended(parse("a", "select 1"), parse("b", "select 2"))
                .query("deallocate a")
                .query("deallocate all")
                .extended(describeStatement("b"))
                .query("discard all")
                .end());
    }

    private static void portals(List<Script> all) {
        add(
                all,
                "row limit, suspended thrice",
                parse("", ROWS),
                bind("", ""),
                execute("", 3),
                execute("", 3),
                execute("", 3),
                execute("", 3),
                execute("", 3));
        add(all, "row limit equal to the rows", parse("", ROWS), bind("", ""), execute("", 10), execute("", 1));
        add(
                all,
                "named portals in turns",
                parse("s", ROWS),
                bind("a", "s"),
                bind("b", "s"),
                execute("a", 2),
                execute("b", 3),
                execute("a", 0),
                execute("b", 0),
                closePortal("a"),
                closePortal("b"));
        add(
                all,
                "portal closed while suspended",
                parse("", ROWS),
                bind("p", ""),
                execute("p", 2),
                closePortal("p"),
                execute("p", 2));
        add(
                all,
                "row limit on an update",
                parse("", "update eq_x set t = 'u' returning i"),
                bind("", ""),
                execute("", 2),
                execute("", 0));
        add(
                all,
                "close of what does not exist",
                closeStatement("nowhere"),
                closePortal("nowhere"),
                closeStatement(""),
                closePortal(""));
        add(all, "describe of an unknown portal", describePortal("nowhere"));
        add(all, "describe of an unknown statement", describeStatement("nowhere"));
        add(all, "execute of an unknown portal", execute("nowhere", 0));
        add(
                all,
                "execute twice",
                parse("", "insert into eq_x values (600, 'x')"),
                bind("", ""),
                execute("", 0),
                execute("", 0));
        add(all, "negative row limit", parse("", ROWS), bind("", ""), execute("", -1));
        all.add(script("extended portal dies at Sync")
                .login()
                .extended(parse("s", ROWS), bind("p", "s"), execute("p", 2))
                .extended(execute("p", 2))
                .end());
        all.add(script("extended portal lives in a transaction")
                .login()
                .query("begin")
                .extended(parse("s", ROWS), bind("p", "s"), execute("p", 2))
                .extended(execute("p", 2))
                .query("fetch 3 from p")
                .extended(closePortal("p"))
                .query("commit")
                .end());
        all.add(script("extended cursor of SQL read by Execute")
                .login()
                .query("begin; declare c cursor for " + ROWS)
                .extended(describePortal("c"), execute("c", 4), execute("c", 0))
                .query("commit")
                .end());
        all.add(script("extended row limit with Flush, no Sync")
                .login()
                .send(parse("", ROWS), bind("", ""), execute("", 4), flush())
                .expect('s')
                .send(execute("", 4), flush())
                .expect('s')
                .send(execute("", 4), sync())
                .ready()
                .end());
    }

    private static void pipelines(List<Script> all) {
        all.add(script("pipeline Flush after each message")
                .login()
                .send(parse("", "select 1 as x"), flush())
                .expect('1')
                .send(describeStatement(""), flush())
                .expect('T')
                .send(bind("", ""), flush())
                .expect('2')
                .send(execute("", 0), flush())
                .expect('C')
                .send(sync())
                .ready()
                .end());
        all.add(script("pipeline three Syncs")
                .login()
                .send(sync(), sync(), sync())
                .ready()
                .ready()
                .ready()
                .end());
        all.add(script("pipeline Flush alone")
                .login()
                .send(flush(), flush(), sync())
                .ready()
                .end());
        all.add(script("pipeline of segments without waiting")
                .setup(TABLE)
                .login()
                .send(segment("select 1"), segment("select 1/0"), segment("select 3"))
                .send(query("select 4"))
                .ready()
                .ready()
                .ready()
                .ready()
                .end());
        all.add(script("pipeline of 500 executions in one segment")
                .login()
                .send(parse("s", "select $1::int"))
                .send(concat(Collections.nCopies(500, concat(bind("", "s", "7"), execute("", 0)))
                        .toArray(byte[][]::new)))
                .extended()
                .end());
        var many = script("pipeline of 300 segments").login();
        many.send(concat(Collections.nCopies(300, segment("select 1")).toArray(byte[][]::new)));
        for (int i = 0; i < 300; i++) {
            many.ready();
        }
        all.add(many.end());
        all.add(script("pipeline create database first in its segment fails later in it")
                .login()
                .extended(
                        parse("", "select 1"),
                        bind("", ""),
                        execute("", 0),
                        parse("", "vacuum"),
                        bind("", ""),
                        execute("", 0))
                .end());
        all.add(script("pipeline implicit transaction is rolled back")
                .setup(TABLE)
                .login()
                .extended(
                        parse("", "insert into eq_x values (700, 'x')"),
                        bind("", ""),
                        execute("", 0),
                        parse("", "select 1/0"),
                        bind("", ""),
                        execute("", 0))
                .query("select count(*) from eq_x")
                .end());
        all.add(script("pipeline SETs report once")
                .login()
                .extended(
                        parse("", "set application_name = 'p1'"),
                        bind("", ""),
                        execute("", 0),
                        parse("", "set application_name = 'p2'"),
                        bind("", ""),
                        execute("", 0))
                .end());
        all.add(script("pipeline mixed with Query before Sync")
                .login()
                .send(parse("", "select 1"), bind("", ""), execute("", 0), query("select 2"), sync())
                .ready()
                .ready()
                .end());
        all.add(script("pipeline then Terminate")
                .login()
                .send(segment("select 1"), segment("select 2"), io.pgweir.lab.Frontend.terminate())
                .closed()
                .end());
        all.add(script("pipeline then Terminate without Sync")
                .login()
                .send(parse("", "select 1"), bind("", ""), execute("", 0), io.pgweir.lab.Frontend.terminate())
                .closed()
                .end());
    }

    private static void errors(List<Script> all) {
        add(all, "error in Parse skips", parse("", "selec 1"), bind("", ""), describePortal(""), execute("", 0));
        add(
                all,
                "error in Bind skips",
                parse("", "select $1::int"),
                bind("", "", "abc"),
                execute("", 0),
                parse("", "select 2"));
        add(
                all,
                "error in Execute skips",
                parse("", "select 1/$1::int"),
                bind("", "", "0"),
                execute("", 0),
                execute("", 0),
                closeStatement("x"));
        add(
                all,
                "error after rows",
                parse("", "select 10 / (5 - g) from generate_series(1, 9) g"),
                bind("", ""),
                execute("", 0));
        add(
                all,
                "Bind with too few parameters",
                parse("", "select $1::int, $2::int"),
                bind("", "", "1"),
                execute("", 0));
        add(all, "Bind with too many parameters", parse("", "select $1::int"), bind("", "", "1", "2"), execute("", 0));
        add(
                all,
                "Bind with a wrong number of formats",
                parse("", "select $1::int"),
                bind("", "", new int[] {0, 0, 1}, new byte[][] {{'1'}}, new int[0]));
        add(
                all,
                "Bind with a wrong number of result formats",
                parse("", "select 1"),
                bind("", "", new int[0], new byte[0][], new int[] {0, 1, 0}),
                execute("", 0));
        add(
                all,
                "Bind with an unknown format",
                parse("", "select $1::int"),
                bind("", "", new int[] {7}, new byte[][] {{'1'}}, new int[0]));
        add(
                all,
                "Bind of a short binary int",
                parse("", "select $1::int"),
                bind("", "", new int[] {1}, new byte[][] {{1, 2}}, new int[0]));
        add(all, "Bind of an unknown statement", bind("", "nowhere"), execute("", 0));
        add(all, "duplicate portal", parse("", ROWS), bind("p", ""), bind("p", ""), execute("p", 0));
        add(
                all,
                "binary parameters and results",
                parse("", "select $1 + $2, $1::text", 23, 23),
                bind("", "", new int[] {1}, new byte[][] {int4(40), int4(2)}, new int[] {1, 0}),
                execute("", 0));
        all.add(script("extended error, then a Query is skipped too")
                .login()
                .send(parse("", "select 1/0"), bind("", ""), execute("", 0), query("select 2"), sync())
                .ready()
                .query("select 3")
                .end());
        all.add(script("extended error arrives without Flush or Sync")
                .login()
                .send(parse("", "selec"))
                .expect('E')
                .send(sync())
                .ready()
                .end());
        all.add(script("extended in a failed transaction")
                .login()
                .query("begin")
                .extended(parse("", "select 1/0"), bind("", ""), execute("", 0))
                .extended(parse("", "select 1"), bind("", ""), execute("", 0))
                .extended(parse("", ""), bind("", ""), execute("", 0))
                .extended(parse("", "rollback"), bind("", ""), execute("", 0))
                .end());
        all.add(script("extended statement of a failed transaction")
                .login()
                .query("begin")
                .extended(parse("s", "select 1"))
                .query("select 1/0")
                .extended(bind("", "s"), execute("", 0))
                .query("rollback")
                .extended(bind("", "s"), execute("", 0))
                .end());
        all.add(script("extended deferred constraint fails at Sync")
                .setup("drop table if exists eq_d; create table eq_d(i int unique deferrable initially deferred)")
                .login()
                .extended(parse("", "insert into eq_d values (1), (1)"), bind("", ""), execute("", 0))
                .end());
    }

    private static void sizes(List<Script> all) {
        all.add(script("extended 1 MB query")
                .login()
                .extended(parse("", "select length('" + "x".repeat(1 << 20) + "')"), bind("", ""), execute("", 0))
                .end());
        all.add(script("extended 1 MB parameter")
                .login()
                .extended(parse("", "select $1::text"), bind("", "", "y".repeat(1 << 20)), execute("", 0))
                .end());
        var text = new StringBuilder("select array_length(array[$1::int");
        var values = new String[65535];
        values[0] = "0";
        for (int i = 2; i <= values.length; i++) {
            text.append(",$").append(i);
            values[i - 1] = "" + i;
        }
        all.add(script("extended 65535 parameters")
                .login()
                .extended(parse("", text + "], 1)"), bind("", "", values), execute("", 0))
                .end());
        all.add(script("extended 70000 parameters wrap around")
                .login()
                .extended(
                        parse("", "select 1"),
                        bind("", "", Collections.nCopies(70000, "1").toArray(String[]::new)))
                .end());
        all.add(script("extended long names")
                .login()
                .extended(
                        parse("n".repeat(5000), "select 1"),
                        bind("p".repeat(4000), "n".repeat(5000)),
                        execute("p".repeat(4000), 0))
                .end());
    }

    private static byte[] segment(String sql) {
        return concat(parse("", sql), bind("", ""), execute("", 0), sync());
    }

    private static void add(List<Script> all, String name, byte[]... messages) {
        all.add(script("extended " + name)
                .setup(TABLE)
                .login()
                .extended(messages)
                .query("select 'still here'")
                .end());
    }
}
