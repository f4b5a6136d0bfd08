package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.lab.PgServer;
import io.pgweir.routing.split.Need.Effect;
import io.pgweir.sql.facts.FactsCache;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** What we say of the corpus, held against servers: a leader with its database, and a standby. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SplitCorpusIT {
    /** What a session can have of its own; the settings of a transaction leave with it. */
    private static final String LEFT = """
            select (select string_agg(name || '=' || setting, ',') from pg_settings
                    where source = 'session' and name !~ '^transaction_'),
                   (select count(*) from pg_prepared_statements), (select count(*) from pg_cursors where is_holdable),
                   (select count(*) from pg_listening_channels()),
                   (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
                   (select count(*) from pg_class where relnamespace = pg_my_temp_schema()),
                   (select count(*) from pg_type where typnamespace = pg_my_temp_schema()),
                   (select count(*) from pg_proc where pronamespace = pg_my_temp_schema()),
                   current_user, session_user, pg_replication_origin_session_is_setup()""";

    private static final String NEXT_TRANSACTION = "select pg_snapshot_xmax(pg_current_snapshot())";

    private static final FactsCache FACTS = new FactsCache(1 << 20);

    private static PgServer leader;
    private static PgServer standby;
    private static Functions functions;

    @BeforeAll
    static void start() throws SQLException {
        leader = PgServer.builder().setting("autovacuum", "off").start();
        leader.query(SplitCorpus.schema());
        leader.query("vacuum (freeze, analyze)");
        standby = leader.replica("standby");
        functions = readFunctions();
        awaitReplay();
    }

    @AfterAll
    static void stop() {
        standby.close();
        leader.close();
    }

    @Test
    @Order(1)
    void catalogOfTheServerGivesTheAnswersOfTheCorpus() {
        // Given
        List<String> wrong = new ArrayList<>();

        // When
        for (SplitCorpus.Line line : SplitCorpus.lines()) {
            Need need = SplitCorpus.need(line.sql(), functions, FACTS);
            if (!need.equals(line.need())) {
                wrong.add(need + " (expected: " + line.need() + "): " + line);
            }
        }

        // Then
        assertThat(wrong).isEmpty();
    }

    @Test
    @Order(2)
    void whatAnyNodeMayRunGivesTheSameOnAStandbyAndWritesNothing() throws SQLException {
        // Given
        List<String> wrong = new ArrayList<>();
        String before = leader.query(NEXT_TRANSACTION);

        // When
        try (Connection first = connect(leader);
                Connection second = connect(standby)) {
            for (SplitCorpus.Line line : SplitCorpus.lines()) {
                if (line.isReplica()) {
                    String expected = answer(first, line.sql());
                    String found = answer(second, line.sql());
                    boolean same = found.equals(expected) || line.varies();
                    if (!same || found.startsWith("ERROR")) {
                        wrong.add(found + " (expected: " + expected + "): " + line);
                    }
                }
            }
        }

        // Then
        assertThat(wrong).isEmpty();
        assertThat(leader.query(NEXT_TRANSACTION)).isEqualTo(before);
    }

    @Test
    @Order(3)
    void nothingIsLeftWhereWeSaySo() throws SQLException {
        // Given
        List<String> wrong = new ArrayList<>();
        String nothing = leftBy("select 1");

        // When
        for (SplitCorpus.Line line : SplitCorpus.lines()) {
            boolean copy = line.need().reason().equals(Reason.COPY);
            if (line.need().effect() == Effect.NONE && !line.alone() && !copy) {
                String left = leftBy(line.sql());
                if (!left.equals(nothing)) {
                    wrong.add(left + " (expected: " + nothing + "): " + line);
                }
            }
        }

        // Then
        assertThat(wrong).isEmpty();
    }

    private static String leftBy(String sql) throws SQLException {
        try (Connection connection = connect(leader)) {
            String answer = answer(connection, sql);
            return answer.startsWith("ERROR") ? answer : answer(connection, LEFT);
        }
    }

    private static Connection connect(PgServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl() + "&preferQueryMode=simple");
    }

    /** All rows of all results, or the error. */
    private static String answer(Connection connection, String sql) {
        StringBuilder rows = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            boolean isResult = statement.execute(sql);
            while (isResult || statement.getUpdateCount() >= 0) {
                if (isResult) {
                    append(statement.getResultSet(), rows);
                }
                isResult = statement.getMoreResults();
            }
            return rows.toString();
        } catch (SQLException e) {
            return "ERROR " + e.getSQLState() + ' ' + e.getMessage();
        }
    }

    private static void append(ResultSet result, StringBuilder rows) throws SQLException {
        int width = result.getMetaData().getColumnCount();
        while (result.next()) {
            for (int i = 1; i <= width; i++) {
                rows.append(result.getString(i)).append('|');
            }
            rows.append('\n');
        }
    }

    private static Functions readFunctions() throws SQLException {
        List<Functions.Row> rows = new ArrayList<>();
        try (Connection connection = connect(leader);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(Functions.SQL)) {
            while (result.next()) {
                rows.add(new Functions.Row(
                        result.getString(1), result.getString(2), result.getString(3), result.getString(4)));
            }
        }
        return Functions.of(rows);
    }

    private static void awaitReplay() {
        String written = leader.query("select pg_current_wal_insert_lsn()");
        String replayed = "select pg_last_wal_replay_lsn() >= '" + written + "'";
        await().atMost(Duration.ofSeconds(30)).until(() -> "t".equals(standby.query(replayed)));
    }
}
