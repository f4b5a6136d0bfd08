package io.pgweir.equality;

import static io.pgweir.equality.Script.script;

import io.pgweir.lab.Frontend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The simple protocol: one Query after the other, each string a script of its own. */
final class SimpleScripts {

    private static final String TABLE = "drop table if exists eq_t; create table eq_t(i int primary key, t text);"
            + " insert into eq_t select g, 'row ' || g from generate_series(1, 20) g;"
            + " create or replace procedure eq_commit(inout i int) language plpgsql as"
            + " $$ begin i := i + 1; commit; end $$";

    private SimpleScripts() {}

    static List<Script> all() {
        var scripts = new ArrayList<Script>();
        statements()
                .forEach((name, sql) -> scripts.add(script("simple " + name)
                        .setup(TABLE)
                        .login()
                        .query(sql)
                        .query("select 'still here'")
                        .end()));
        scripts.add(script("simple 1 MB query")
                .login()
                .query("select length('" + "x".repeat(1 << 20) + "')")
                .end());
        scripts.add(script("simple 1 MB row")
                .login()
                .query("select repeat('x', 1 << 20), 1")
                .end());
        scripts.add(script("simple 70000 rows")
                .login()
                .query("select g, null, 'row ' || g from generate_series(1, 70000) g")
                .end());
        scripts.add(
                script("simple 1600 columns").login().query(manyColumns(1600)).end());
        scripts.add(script("simple 1665 columns fail")
                .login()
                .query(manyColumns(1665))
                .end());
        var pipelined = script("simple queries without waiting").login();
        for (int i = 0; i < 50; i++) {
            pipelined.send(Frontend.query("select " + i));
        }
        for (int i = 0; i < 50; i++) {
            pipelined.ready();
        }
        scripts.add(pipelined.end());
        scripts.add(script("simple queries and Terminate in one write")
                .login()
                .send(Frontend.query("select 1"), Frontend.query("select 2"), Frontend.terminate())
                .closed()
                .end());
        scripts.add(script("simple query, then half-close")
                .login()
                .send(Frontend.query("select 1"))
                .halfClose()
                .closed()
                .end());
        scripts.add(script("simple LATIN1 client")
                .login("client_encoding", "LATIN1")
                .send(Frontend.message('Q', new byte[] {'s', 'e', 'l', 'e', 'c', 't', ' ', '\'', (byte) 0xe9, '\'', 0}))
                .ready()
                .end());
        scripts.add(script("simple SJIS client hides a backslash")
                .login("client_encoding", "SJIS")
                .send(Frontend.message('Q', new byte[] {
                    's', 'e', 'l', 'e', 'c', 't', ' ', 'E', '\'', (byte) 0x95, 0x5c, '\'', ',', ' ', '\'', 'x', '\'', 0
                }))
                .ready()
                .end());
        return scripts;
    }

    private static String manyColumns(int count) {
        var sql = new StringBuilder("select 0");
        for (int i = 1; i < count; i++) {
            sql.append(',').append(i);
        }
        return sql.toString();
    }

    private static Map<String, String> statements() {
        var all = new LinkedHashMap<String, String>();
        all.put("select", "select * from eq_t order by i limit 3");
        all.put("no rows", "select * from eq_t where false");
        all.put("no columns", "select from eq_t limit 2");
        all.put("two statements", "select 1; select 'two'");
        all.put(
                "many statements",
                "select 1; insert into eq_t values (100, 'x'); update eq_t set t = 'y' where i > 10; delete from eq_t where i = 1; select 2");
        all.put("error in the middle", "select 1; select 1/0; select 3");
        all.put("transaction in one string", "begin; insert into eq_t values (200, 'x'); commit");
        all.put("failing transaction in one string", "begin; select 1/0; rollback");
        all.put("commit in the middle", "insert into eq_t values (300, 'x'); commit; select 1/0");
        all.put("rollback in one string", "begin; delete from eq_t; rollback; select count(*) from eq_t");
        all.put("savepoints", "begin; savepoint a; insert into eq_t values (1, 'dup'); rollback to a; commit");
        all.put("empty", "");
        all.put("only blanks", " \n\t ");
        all.put("only a semicolon", " ; ");
        all.put("semicolons", ";;select 1;;");
        all.put("only a comment", "/* nothing /* nested */ */ -- here");
        all.put("syntax error", "selec 1");
        all.put("syntax error with a position", "select 1 from eq_t where where");
        all.put("unknown table", "select * from nowhere");
        all.put("unknown column with a hint", "select ii from eq_t");
        all.put("unterminated string", "select 'abc");
        all.put("unterminated comment", "select 1 /* abc");
        all.put("unique violation", "insert into eq_t values (1, 'dup')");
        all.put("not null violation", "insert into eq_t values (null, 'x')");
        all.put("returning", "insert into eq_t values (400, 'x'), (401, 'y') returning *");
        all.put(
                "returning from CTE",
                "with d as (delete from eq_t where i < 3 returning *) select * from d order by i");
        all.put(
                "merge",
                "merge into eq_t using (values (1), (99)) v(k) on i = k when matched then delete when not matched then insert values (k, 'new')");
        all.put("create and drop", "create table eq_u(i int); drop table eq_u");
        all.put("notice", "do $$ begin raise notice 'hello % and %', 1, 'two'; raise warning 'careful'; end $$");
        all.put("many notices", "do $$ begin for i in 1..100 loop raise notice 'n %', i; end loop; end $$");
        all.put("notice from drop", "drop table if exists nowhere");
        all.put(
                "error with every field",
                "do $$ begin raise exception 'msg' using detail = 'd', hint = 'h', errcode = 'P1234', column = 'c', constraint = 'n', datatype = 'd', table = 't', schema = 's'; end $$");
        all.put("error of 100 kB", "do $$ begin raise exception '%', repeat('x', 100000); end $$");
        all.put("error inside of a function", "do $$ begin perform 1/0; end $$");
        all.put("prepare and execute", "prepare p(int) as select $1 + 1; execute p(41); deallocate p");
        all.put("execute of an unknown statement", "execute nowhere");
        all.put(
                "cursor",
                "begin; declare c cursor for select * from eq_t order by i; fetch 2 from c; fetch all from c; move backward 3 from c; close c; commit");
        all.put(
                "scroll cursor",
                "begin; declare c scroll cursor for select * from eq_t order by i; fetch last from c; fetch prior from c; commit");
        all.put("cursor with hold", "declare h cursor with hold for select 1; fetch h; close h");
        all.put("binary cursor", "begin; declare c binary cursor for select 1, 'a'::text, null::int; fetch c; commit");
        all.put("explain", "explain (costs off) select * from eq_t where i = 1");
        all.put("show", "show standard_conforming_strings");
        all.put(
                "show all settings of one kind",
                "select name, setting from pg_settings where name like 'enable_%' order by 1");
        all.put("set reports", "set application_name = 'x'; set timezone = 'UTC'; set datestyle = 'SQL, DMY'");
        all.put("set of the same value", "set application_name = 'same'; set application_name = 'same'");
        all.put("set client_encoding", "set client_encoding = 'LATIN1'; select 'é'");
        all.put("set local is taken back", "begin; set local timezone = 'UTC'; rollback");
        all.put("set role", "set role pg_monitor; reset role");
        all.put("discard all", "discard all");
        all.put("lock", "begin; lock table eq_t; commit");
        all.put("dollar quotes", "select $tag$ it's $ a $$ string $tag$, $$x$$");
        all.put("unicode escapes", "select U&'d\\0061t\\+000061', E'\\u2603\\n'");
        all.put("standard strings off", "set standard_conforming_strings = off; select 'a\\nb'");
        all.put("vacuum", "vacuum eq_t");
        all.put("vacuum in a transaction", "begin; vacuum eq_t; commit");
        all.put("listen and notify", "listen eq_channel; notify eq_channel, 'payload'; unlisten *");
        all.put(
                "notify in a transaction",
                "listen eq_channel; begin; notify eq_channel, '1'; notify eq_channel, '2'; commit");
        all.put("large object", "begin; select lo_open(lo_create(0), 131072) >= 0; commit");
        all.put("procedure that may not commit", "select 1; call eq_commit(1)");
        all.put("call", "call eq_commit(1)");
        all.put("read only", "begin read only; insert into eq_t values (500, 'x'); rollback");
        all.put("statement timeout", "set statement_timeout = 20; select pg_sleep(5)");
        all.put("two phase", "begin; prepare transaction 'eq'");
        all.put("values", "values (1, 'a'), (2, null)");
        all.put("table", "table eq_t limit 1");
        all.put("select into", "select 1 as i into temp eq_into");
        all.put("create table as", "create temp table eq_as as select generate_series(1, 5)");
        all.put("select for update", "begin; select * from eq_t where i = 2 for update; commit");
        all.put("commit outside", "commit");
        all.put("begin inside", "begin; begin; commit");
        all.put("chain", "begin; commit and chain; rollback and chain; commit");
        all.put("void function", "select pg_advisory_xact_lock_shared(1)");
        all.put("set returning in target list", "select generate_series(1, 3), unnest('{a,b}'::text[])");
        return all;
    }
}
