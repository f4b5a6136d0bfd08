package io.pgweir.proxy;

import static io.pgweir.proxy.SwitchedRules.at;
import static io.pgweir.proxy.SwitchedRules.block;
import static io.pgweir.proxy.SwitchedRules.command;
import static io.pgweir.proxy.SwitchedRules.onCommand;
import static io.pgweir.proxy.SwitchedRules.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditEvent.OfExecution;
import io.pgweir.audit.AuditEvent.RuleAlert;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.rules.Action;
import io.pgweir.rules.Key;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other words, turns, budgets, alerts, and what rules do to records. */
@Timeout(60)
class RuleActionsIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static PgServer server;

    private final SwitchedRules rules = new SwitchedRules();
    private RunningAgent agent;
    private PgWire client;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
        server.query("create table t(i int)");
        server.query("insert into t select generate_series(1, 10)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        agent = RunningAgent.builder(server.port()).rules(rules.rules()).start();
        client = agent.login();
    }

    @AfterEach
    void close() {
        client.close();
        agent.close();
    }

    private List<Execution> executions() {
        client.close();
        agent.close();
        return agent.events(OfExecution.class).stream()
                .map(OfExecution::execution)
                .toList();
    }

    private static Action.Throttle throttle(double perSecond, Duration waitMax) {
        return new Action.Throttle(perSecond, 1, Set.of(Key.USER), waitMax, "53400", "not so fast");
    }

    @Test
    void otherWordsRunInAStatementsPlace() {
        // Given
        rules.switchTo(onCommand("DELETE", new Action.Rewrite.Replace("select 42 as rewritten")));

        // When
        String simple = client.query("select 1; delete from t; select 2");
        client.send(
                Frontend.parse("d", "delete from t"), Frontend.bind("", "d"), Frontend.execute("", 0), Frontend.sync());
        String extended = client.line();

        // Then
        assertThat(simple)
                .isEqualTo("T(?column?:int4) D(1) C(SELECT 1) T(rewritten:int4) D(42) C(SELECT 1)"
                        + " T(?column?:int4) D(2) C(SELECT 1) Z(I)");
        assertThat(extended).isEqualTo("1 2 D(42) C(SELECT 1) Z(I)");
        assertThat(executions())
                .filteredOn(execution -> execution.rewritten() != null)
                .hasSize(2)
                .allSatisfy(execution -> {
                    assertThat(Objects.requireNonNull(execution.statement()).text())
                            .isEqualTo("delete from t");
                    assertThat(Objects.requireNonNull(execution.rewritten()).text())
                            .isEqualTo("select 42 as rewritten");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select i from generate_series(1, 9) i              | 3
            select i from generate_series(1, 9) i limit 2      | 2
            select i from generate_series(1, 9) i limit all    | 3
            select i from generate_series(1, 9) i offset 7     | 2
            select i from generate_series(1, 9) i order by 1;  | 3
            select 1 union all select 2 union all select 3 union all select 4 | 3
            with w as (select generate_series(1, 9)) select * from w -- all   | 3
            values (1), (2), (3), (4)                          | 3
            """)
    void rowsAreLimitedInTheStatementItself(String sql, int rows) {
        // Given
        rules.switchTo(
                onCommand("SELECT", new Action.Rewrite.AtMost(3)), onCommand("VALUES", new Action.Rewrite.AtMost(3)));

        // When
        String simple = client.query(sql);
        client.send(Frontend.parse("", sql), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
        String extended = client.line();

        // Then
        assertThat(simple).endsWith("C(SELECT " + rows + ") Z(I)");
        assertThat(extended).endsWith("C(SELECT " + rows + ") Z(I)");
    }

    @Test
    void whatWasPreparedBeforeItsRuleIsToBePreparedAgain() {
        // Given
        client.send(Frontend.parse("d", "delete from t"), Frontend.sync());
        client.readUntilReady();
        rules.switchTo(onCommand("DELETE", new Action.Rewrite.Replace("select 42")));

        // When
        client.send(Frontend.bind("", "d"), Frontend.execute("", 0), Frontend.sync());

        // Then
        assertThat(client.line())
                .isEqualTo(
                        "2 E(ERROR 26000 the statement was prepared before a rule that rewrites it was in force) Z(I)");
    }

    @Test
    void anErrorPointsNowhereInWordsThatTheClientNeverSaid() {
        // Given
        rules.switchTo(onCommand("DELETE", new Action.Rewrite.Replace("select nothing from nowhere")));

        // When
        client.send(Frontend.query("delete from t"));
        byte[] error = client.readUntilReady().getFirst().body();

        // Then
        String fields = new String(error, StandardCharsets.UTF_8);
        assertThat(fields).contains("C42P01\0").doesNotContain("\0P");
    }

    @Test
    void aStatementWaitsForItsTurn() {
        // Given
        rules.switchTo(onCommand("SELECT", throttle(1, MINUTE)));

        // When
        long start = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            assertThat(client.query("select 1")).endsWith("Z(I)");
        }
        long took = System.nanoTime() - start;

        // Then
        assertThat(took)
                .isBetween(
                        Duration.ofMillis(1900).toNanos(),
                        Duration.ofSeconds(20).toNanos());
        assertThat(executions().getLast().ownNanos())
                .isGreaterThan(Duration.ofMillis(20).toNanos());
    }

    @Test
    void whoWouldWaitTooLongIsRefused() {
        // Given
        rules.switchTo(onCommand("SELECT", throttle(0.001, Duration.ofMillis(100))));

        // When
        String first = client.query("select 1");
        String second = client.query("select 1");

        // Then
        assertThat(first).endsWith("C(SELECT 1) Z(I)");
        assertThat(second).isEqualTo("E(ERROR 53400 not so fast) Z(I)");
        try (PgWire other = PgWire.login("127.0.0.1", agent.port(), Map.of("user", "postgres"), null)) {
            assertThat(other.query("select 1")).contains("53400");
        }
    }

    @Test
    void aBudgetIsSpentByWhatComesBack() {
        // Given
        rules.switchTo(onCommand(
                "SELECT",
                new Action.Budget(15, Long.MAX_VALUE, MINUTE, Set.of(Key.USER), "53400", "enough for today")));

        // When
        String first = client.query("select * from t");
        String second = client.query("select * from t");
        String third = client.query("select * from t");

        // Then
        assertThat(first).endsWith("C(SELECT 10) Z(I)");
        assertThat(second).doesNotContain("C(SELECT 0)");
        assertThat(third).isEqualTo("E(ERROR 53400 enough for today) Z(I)");
    }

    @Test
    void anAlertIsARecordOfItsOwn() {
        // Given
        rules.switchTo(
                rule("tell", Mode.ENFORCE, Moment.STATEMENT, List.of(command("DELETE")), new Action.Alert("sec")),
                rule("watch", Mode.SHADOW, Moment.STATEMENT, List.of(), new Action.Alert("sec")));

        // When
        client.send(
                Frontend.parse("", "delete from t where false"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        client.readUntilReady();

        // Then
        executions();
        assertThat(agent.events(RuleAlert.class)).singleElement().satisfies(alert -> {
            assertThat(alert.hit().rule()).isEqualTo("tell");
            assertThat(alert.channel()).isEqualTo("sec");
            assertThat(Objects.requireNonNull(alert.statement()).text()).isEqualTo("delete from t where false");
        });
    }

    @Test
    void whatIsExcludedHasNoRecordUnlessItFails() {
        // Given
        rules.switchTo(onCommand("SELECT", new Action.Exclude()));

        // When
        client.query("select 1");
        client.query("select 1/0");
        client.query("delete from t where false");

        // Then
        assertThat(executions())
                .extracting(execution ->
                        Objects.requireNonNull(execution.statement()).text())
                .containsExactly("select 1/0", "delete from t where false");
        assertThat(agent.events(AuditEvent.AuditStop.class).getLast().leftOut().excluded())
                .isEqualTo(1);
    }

    @Test
    void aSampleOfNearlyNothingIsCounted() {
        // Given
        rules.switchTo(onCommand("SELECT", new Action.Sample(1e-12)));

        // When
        client.query("select 1; select 2; select 3");

        // Then
        assertThat(executions()).isEmpty();
        assertThat(agent.events(AuditEvent.AuditStop.class).getLast().leftOut().sampledOut())
                .isEqualTo(3);
    }

    @Test
    void aStrongerActionKeepsTheRecord() {
        // Given
        rules.switchTo(
                onCommand("SELECT", new Action.Exclude()),
                rule("tag", Mode.ENFORCE, Moment.STATEMENT, List.of(), new Action.Tag("team", "data")));

        // When
        client.query("select 1");

        // Then
        Verdict verdict =
                (Verdict) Objects.requireNonNull(executions().getLast().opinion());
        assertThat(verdict.tags()).containsExactly(new Action.Tag("team", "data"));
    }

    @Test
    void aTransactionThatIsOverIsJudged() {
        // Given
        rules.switchTo(at(Moment.TRANSACTION_END, new Action.Alert("sec")));

        // When
        client.query("begin");
        client.query("commit");

        // Then
        await().atMost(MINUTE).until(() -> !agent.events(RuleAlert.class).isEmpty());
        executions();
        assertThat(agent.events(AuditEvent.TransactionEnd.class)
                        .getFirst()
                        .verdict()
                        .hits())
                .hasSize(1);
    }

    @Test
    void aFetchBearsWhatWasSaidOfItsCursor() {
        // Given
        rules.switchTo(rule(
                "cursors",
                Mode.ENFORCE,
                Moment.STATEMENT,
                List.of(command("DECLARE CURSOR")),
                new Action.Tag("from", "cursor")));

        // When
        client.query("begin; declare c cursor for select * from t");
        client.query("fetch 2 from c");
        client.query("commit");

        // Then
        Execution fetch = executions().stream()
                .filter(execution -> "FETCH 2".equals(execution.tag()))
                .findFirst()
                .orElseThrow();
        assertThat(((Verdict) Objects.requireNonNull(fetch.opinion())).tags()).hasSize(1);
    }

    @Test
    void aTextThatARequestInFlightMayTurnAroundIsReadBothWays() {
        // Given
        String hidden = "select 'a\\'; delete from t; select 'b'";
        rules.switchTo(onCommand("DELETE", block("not here")));

        // When
        client.send(
                Frontend.query("select set_config('standard_conforming_strings', 'off', false)"),
                Frontend.query(hidden));
        client.readUntilReady();

        // Then
        assertThat(client.line()).isEqualTo("E(ERROR 42501 not here) Z(I)");
        assertThat(executions()).hasSize(2);
    }
}
