package io.pgweir.equality;

import static io.pgweir.equality.Script.script;
import static io.pgweir.lab.Frontend.bind;
import static io.pgweir.lab.Frontend.concat;
import static io.pgweir.lab.Frontend.copyData;
import static io.pgweir.lab.Frontend.copyDone;
import static io.pgweir.lab.Frontend.copyFail;
import static io.pgweir.lab.Frontend.execute;
import static io.pgweir.lab.Frontend.flush;
import static io.pgweir.lab.Frontend.int4;
import static io.pgweir.lab.Frontend.message;
import static io.pgweir.lab.Frontend.parse;
import static io.pgweir.lab.Frontend.query;
import static io.pgweir.lab.Frontend.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** COPY in and out, in both protocols, whole and torn. */
final class CopyScripts {

    private static final String TABLE = "drop table if exists eq_c; create table eq_c(i int, t text);"
            + " insert into eq_c select g, case when g % 3 = 0 then null else 'row	' || g end from generate_series(1, 10) g";
    private static final String IN = "copy eq_c from stdin";
    private static final String SLEEPS = "; create or replace function eq_sleep() returns trigger language plpgsql as"
            + " 'begin perform pg_sleep(30); return new; end';"
            + " create trigger eq_sleep before insert on eq_c for each row execute function eq_sleep()";
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    private CopyScripts() {}

    static List<Script> all() {
        var all = new ArrayList<Script>();
        out(all);
        in(all);
        extended(all);
        torn(all);
        return all;
    }

    private static void out(List<Script> all) {
        Map<String, String> statements = new LinkedHashMap<>();
        statements.put("text", "copy eq_c to stdout");
        statements.put("csv", "copy eq_c to stdout (format csv, header)");
        statements.put("binary", "copy eq_c to stdout (format binary)");
        statements.put("query", "copy (select g, md5(g::text) from generate_series(1, 100) g) to stdout");
        statements.put("no rows", "copy (select 1 where false) to stdout");
        statements.put("dml", "copy (delete from eq_c where i < 4 returning *) to stdout");
        statements.put("error after rows", "copy (select 10 / (5 - g) from generate_series(1, 9) g) to stdout");
        statements.put("unknown table", "copy nowhere to stdout");
        statements.put(
                "20000 rows", "copy (select g, repeat('x', g % 100) from generate_series(1, 20000) g) to stdout");
        statements.put("1 MB row", "copy (select repeat('y', 1 << 20)) to stdout");
        statements.put("several in one Query", "copy eq_c to stdout; select 1; copy eq_c to stdout (format csv)");
        statements.forEach((name, sql) -> all.add(script("copy out " + name)
                .setup(TABLE)
                .login()
                .query(sql)
                .query("select 'still here'")
                .end()));
        all.add(script("copy out extended")
                .setup(TABLE)
                .login()
                .extended(parse("", "copy eq_c to stdout"), bind("", ""), execute("", 0))
                .end());
        all.add(script("copy out extended with a row limit, which does not count")
                .setup(TABLE)
                .login()
                .extended(parse("", "copy eq_c to stdout"), bind("", ""), execute("", 2))
                .end());
        all.add(script("copy out extended binary in a pipeline")
                .setup(TABLE)
                .login()
                .extended(
                        parse("", "copy eq_c to stdout (format binary)"),
                        bind("", ""),
                        execute("", 0),
                        parse("", "select 1"),
                        bind("", ""),
                        execute("", 0))
                .end());
    }

    private static void in(List<Script> all) {
        feed(all, "text", IN, copyData("100\ta\n101\t\\N\n"), copyDone());
        feed(all, "text with end marker", IN, copyData("100\ta\n\\.\n"), copyDone());
        feed(all, "csv", IN + " (format csv, header)", copyData("i,t\n1,\"a \"\"quoted\"\"\nline\"\n2,\n"), copyDone());
        feed(all, "binary", IN + " (format binary)", copyData(binaryRows()), copyDone());
        feed(
                all,
                "binary without its trailer",
                IN + " (format binary)",
                copyData(java.util.Arrays.copyOf(binaryRows(), binaryRows().length - 2)),
                copyDone());
        feed(all, "nothing", IN, copyDone());
        feed(all, "empty CopyData", IN, copyData(""), copyData("1\ta\n"), copyData(""), copyDone());
        feed(
                all,
                "rows across messages",
                IN,
                copyData("10"),
                copyData("0\ta"),
                copyData("\n101\tb\n102"),
                copyData("\tc\n"),
                copyDone());
        feed(all, "a byte a message", IN, bytewise("100\tabc\n101\tdef\n"), copyDone());
        feed(all, "fails by the client", IN, copyData("100\ta\n"), copyFail("changed my mind"));
        feed(all, "fails at once", IN, copyFail(""));
        feed(all, "bad row", IN, copyData("100\ta\nnot a number\tb\n102\tc\n"), copyDone());
        feed(all, "missing column", IN, copyData("100\n"), copyDone());
        all.add(script("copy in bad row, much more data")
                .trait(Script.Trait.RECORDS_VARY)
                .setup(TABLE)
                .login()
                .send(query(IN))
                .expect('G')
                .send(copyData("x\ty\n"), copyData("1\ta\n".repeat(2000)), copyData("1\ta\n"), copyDone())
                .ready()
                .query("select count(*) from eq_c")
                .end());
        feed(
                all,
                "Flush and Sync inside",
                IN,
                flush(),
                copyData("100\ta\n"),
                sync(),
                copyData("101\tb\n"),
                flush(),
                copyDone());
        feed(
                all,
                "20000 rows",
                IN,
                copyData("7\tseven\n".repeat(10000)),
                copyData("8\teight\n".repeat(10000)),
                copyDone());
        feed(all, "1 MB row", IN, copyData("7\t" + "z".repeat(1 << 20) + "\n"), copyDone());
        feed(all, "garbage as binary", IN + " (format binary)", copyData("not binary at all"), copyDone());
        feed(all, "where clause", IN + " where i > 100", copyData("100\ta\n101\tb\n"), copyDone());
        all.add(script("copy in then out in one Query")
                .setup(TABLE)
                .login()
                .send(query(IN + "; select count(*) from eq_c; copy eq_c to stdout; " + IN))
                .expect('G')
                .send(copyData("100\ta\n"), copyDone())
                .expect('G')
                .send(copyData("101\tb\n"), copyDone())
                .ready()
                .end());
        all.add(script("copy in sent without waiting")
                .setup(TABLE)
                .login()
                .send(query(IN), copyData("100\ta\n"), copyDone(), query("select count(*) from eq_c"))
                .ready()
                .ready()
                .end());
        all.add(script("copy in to an unknown table, sent without waiting")
                .login()
                .send(query("copy nowhere from stdin"), copyData("100\ta\n"), copyDone(), query("select 1"))
                .ready()
                .ready()
                .end());
    }

    private static void extended(List<Script> all) {
        byte[] start = concat(parse("", IN), bind("", ""), execute("", 0));
        all.add(script("copy in extended")
                .setup(TABLE)
                .login()
                .send(start, flush())
                .expect('G')
                .send(copyData("100\ta\n"), copyDone(), sync())
                .ready()
                .query("select count(*) from eq_c")
                .end());
        all.add(script("copy in extended, Sync before the data")
                .setup(TABLE)
                .login()
                .send(start, sync())
                .expect('G')
                .send(flush(), copyData("100\ta\n"), sync(), copyData("101\tb\n"), copyDone(), sync())
                .ready()
                .query("select count(*) from eq_c")
                .end());
        all.add(script("copy in extended fails by the client")
                .setup(TABLE)
                .login()
                .send(start, flush())
                .expect('G')
                .send(copyData("100\ta\n"), copyFail("no"), sync())
                .ready()
                .query("select count(*) from eq_c")
                .end());
        all.add(script("copy in extended bad row, data goes on until Sync")
                .setup(TABLE)
                .login()
                .send(start, flush())
                .expect('G')
                .send(copyData("x\ty\n"))
                .expect('E')
                .send(copyData("1\ta\n"), copyData("2\tb\n"), copyDone(), query("select 'skipped'"), sync())
                .ready()
                .query("select count(*) from eq_c")
                .end());
        all.add(script("copy in extended all in one write")
                .setup(TABLE)
                .login()
                .send(start, copyData("100\ta\n"), copyDone(), sync(), query("select 1"))
                .ready()
                .ready()
                .end());
        all.add(script("copy in extended twice in one segment")
                .setup(TABLE)
                .login()
                .send(start, copyData("100\ta\n"), copyDone(), start, copyData("101\tb\n"), copyDone(), sync())
                .ready()
                .query("select count(*) from eq_c")
                .end());
    }

    private static void torn(List<Script> all) {
        tear(all, "Query inside of COPY IN", query("select 1"));
        tear(all, "Parse inside of COPY IN", parse("", "select 1"));
        tear(all, "unknown type inside of COPY IN", message('z'));
        tear(all, "Terminate inside of COPY IN", io.pgweir.lab.Frontend.terminate());
        terminated(all, "waits for data", "");
        terminated(all, "does not read", SLEEPS);
        all.add(script("copy in, then half-close")
                .setup(TABLE)
                .login()
                .send(query(IN))
                .expect('G')
                .send(copyData("100\ta\n"))
                .halfClose()
                .closed()
                .end());
        all.add(script("copy stray CopyData, CopyDone, CopyFail outside of COPY")
                .login()
                .send(copyData("stray"), copyDone(), copyFail("stray"))
                .query("select 1")
                .send(copyDone(), copyData("stray"))
                .extended(parse("", "select 2"), bind("", ""), copyData("stray"), execute("", 0))
                .end());
    }

    /** The backend is gone, and what it had not read; the client sends on before it looks. */
    private static void terminated(List<Script> all, String server, String setup) {
        all.add(script("copy in ended by an administrator while the server " + server)
                .trait(Script.Trait.RECORDS_VARY)
                .mask('E', Masks::errorCode)
                .setup(TABLE + setup)
                .login()
                .send(query(IN))
                .expect('G')
                .send(copyData("100\ta\n"), copyData("101\tb\n".repeat(20_000)))
                .admin("select pg_terminate_backend(%PID%, 10000)")
                .send(copyData("102\tc\n".repeat(1000)))
                .send(copyData("103\td\n".repeat(1000)), copyDone())
                .closed()
                .end());
    }

    private static void tear(List<Script> all, String name, byte[] message) {
        all.add(script("copy " + name)
                .setup(TABLE)
                .login()
                .send(query(IN))
                .expect('G')
                .send(copyData("100\ta\n"), message)
                .closed()
                .end());
    }

    private static void feed(List<Script> all, String name, String sql, byte[]... messages) {
        all.add(script("copy in " + name)
                .setup(TABLE)
                .login()
                .send(query(sql))
                .expect('G')
                .send(messages)
                .ready()
                .query("select count(*), sum(i), md5(string_agg(t, '|' order by i, t)) from eq_c")
                .end());
    }

    private static byte[] bytewise(String text) {
        var messages = new byte[text.length()][];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = copyData((byte) text.charAt(i));
        }
        return concat(messages);
    }

    private static byte[] binaryRows() {
        byte[] twoFields = {0, 2};
        return concat(
                SIGNATURE,
                int4(0),
                int4(0),
                twoFields,
                int4(4),
                int4(100),
                int4(3),
                new byte[] {'a', 'b', 'c'},
                twoFields,
                int4(4),
                int4(101),
                int4(-1),
                new byte[] {-1, -1});
    }
}
