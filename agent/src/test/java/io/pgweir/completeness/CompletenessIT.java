package io.pgweir.completeness;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.boot.Agent;
import io.pgweir.config.ConfigReader;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import tools.jackson.databind.JsonNode;

/**
 * One record for every execution, no more, no less, counted by PostgreSQL itself: what ran by pg_stat_statements, what failed
 * by the server's log, and what was committed by the rows that are there.
 *
 * <p>pg_stat_statements leaves out PREPARE, the COMMIT or ROLLBACK that ends a failed block, and the rows of SHOW; and it
 * counts what EXECUTE ran with every other statement of that shape, under the text that came first.
 */
class CompletenessIT {
    private static final Pattern ERROR_LINE = Pattern.compile("(?m)^counted (\\w{5}) (?:ERROR|FATAL):");

    @TempDir
    static Path dir;

    private static final Map<String, Long> callsByPostgres = new TreeMap<>();
    private static final Map<String, Long> rowsByPostgres = new TreeMap<>();
    private static final Map<String, Long> errorsByPostgres = new TreeMap<>();
    private static final List<String> tagsInTable = new ArrayList<>();
    private static List<JsonNode> records = List.of();

    @BeforeAll
    static void run() throws Exception {
        Path file = dir.resolve("audit.ndjson");
        try (PgServer server = PgServer.builder()
                .setting("shared_preload_libraries", "pg_stat_statements")
                .setting("pg_stat_statements.track", "top")
                .setting("pg_stat_statements.max", "10000")
                .setting("log_line_prefix", "%d %e ")
                .start()) {
            server.query("create extension pg_stat_statements");
            server.query("create database counted");
            try (Agent agent = Agent.start(ConfigReader.read("test.yaml", """
                            clusters: {c: {nodes: ["127.0.0.1:%d"]}}
                            listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
                            audit: {text: full, parameters: full, sinks: [{file: {path: "%s"}}]}
                            """.formatted(server.port(), file)))) {
                int port = Objects.requireNonNull(agent.addresses().get("l")).getPort();
                byDriver(port);
                byHand(port);
            }
            ask(server);
        }
        records = Records.of(file);
    }

    /** What pgjdbc sends: extended protocol, prepared on the server after five runs, cursors by row limit, COPY. */
    private static void byDriver(int port) throws SQLException, java.io.IOException {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/counted?user=postgres&sslmode=disable";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table ledger(tag text primary key, n int)");
            try (PreparedStatement insert = connection.prepareStatement("insert into ledger values (?, ?)")) {
                for (int i = 0; i < 20; i++) {
                    insert.setString(1, "driver-" + i);
                    insert.setInt(2, i);
                    insert.executeUpdate();
                }
                for (int i = 20; i < 40; i++) {
                    insert.setString(1, "driver-" + i);
                    insert.setInt(2, i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            fails(statement, "insert into ledger values ('driver-0', 0)");
            fails(statement, "select * from no_such_table");
            fails(statement, "selec 1");
            connection.setAutoCommit(false);
            statement.executeUpdate("insert into ledger values ('driver-rolled-back', 1)");
            connection.rollback();
            statement.executeUpdate("insert into ledger values ('driver-committed', 1)");
            connection.commit();
            statement.executeUpdate("insert into ledger values ('driver-failed', 1)");
            fails(statement, "select 1/0");
            fails(statement, "select 2");
            connection.rollback();
            try (PreparedStatement paged = connection.prepareStatement("select n from ledger order by n limit 35")) {
                paged.setFetchSize(10);
                try (ResultSet rows = paged.executeQuery()) {
                    while (rows.next()) {
                        assertThat(rows.getInt(1)).isGreaterThanOrEqualTo(0);
                    }
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
            var copy = connection.unwrap(PGConnection.class).getCopyAPI();
            copy.copyIn("copy ledger from stdin", new StringReader("copy-1\t1\ncopy-2\t2\n"));
            copy.copyOut("copy (select * from ledger) to stdout (format csv)", new java.io.StringWriter());
            assertThat(statement.executeUpdate("update ledger set n = n + 1 where n > 30"))
                    .isPositive();
        }
    }

    private static void fails(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException expected) {
            return;
        }
        throw new AssertionError("did not fail: " + sql);
    }

    /** What drivers send seldom: several statements in one query, pipelines, errors in their midst, SQL's own PREPARE. */
    private static void byHand(int port) {
        Map<String, String> login = Map.of("user", "postgres", "database", "counted");
        try (PgWire client = PgWire.login("127.0.0.1", port, login, null)) {
            client.query(
                    "insert into ledger values ('multi-1', 1); select 7; insert into ledger values ('multi-2', 2)");
            client.query("insert into ledger values ('lost-1', 1); select 1/0; insert into ledger values ('never', 2)");
            client.query(
                    "begin; insert into ledger values ('block-1', 1); commit; insert into ledger values ('after', 1)");
            client.query("begin; insert into ledger values ('block-2', 1); rollback");
            client.query("begin");
            client.query("savepoint s");
            client.query("insert into ledger values ('savepoint-undone', 1)");
            client.query("rollback to s");
            client.query("insert into ledger values ('savepoint-kept', 1)");
            client.query("commit and chain");
            client.query("select 1/0");
            client.query("commit");
            client.query("");
            client.query(" ; -- nothing");
            client.query("prepare p(text) as insert into ledger values ($1, 5)");
            client.query("execute p('executed')");
            client.query("deallocate p");
            client.query("do $$ begin perform 1; end $$");
            client.query("set work_mem = '8MB'; reset work_mem; show work_mem");
            client.send(
                    Frontend.query("copy ledger from stdin"), Frontend.copyData("hand-copy\t1\n"), Frontend.copyDone());
            client.readUntilReady();
            client.send(
                    Frontend.query("copy ledger from stdin"),
                    Frontend.copyData("not enough columns\n"),
                    Frontend.copyDone());
            client.readUntilReady();
            client.send(Frontend.query("copy ledger from stdin"), Frontend.copyFail("changed my mind"));
            client.readUntilReady();

            // A pipeline that works; one that fails in its middle; one whose Parse fails.
            pipeline(client, "insert into ledger values ($1, 1)", "pipe-1", "pipe-2", "pipe-3");
            pipeline(client, "insert into ledger values ($1, 1)", "pipe-lost-4", "pipe-3", "pipe-lost-5");
            client.send(Frontend.parse("", "selec 2"), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            client.readUntilReady();
            client.send(
                    Frontend.parse("", "select $1::int"),
                    Frontend.bind("", "", "x"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            client.readUntilReady();

            // A named portal, fetched in three parts.
            client.query("begin");
            client.send(
                    Frontend.parse("", "select generate_series(1, 25)"),
                    Frontend.bind("c", ""),
                    Frontend.execute("c", 10),
                    Frontend.execute("c", 10),
                    Frontend.execute("c", 10),
                    Frontend.sync());
            client.readUntilReady();
            client.query("commit");
        }
    }

    private static void pipeline(PgWire client, String sql, String... tags) {
        client.send(Frontend.parse("", sql));
        for (String tag : tags) {
            client.send(Frontend.bind("", "", tag), Frontend.execute("", 0));
        }
        client.send(Frontend.sync());
        client.readUntilReady();
    }

    private static void ask(PgServer server) throws SQLException {
        try (Connection connection = server.connect();
                ResultSet rows = connection.createStatement().executeQuery("""
                        select upper(substring(query from '^\\s*(\\w+)')), sum(calls), sum(rows)
                        from pg_stat_statements s join pg_database d on d.oid = s.dbid
                        where d.datname = 'counted' group by 1""")) {
            while (rows.next()) {
                callsByPostgres.merge(shown(rows.getString(1)), rows.getLong(2), Long::sum);
                rowsByPostgres.merge(shown(rows.getString(1)), rows.getLong(3), Long::sum);
            }
        }
        Matcher errors = ERROR_LINE.matcher(server.log());
        while (errors.find()) {
            errorsByPostgres.merge(errors.group(1), 1L, Long::sum);
        }
        String url = server.jdbcUrl().replace("/postgres?", "/counted?");
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet rows = connection.createStatement().executeQuery("select tag from ledger order by tag")) {
            while (rows.next()) {
                tagsInTable.add(rows.getString(1));
            }
        }
    }

    @Test
    void asManyRecordsAsPostgresCountedCalls() {
        Map<String, Long> ours = new TreeMap<>();
        executions().filter(CompletenessIT::isCountedByPostgres).forEach(r -> ours.merge(verb(r), 1L, Long::sum));
        assertThat(ours).isEqualTo(callsByPostgres);
    }

    @Test
    void asManyRowsAsPostgresCounted() {
        Map<String, Long> ours = new TreeMap<>();
        executions()
                .filter(CompletenessIT::isCountedByPostgres)
                .forEach(r -> ours.merge(
                        verb(r),
                        r.at("/command").asString().equals("SHOW")
                                ? 0
                                : r.at("/result/rows").asLong(),
                        Long::sum));
        assertThat(ours).isEqualTo(rowsByPostgres);
    }

    @Test
    void asManyErrorsOfEachStateAsPostgresLogged() {
        Map<String, Long> ours = new TreeMap<>();
        executions()
                .filter(r -> r.at("/outcome").asString().equals("error"))
                .forEach(r -> ours.merge(r.at("/result/sqlstate").asString(), 1L, Long::sum));
        assertThat(ours).isEqualTo(errorsByPostgres).isNotEmpty();
    }

    /** Every INSERT's tag stands in its text or its first parameter; it is in the table exactly if its record says so. */
    @Test
    void everyOutcomeIsWhatTheTableSays() {
        Map<String, String> outcomes = new HashMap<>();
        Map<String, String> ofTransactions = new HashMap<>();
        records.stream()
                .filter(r -> r.at("/type").asString().equals("transaction.end"))
                .forEach(r -> ofTransactions.put(
                        transaction(r), r.at("/transaction/outcome").asString()));
        executions().filter(r -> r.at("/command").asString().equals("INSERT")).forEach(r -> {
            String outcome = r.at("/transaction/outcome").asString();
            if (outcome.equals("open")) {
                outcome = Objects.requireNonNull(ofTransactions.get(transaction(r)), r.toString());
            }
            boolean ran = r.at("/outcome").asString().equals("success");
            outcomes.put(tag(r) + (ran ? "" : " (failed)"), ran ? outcome : "failed");
        });
        assertThat(outcomes).hasSizeGreaterThan(50);
        outcomes.forEach((tag, outcome) -> {
            if (outcome.equals("committed") && !tag.equals("savepoint-undone")) {
                assertThat(tagsInTable).as(tag).contains(tag);
            } else if (!outcome.equals("failed")) {
                assertThat(tagsInTable).as(tag + " " + outcome).doesNotContain(tag);
            }
        });
    }

    @Test
    void nothingWasDroppedOrMisunderstood() {
        assertThat(records).noneMatch(r -> r.at("/type").asString().equals("audit.gap"));
        assertThat(executions().map(r -> r.at("/outcome").asString())).containsOnly("success", "error");
    }

    private static java.util.stream.Stream<JsonNode> executions() {
        return records.stream()
                .filter(r -> r.at("/database").asString("").equals("counted"))
                .filter(r -> List.of("statement", "copy", "function_call")
                        .contains(r.at("/type").asString()));
    }

    /** An empty query string runs nothing; of PREPARE, the statement counts when EXECUTE runs it. */
    private static boolean isCountedByPostgres(JsonNode r) {
        String command = r.at("/command").asString("");
        return r.at("/outcome").asString().equals("success")
                && !command.isEmpty()
                && !command.equals("PREPARE")
                && !r.at("/transaction/status_before").asString().equals("failed");
    }

    /** The first word of the text that pg_stat_statements shows. */
    private static String verb(JsonNode r) {
        return shown(r.at("/sql/text").asString().strip().split("\\W", 2)[0].toUpperCase(Locale.ROOT));
    }

    private static String shown(String verb) {
        return verb.equals("EXECUTE") || verb.equals("PREPARE") ? "INSERT" : verb;
    }

    private static String transaction(JsonNode r) {
        return r.at("/session").asString() + " " + r.at("/transaction/number").asLong();
    }

    private static String tag(JsonNode r) {
        Matcher literal = Pattern.compile("values \\('([^']+)'")
                .matcher(r.at("/open/sql/text").asString(""));
        return literal.find()
                ? literal.group(1)
                : r.at("/open/parameters/0/value").asString("executed");
    }
}
