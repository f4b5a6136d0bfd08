import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/** What a program with pgjdbc does: prints what each step gave it. The server is told by libpq's environment variables. */
final class Pgjdbc {
    private static final String URL = "jdbc:postgresql://%s:%s/%s"
            .formatted(System.getenv("PGHOST"), System.getenv("PGPORT"), System.getenv("PGDATABASE"));

    private Pgjdbc() {}

    private interface Step {
        Object run() throws Exception;
    }

    private static void show(String name, Step step) throws Exception {
        Object result;
        try {
            result = step.run();
        } catch (BatchUpdateException e) {
            result = "batch error " + e.getSQLState() + " " + Arrays.toString(e.getUpdateCounts()) + " " + e.getNextException().getMessage();
        } catch (SQLException e) {
            result = "error " + e.getSQLState() + " " + e.getMessage();
        }
        System.out.println(name + ": " + result);
    }

    private static Connection connect(String... settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("password", System.getenv("PGPASSWORD"));
        for (int at = 0; at < settings.length; at += 2) {
            properties.setProperty(settings[at], settings[at + 1]);
        }
        return DriverManager.getConnection(URL, properties);
    }

    private static List<List<Object>> rows(ResultSet set) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        int columns = set.getMetaData().getColumnCount();
        while (set.next()) {
            List<Object> row = new ArrayList<>();
            for (int column = 1; column <= columns; column++) {
                Object value = set.getObject(column);
                row.add(value instanceof byte[] bytes ? Arrays.toString(bytes) : value);
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<List<Object>> rows(Connection c, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(sql)) {
            for (int at = 0; at < parameters.length; at++) {
                statement.setObject(at + 1, parameters[at]);
            }
            return rows(statement.executeQuery());
        }
    }

    private static int update(Connection c, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(sql)) {
            for (int at = 0; at < parameters.length; at++) {
                statement.setObject(at + 1, parameters[at]);
            }
            return statement.executeUpdate();
        }
    }

    private static void simple(Connection c) throws Exception {
        show("create", () -> update(c, "create table if not exists item(id int primary key, name text not null, price numeric, made timestamptz)"));
        show("emptied", () -> update(c, "delete from item") >= 0);
        show("script", () -> {
            try (Statement statement = c.createStatement()) {
                List<Object> results = new ArrayList<>();
                boolean isRows = statement.execute("insert into item values (1, 'one', 1.5); select * from item; insert into item values (2, 'two')");
                while (isRows || statement.getUpdateCount() >= 0) {
                    results.add(isRows ? rows(statement.getResultSet()) : (Object) statement.getUpdateCount());
                    isRows = statement.getMoreResults();
                }
                return results;
            }
        });
        show("types", () -> rows(c, "select ?::int4, ?::int8, ?::text, ?::bool, ?::numeric, ?::float8, ?::date, ?::timestamptz, ?::uuid, ?::bytea, ?::text",
                7, 1L << 40, "naïve 'text'", true, new BigDecimal("12345.6789"), 1.5, LocalDate.of(2026, 3, 1),
                OffsetDateTime.of(2026, 3, 1, 9, 30, 0, 0, ZoneOffset.UTC), new UUID(0, 17), new byte[] {0, -1}, null));
        show("array", () -> rows(c, "select (?::int4[])[2]", c.createArrayOf("int4", new Object[] {1, 2, 3})));
        show("generated keys", () -> {
            try (PreparedStatement statement = c.prepareStatement("insert into item(id, name) values (?, ?)", new String[] {"id", "name"})) {
                statement.setInt(1, 3);
                statement.setString(2, "three");
                statement.executeUpdate();
                return rows(statement.getGeneratedKeys());
            }
        });
        show("unique", () -> update(c, "insert into item values (?, 'again')", 1));
        show("syntax", () -> update(c, "selec 1"));
        show("no table", () -> rows(c, "select * from nowhere where a = ?", 1));
        show("division", () -> rows(c, "select 1 / (id - ?) from item order by id", 2));
        show("after errors", () -> rows(c, "select count(*) from item"));
        show("metadata", () -> rows(c.getMetaData().getColumns(null, "public", "item", null)).size());
        show("keys", () -> rows(c.getMetaData().getPrimaryKeys(null, "public", "item")));
        show("valid", () -> c.isValid(5));
        show("server", () -> c.getMetaData().getDatabaseProductName());
    }

    private static void prepared(Connection c) throws Exception {
        try (PreparedStatement find = c.prepareStatement("select name, price from item where id = ?");
                PreparedStatement star = c.prepareStatement("select * from item where id = ?");
                PreparedStatement put = c.prepareStatement("insert into item(id, name, price) values (?, ?, ?)")) {
            for (int n = 0; n < 8; n++) {
                int id = n + 10;
                put.setInt(1, id);
                put.setString(2, "n" + n);
                put.setBigDecimal(3, BigDecimal.valueOf(n));
                show("put", put::executeUpdate);
                find.setInt(1, id);
                show("found", () -> rows(find.executeQuery()));
            }
            star.setInt(1, 1);
            show("star", () -> rows(star.executeQuery()));
            show("ddl", () -> update(c, "alter table item add note text default 'x'"));
            show("star over ddl", () -> rows(star.executeQuery()));
            show("star over ddl, again", () -> rows(star.executeQuery()));
            show("ddl back", () -> update(c, "alter table item drop column note"));
            show("star over it", () -> rows(star.executeQuery()));
            show("another type", () -> {
                find.setLong(1, 11);
                return rows(find.executeQuery());
            });
            show("deallocate all", () -> update(c, "deallocate all"));
            show("found after it", () -> rows(find.executeQuery()));
            show("found again", () -> rows(find.executeQuery()));
        }
    }

    private static void batches(Connection c) throws Exception {
        try (PreparedStatement put = c.prepareStatement("insert into item(id, name) values (?, ?)")) {
            for (int n = 0; n < 300; n++) {
                put.setInt(1, 1000 + n);
                put.setString(2, "batch");
                put.addBatch();
            }
            show("batch", () -> put.executeBatch().length);
            show("batch, seen", () -> rows(c, "select count(*) from item where name = ?", "batch"));
            for (int id : new int[] {2000, 1, 2001}) {
                put.setInt(1, id);
                put.setString(2, "broken");
                put.addBatch();
            }
            show("broken batch", () -> Arrays.toString(put.executeBatch()));
            if (!c.getAutoCommit()) {
                c.rollback();
            }
            show("broken batch, after", () -> rows(c, "select count(*) from item where name = 'broken'"));
        }
        try (Statement statement = c.createStatement()) {
            for (int n = 0; n < 5; n++) {
                statement.addBatch("insert into item values (" + (3000 + n) + ", 'statement')");
                statement.addBatch("update item set price = 7 where id = " + (3000 + n));
            }
            show("statements", () -> Arrays.toString(statement.executeBatch()));
        }
        show("statements, seen", () -> rows(c, "select sum(price) from item where id >= 3000"));
    }

    private static void ownWrites(Connection c, String table) throws Exception {
        update(c, "create table " + table + "(id int, note text)");
        List<Integer> missing = new ArrayList<>();
        try (PreparedStatement put = c.prepareStatement("insert into " + table + " values (?, ?)");
                PreparedStatement find = c.prepareStatement("select count(*) from " + table + " where id = ?")) {
            for (int n = 0; n < 200; n++) {
                put.setInt(1, n);
                put.setString(2, "x");
                put.executeUpdate();
                find.setInt(1, n);
                ResultSet found = find.executeQuery();
                found.next();
                if (found.getInt(1) != 1) {
                    missing.add(n);
                }
            }
        }
        System.out.println("own writes missing: " + missing);
    }

    private static void beside() throws Exception {
        List<Future<Integer>> workers = new ArrayList<>();
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (int worker = 0; worker < 4; worker++) {
                String note = "worker " + worker;
                workers.add(pool.submit(() -> {
                    int wrong = 0;
                    try (Connection c = connect()) {
                        for (int n = 0; n < 40; n++) {
                            update(c, "insert into counted values (?, ?)", n, note);
                            wrong += rows(c, "select count(*) from counted where note = ?", note).equals(List.of(List.of(n + 1L))) ? 0 : 1;
                        }
                    }
                    return wrong;
                }));
            }
            for (Future<Integer> worker : workers) {
                System.out.println("beside: " + worker.get());
            }
        }
    }

    private static void transactions(Connection c) throws Exception {
        c.setAutoCommit(false);
        show("read", () -> rows(c, "select count(*) from item"));
        show("write", () -> update(c, "insert into item values (100, 'gone')"));
        show("seen", () -> rows(c, "select name from item where id = ?", 100));
        c.rollback();
        show("gone", () -> rows(c, "select name from item where id = ?", 100));
        show("write again", () -> update(c, "insert into item values (101, 'kept')"));
        Savepoint savepoint = c.setSavepoint();
        show("twice", () -> update(c, "insert into item values (101, 'twice')"));
        show("failed", () -> rows(c, "select 1"));
        c.rollback(savepoint);
        show("after it", () -> rows(c, "select name from item where id = 101"));
        c.commit();
        show("kept", () -> rows(c, "select name from item where id = ?", 101));
        c.commit();
        c.setReadOnly(true);
        for (int level : new int[] {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE}) {
            c.setTransactionIsolation(level);
            show("read only", () -> rows(c, "select count(*) from item"));
            show("read only, again", () -> rows(c, "select name from item where id = ?", 101));
            show("read only, write", () -> update(c, "delete from item"));
            c.rollback();
        }
        c.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        show("read only, savepoint", () -> {
            rows(c, "select 1");
            Savepoint at = c.setSavepoint();
            rows(c, "select count(*) from item");
            c.rollback(at);
            return rows(c, "select max(id) from item");
        });
        c.commit();
        c.setReadOnly(false);
        batches(c);
        c.commit();
        show("fetch size", () -> {
            try (PreparedStatement statement = c.prepareStatement("select id from item order by id")) {
                statement.setFetchSize(50);
                return rows(statement.executeQuery()).size();
            }
        });
        show("fetch size, closed early", () -> {
            try (PreparedStatement statement = c.prepareStatement("select id from item order by id")) {
                statement.setFetchSize(10);
                return statement.executeQuery().next();
            }
        });
        c.commit();
        show("large object", () -> {
            var objects = c.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = objects.createLO();
            try (var object = objects.open(id)) {
                object.write(new byte[10_000]);
                object.seek(5_000);
                return object.read(10_000).length;
            }
        });
        c.commit();
        c.setAutoCommit(true);
    }

    private static void copies(Connection c) throws Exception {
        var copy = c.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder in = new StringBuilder();
        for (int n = 0; n < 500; n++) {
            in.append(5000 + n).append("\tcopied\n");
        }
        show("copy in", () -> copy.copyIn("copy item(id, name) from stdin", new StringReader(in.toString())));
        show("copied", () -> rows(c, "select count(*) from item where name = 'copied'"));
        show("copy in, broken", () -> copy.copyIn("copy item(id, name) from stdin", new StringReader("1\ttwice\n")));
        StringWriter out = new StringWriter();
        show("copy out", () -> copy.copyOut("copy (select id, name from item order by id) to stdout", out));
        System.out.println("copied out: " + out.getBuffer().length());
    }

    private static void settings(Connection c) throws Exception {
        update(c, "create schema if not exists other");
        update(c, "create table if not exists other.item(id int, name text)");
        show("other", () -> update(c, "insert into other.item values (1, 'other')"));
        c.setSchema("other");
        show("schema", () -> rows(c, "select name from item where id = ?", 1) + " " + c.getSchema());
        c.setSchema("public");
        show("schema back", () -> rows(c, "select name from item where id = ?", 1));
        show("dropped", () -> update(c, "delete from other.item"));
        show("timezone", () -> update(c, "set timezone to 'Asia/Tokyo'"));
        show("in Tokyo", () -> rows(c, "select '2026-01-01 00:00+00'::timestamptz::text, current_setting('TimeZone')"));
        show("timezone back", () -> update(c, "reset timezone"));
        c.setClientInfo("ApplicationName", "renamed");
        show("application", () -> rows(c, "select current_setting('application_name')"));
    }

    private static void cancels(Connection c) throws Exception {
        try (Statement statement = c.createStatement(); var timer = Executors.newSingleThreadScheduledExecutor()) {
            timer.schedule(() -> {
                statement.cancel();
                return null;
            }, 700, TimeUnit.MILLISECONDS);
            show("cancelled", () -> rows(statement.executeQuery("select pg_sleep(20)")));
        }
        show("query timeout", () -> {
            try (Statement statement = c.createStatement()) {
                statement.setQueryTimeout(1);
                return rows(statement.executeQuery("select pg_sleep(20)"));
            }
        });
        show("statement timeout", () -> update(c, "set statement_timeout to '300ms'"));
        show("timed out", () -> rows(c, "select pg_sleep(20)"));
        show("statement timeout off", () -> update(c, "set statement_timeout to 0"));
        show("after it", () -> rows(c, "select count(*) from item"));
    }

    private static void listens() throws Exception {
        try (Connection listener = connect(); Connection teller = connect()) {
            update(listener, "listen news");
            show("listening reads", () -> rows(listener, "select count(*) from item"));
            update(teller, "notify news, 'hello'");
            for (var heard : listener.unwrap(PGConnection.class).getNotifications(10_000)) {
                System.out.println("heard: " + heard.getName() + " " + heard.getParameter());
            }
            update(teller, "create temp table mine as select id from item where id < 10");
            show("temporary", () -> rows(teller, "select count(*) from mine join item using (id)"));
        }
    }

    public static void main(String[] arguments) throws Exception {
        String[][] connections = {
            {"prepareThreshold", "1"},
            {"prepareThreshold", "0", "preferQueryMode", "extended"},
            {"preferQueryMode", "simple"},
            {"preferQueryMode", "extendedForPrepared"},
            {"preferQueryMode", "extendedCacheEverything", "reWriteBatchedInserts", "true", "options", "-c intervalstyle=iso_8601"},
            {"binaryTransfer", "true", "prepareThreshold", "-1", "autosave", "always"},
            {"readOnly", "false", "readOnlyMode", "always", "prepareThreshold", "1", "defaultRowFetchSize", "20"}
        };
        int number = 0;
        for (String[] settings : connections) {
            System.out.println("== " + String.join(" ", settings));
            try (Connection c = connect(settings)) {
                simple(c);
                prepared(c);
                ownWrites(c, number == 0 ? "counted" : "counted" + number);
                batches(c);
                update(c, "delete from item where id >= 100");
                transactions(c);
                settings(c);
                update(c, "delete from item where id >= 5000");
                copies(c);
                if (number++ == 0) {
                    cancels(c);
                }
            }
        }
        beside();
        listens();
        show("wrong password", () -> connect("password", "wrong"));
    }
}
