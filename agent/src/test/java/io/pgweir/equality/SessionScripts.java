package io.pgweir.equality;

import static io.pgweir.equality.Script.script;
import static io.pgweir.lab.Frontend.bind;
import static io.pgweir.lab.Frontend.concat;
import static io.pgweir.lab.Frontend.copyData;
import static io.pgweir.lab.Frontend.copyDone;
import static io.pgweir.lab.Frontend.execute;
import static io.pgweir.lab.Frontend.functionCall;
import static io.pgweir.lab.Frontend.int4;
import static io.pgweir.lab.Frontend.message;
import static io.pgweir.lab.Frontend.parse;
import static io.pgweir.lab.Frontend.query;
import static io.pgweir.lab.Frontend.sync;

import java.util.ArrayList;
import java.util.List;

/** What a session may meet besides queries: function calls, asynchronous messages, cancels, replication, lies, the end. */
final class SessionScripts {

    private static final int INT4PL = 177;
    private static final int INT4DIV = 154;
    private static final int PG_NOTIFY = 3036;

    private SessionScripts() {}

    static List<Script> all() {
        var all = new ArrayList<Script>();
        functionCalls(all);
        asynchronous(all);
        cancels(all);
        replication(all);
        abuse(all);
        return all;
    }

    private static void functionCalls(List<Script> all) {
        call(all, "binary", functionCall(INT4PL, 1, args(int4(40), int4(2))));
        call(all, "text", functionCall(INT4PL, 0, args(new byte[] {'4', '0'}, new byte[] {'2'})));
        call(all, "null result of a strict function", functionCall(INT4PL, 1, args(int4(1), null)));
        call(all, "error", functionCall(INT4DIV, 1, args(int4(1), int4(0))));
        call(all, "too few arguments", functionCall(INT4PL, 1, args(int4(1))));
        call(all, "unknown function", functionCall(999999, 1, args()));
        call(all, "bad binary", functionCall(INT4PL, 1, args(new byte[] {1}, int4(0))));
        call(all, "void", functionCall(PG_NOTIFY, 0, args(new byte[] {'c'}, new byte[] {'p'})));
        call(
                all,
                "three without waiting",
                functionCall(INT4PL, 1, args(int4(1), int4(2))),
                functionCall(INT4DIV, 1, args(int4(1), int4(0))),
                functionCall(INT4PL, 1, args(int4(3), int4(4))));
        all.add(script("function call in a failed transaction")
                .login()
                .query("begin")
                .query("select 1/0")
                .send(functionCall(INT4PL, 1, args(int4(1), int4(2))))
                .ready()
                .query("rollback")
                .end());
        all.add(script("function call inside of an extended segment")
                .login()
                .send(
                        parse("", "select 1"),
                        bind("", ""),
                        execute("", 0),
                        functionCall(INT4PL, 1, args(int4(1), int4(2))),
                        sync())
                .ready()
                .ready()
                .end());
    }

    private static void call(List<Script> all, String name, byte[]... calls) {
        var script = script("function call " + name).login();
        script.send(calls);
        for (int i = 0; i < calls.length; i++) {
            script.ready();
        }
        all.add(script.query("select 'still here'").end());
    }

    private static byte[][] args(byte[]... arguments) {
        return arguments;
    }

    private static void asynchronous(List<Script> all) {
        all.add(script("notification while idle")
                .login()
                .query("listen eq_idle")
                .admin("notify eq_idle, 'while idle'")
                .expect('A')
                .admin("notify eq_idle, '" + "p".repeat(7000) + "'")
                .expect('A')
                .end());
        all.add(script("notification from another session of this client")
                .login()
                .query("listen eq_two")
                .on("sender")
                .login()
                .query("notify eq_two, 'hello'")
                .on("")
                .expect('A')
                .end());
        all.add(script("notification waits for the end of the transaction")
                .login()
                .query("listen eq_tx; begin")
                .admin("notify eq_tx, 'x'")
                .query("select 1")
                .query("commit")
                .end());
        all.add(script("notice in the extended protocol")
                .login()
                .extended(parse("", "do $$ begin raise notice 'n'; end $$"), bind("", ""), execute("", 0))
                .end());
        all.add(script("parameter status after reload")
                .login()
                .query("select set_config('application_name', 'by function', false)")
                .query("begin; set application_name = 'in transaction'")
                .query("rollback")
                .query("reset all")
                .end());
        all.add(script("session ended by an administrator while idle")
                .login()
                .admin("select pg_terminate_backend(%PID%)")
                .closed()
                .end());
        all.add(script("session ended by an administrator while busy")
                .login()
                .send(query("select pg_sleep(30)"))
                .awaitActive()
                .admin("select pg_terminate_backend(%PID%)")
                .closed()
                .end());
        all.add(script("session ended by idle timeout")
                .login()
                .query("set idle_session_timeout = 30")
                .closed()
                .end());
        all.add(script("session ended by idle-in-transaction timeout")
                .login()
                .query("set idle_in_transaction_session_timeout = 30; begin")
                .closed()
                .end());
        all.add(script("session ends itself")
                .login()
                .send(query("select pg_terminate_backend(pg_backend_pid())"))
                .closed()
                .end());
        all.add(script("lock timeout between two sessions")
                .setup("drop table if exists eq_l; create table eq_l(i int)")
                .login()
                .query("begin; lock table eq_l")
                .on("waiter")
                .login()
                .query("set lock_timeout = 50")
                .query("select * from eq_l")
                .on("")
                .query("commit")
                .end());
        all.add(script("two sessions in turns")
                .login("application_name", "a")
                .on("b")
                .login("application_name", "b")
                .query("show application_name")
                .on("")
                .query("show application_name")
                .end());
    }

    private static void cancels(List<Script> all) {
        byte[] sleep = query("select pg_sleep(30)");
        all.add(script("cancel a simple query")
                .login()
                .send(sleep)
                .awaitActive()
                .cancel()
                .ready()
                .query("select 1")
                .end());
        all.add(script("cancel an extended query")
                .login()
                .send(parse("", "select pg_sleep(30)"), bind("", ""), execute("", 0), sync())
                .awaitActive()
                .cancel()
                .ready()
                .query("select 1")
                .end());
        all.add(script("cancel in a transaction")
                .login()
                .query("begin")
                .send(sleep)
                .awaitActive()
                .cancel()
                .ready()
                .query("rollback")
                .end());
        all.add(script("cancel with a long key")
                .login(io.pgweir.lab.Frontend.PROTOCOL_3_2)
                .send(sleep)
                .awaitActive()
                .cancel()
                .ready()
                .end());
        all.add(script("cancel while idle changes nothing")
                .login()
                .cancel()
                .query("select 1")
                .end());
        all.add(script("cancel of COPY IN")
                .setup("drop table if exists eq_k; create table eq_k(i int)")
                .login()
                .send(query("copy eq_k from stdin"))
                .expect('G')
                .awaitActive()
                .cancel()
                .send(copyData("1\n"), copyData("2\n"), copyDone())
                .ready()
                .query("select count(*) from eq_k")
                .end());
    }

    private static void replication(List<Script> all) {
        all.add(replicating("IDENTIFY_SYSTEM")
                .maskRows()
                .query("IDENTIFY_SYSTEM")
                .end());
        all.add(replicating("SHOW").query("SHOW wal_level").end());
        all.add(replicating("SQL in a database").query("select 1; select 2").end());
        all.add(replicating("TIMELINE_HISTORY of an unknown timeline")
                .query("TIMELINE_HISTORY 99")
                .end());
        all.add(replicating("syntax error").query("IDENTIFY_NOTHING").end());
        all.add(replicating("extended protocol is refused")
                .send(parse("", "select 1"), sync())
                .ready()
                .end());
        all.add(replicating("slots")
                .mask('D', Masks::emptied)
                .query("CREATE_REPLICATION_SLOT eq_slot TEMPORARY PHYSICAL")
                .query("DROP_REPLICATION_SLOT eq_slot")
                .query("DROP_REPLICATION_SLOT eq_slot")
                .end());
        all.add(replicating("START_REPLICATION, then CopyDone")
                .mask('d', reply -> null)
                .send(query("START_REPLICATION 0/0"))
                .ready()
                .end());
        all.add(replicating("streams and ends by CopyDone")
                .trait(Script.Trait.RECORDS_VARY)
                .mask('d', reply -> null)
                .step(Player::streamFromHere)
                .expect('d')
                .send(copyDone())
                .ready()
                .query("SHOW wal_level")
                .end());
        all.add(replicating("physical login")
                .on("physical")
                .login("replication", "true")
                .query("SHOW server_version")
                .end());
    }

    private static Script.Builder replicating(String name) {
        return script("replication " + name).login("replication", "database");
    }

    private static void abuse(List<Script> all) {
        fatal(all, "unknown message type", message('z', (byte) 1, (byte) 2));
        fatal(all, "message type zero", message('\0'));
        fatal(all, "backend's own message", message('T', (byte) 0, (byte) 0));
        fatal(all, "length 3", message('Q', 3));
        fatal(all, "length 0", message('Q', 0));
        fatal(all, "negative length", message('Q', -1));
        fatal(all, "2^31-1", message('Q', Integer.MAX_VALUE));
        fatal(all, "1 GiB Query", message('Q', 1 << 30));
        fatal(all, "Execute of 20000 bytes", message('E', 20000));
        fatal(all, "Sync of 20000 bytes", message('S', 20000));
        fatal(all, "password outside of a login", message('p', (byte) 'x', (byte) 0));
        recoverable(all, "Query without terminator", message('Q', (byte) 's'));
        recoverable(all, "Query with a NUL inside", message('Q', (byte) 's', (byte) 0, (byte) 't', (byte) 0));
        recoverable(all, "Query without a body", message('Q'));
        recoverable(all, "Query of invalid UTF-8", message('Q', (byte) '\'', (byte) 0xff, (byte) '\'', (byte) 0));
        extended(all, "Parse cut short", message('P', (byte) 0, (byte) 's'));
        extended(all, "Parse that claims more types", message('P', (byte) 0, (byte) 0, (byte) 0, (byte) 9));
        extended(all, "Parse with bytes behind", message('P', (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 7));
        extended(all, "Bind cut short", message('B', (byte) 0, (byte) 0, (byte) 0));
        extended(
                all,
                "Bind whose value claims more",
                concat(
                        parse("", "select $1::text"),
                        message('B', concat(new byte[] {0, 0, 0, 0, 0, 1}, int4(1000), new byte[] {'x', 0, 0}))));
        extended(
                all,
                "Bind of a negative length",
                concat(
                        parse("", "select $1::text"),
                        message('B', concat(new byte[] {0, 0, 0, 0, 0, 1}, int4(-5), new byte[] {0, 0}))));
        extended(all, "Describe of kind X", message('D', (byte) 'X', (byte) 0));
        extended(all, "Close of kind X", message('C', (byte) 'X', (byte) 0));
        extended(all, "Execute cut short", message('E', (byte) 0));
        extended(all, "Sync with a body", message('S', (byte) 1));
        extended(all, "Flush with a body", message('H', (byte) 1));
        recoverable(all, "FunctionCall cut short", message('F', (byte) 0, (byte) 0));
        all.add(script("abuse half a message, then half-close")
                .login()
                .send(message('Q', 100, (byte) 's'))
                .halfClose()
                .closed()
                .end());
        all.add(script("abuse half a header, then half-close")
                .login()
                .send(new byte[] {'Q', 0, 0})
                .halfClose()
                .closed()
                .end());
        all.add(script("abuse Terminate with a body")
                .login()
                .send(message('X', (byte) 1))
                .closed()
                .end());
        all.add(script("abuse half-close at once").login().halfClose().closed().end());
        all.add(script("abuse Terminate twice")
                .login()
                .send(message('X'), message('X'))
                .closed()
                .end());
        all.add(script("abuse replies of a startup sent again")
                .login()
                .send(io.pgweir.lab.Frontend.startup(
                        io.pgweir.lab.Frontend.PROTOCOL_3_0, StartupScripts.user("postgres")))
                .closed()
                .end());
    }

    private static void fatal(List<Script> all, String name, byte[] message) {
        all.add(script("abuse " + name).login().send(message).closed().end());
        all.add(script("abuse behind a query: " + name)
                .login()
                .send(query("select 1"), message)
                .closed()
                .end());
    }

    private static void recoverable(List<Script> all, String name, byte[] message) {
        all.add(script("abuse " + name)
                .login()
                .send(message)
                .ready()
                .query("select 'still here'")
                .end());
    }

    private static void extended(List<Script> all, String name, byte[] message) {
        all.add(script("abuse " + name)
                .login()
                .extended(message)
                .query("select 'still here'")
                .end());
    }
}
