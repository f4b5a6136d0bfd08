package io.pgweir.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One of everything that a client may ask a server, with a heading for each on standard error. */
final class Workload {

    private static final int INT4PL = 177;

    private final String host;
    private final int port;

    Workload(String host, int port) {
        this.host = host;
        this.port = port;
    }

    static void say(String sentence) {
        System.err.println("\n-- " + sentence);
    }

    void run() {
        try (Connection connection = connect()) {
            section("a table and its rows");
            execute(connection, "drop table if exists account");
            execute(connection, "create table account(id int primary key, owner text not null, balance numeric(12,2))");
            prepared(connection);
            cursor(connection);
            section("a statement that fails: the key exists already");
            attempt(connection, "insert into account values (1, 'mallory', 0)");
            rollback(connection);
            section("three statements in one query");
            execute(
                    connection,
                    "update account set balance = 0 where id = 2; select count(*) from account; analyze account");
            section("a statement that the client cancels");
            canceled(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        rawProtocol();
    }

    private static void prepared(Connection connection) throws SQLException {
        section("one prepared statement, executed five times, from the third time on by its name on the server");
        try (PreparedStatement insert = connection.prepareStatement("insert into account values (?, ?, ?)")) {
            for (int id = 1; id <= 5; id++) {
                insert.setInt(1, id);
                insert.setString(2, "customer " + id);
                insert.setBigDecimal(3, java.math.BigDecimal.valueOf(id * 1050L, 2));
                insert.executeUpdate();
            }
        }
    }

    private static void cursor(Connection connection) throws SQLException {
        section("a result read two rows at a time: one execution");
        connection.setAutoCommit(false);
        try (PreparedStatement select = connection.prepareStatement("select * from account where id < ? order by id")) {
            select.setInt(1, 100);
            select.setFetchSize(2);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    rows.getString(2);
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void copy(PgWire client) {
        section("COPY in and out");
        client.send(Frontend.query("copy account from stdin (format csv)"));
        client.readThrough('G');
        for (int id = 100; id < 1100; id++) {
            client.send(Frontend.copyData(id + ",copied " + id + ",1.00\n"));
        }
        client.send(Frontend.copyDone());
        client.line();
        client.query("copy (select id, owner from account where id >= 100) to stdout");
    }

    private static void rollback(Connection connection) throws SQLException {
        section("a transaction that is rolled back: its statements succeeded, its outcome says otherwise");
        connection.setAutoCommit(false);
        execute(connection, "delete from account where id > 1");
        connection.rollback();
        connection.setAutoCommit(true);
    }

    private static void canceled(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("select pg_sleep(30)");
        } catch (SQLException expected) {
            say("the client sees: " + expected.getMessage());
        }
    }

    /** What drivers seldom send: COPY, a function call by its object id, and three statements in flight at once. */
    private void rawProtocol() {
        var parameters = Map.of("user", "postgres", "database", "postgres", "application_name", "raw");
        try (PgWire client = PgWire.login(host, port, parameters, null)) {
            copy(client);
            section("a function called by its object id, past all SQL text");
            client.send(Frontend.functionCall(INT4PL, 1, new byte[][] {Frontend.int4(40), Frontend.int4(2)}));
            say("the client sees: " + client.line());
            section("a pipeline: the second statement fails, the third is skipped");
            for (String sql : new String[] {"select 'first'", "select 1/0", "select 'third'"}) {
                client.send(Frontend.parse("", sql), Frontend.bind("", ""), Frontend.execute("", 0));
            }
            client.send(Frontend.sync());
            say("the client sees: " + client.line());
            client.query("drop table account");
            client.send(Frontend.terminate());
            client.readToEnd();
        }
        section("done");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port
                + "/postgres?user=postgres&ApplicationName=demo&sslmode=disable&prepareThreshold=3");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void attempt(Connection connection, String sql) {
        try {
            execute(connection, sql);
        } catch (SQLException expected) {
            say("the client sees: " + expected.getMessage());
        }
    }

    /** A heading, a moment after the records of what came before: they take another way to the same terminal. */
    private static void section(String title) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        say(title);
    }
}
