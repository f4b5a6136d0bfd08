package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.AuditEvent.OfExecution;
import io.pgweir.audit.AuditEvent.SessionEnd;
import io.pgweir.audit.AuditEvent.StatementIntent;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.AuditConfig.Level;
import io.pgweir.config.AuditConfig.OnExhausted;
import io.pgweir.config.AuditConfig.StatementClass;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.lab.Tap;
import io.pgweir.session.Execution;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of statements and sessions whose records cannot be kept in time, and of those that end while they wait. */
@Timeout(60)
class RefusalIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final String REFUSED =
            "E(ERROR 57P03 statement refused because its audit record could not be kept: not on disk within 150 ms)";

    private static PgServer server;

    private final HeldJournal journal = new HeldJournal();
    private Tap tap;
    private @Nullable RunningAgent agent;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
        server.query("create table t(i int)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.query("delete from t");
        tap = Tap.to("127.0.0.1", server.port());
    }

    @AfterEach
    void close() {
        journal.fail(null);
        journal.letGo();
        if (agent != null) {
            agent.close();
        }
        tap.close();
    }

    /** Writes are of this level, all else is bounded and open. */
    private PgWire login(Level level, OnExhausted onExhausted, Duration syncWaitMax) {
        RunningAgent started = RunningAgent.builder(tap.port())
                .journal(journal)
                .durability(new Durability(
                        Map.of(
                                StatementClass.WRITE,
                                new Durability.Rule(level, onExhausted),
                                StatementClass.FUNCTION,
                                new Durability.Rule(level, onExhausted)),
                        new Durability.Rule(Level.BOUNDED, OnExhausted.FAIL_OPEN),
                        Duration.ofMillis(50),
                        syncWaitMax))
                .start();
        agent = started;
        return started.login();
    }

    private void holdIntents() {
        journal.hold(StatementIntent.class::isInstance);
    }

    private void holdOutcomes() {
        journal.hold(event ->
                event instanceof OfExecution outcome && outcome.execution().intent() != null);
    }

    private void awaitHolding() {
        await().atMost(Duration.ofSeconds(10)).until(journal::isHolding);
    }

    private String rows() {
        return Objects.requireNonNull(server.query("select count(*) from t"));
    }

    /** Of each execution, in their order; 00000 where it went well. */
    private List<String> sqlStates() {
        close();
        return journal.events(OfExecution.class).stream()
                .map(OfExecution::execution)
                .map(execution ->
                        execution.error() == null ? "00000" : execution.error().sqlState())
                .toList();
    }

    private long notDurable() {
        return journal.events(AuditGap.class).stream()
                .filter(gap -> gap.reason() == AuditGap.Reason.NOT_DURABLE)
                .mapToLong(AuditGap::dropped)
                .sum();
    }

    @Test
    void aQueryIsRefusedAndTheSessionGoesOn() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            holdIntents();

            // When
            String refused = client.query("insert into t values (1)");
            journal.letGo();

            // Then
            assertThat(refused).isEqualTo(REFUSED + " Z(I)");
            assertThat(rows()).isEqualTo("0");
            assertThat(client.query("insert into t values (2)")).isEqualTo("C(INSERT 0 1) Z(I)");
        }
        assertThat(sqlStates()).containsExactly("57P03", "00000");
    }

    @Test
    void inAPipelineTheRestIsSkippedAndRolledBack() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            client.send(
                    Frontend.parse("r", "select 1"),
                    Frontend.parse("w", "insert into t values ($1::int)"),
                    Frontend.sync());
            client.readUntilReady();
            holdIntents();

            // When
            client.send(
                    Frontend.bind("", "r"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "w", "1"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "r"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            String atExecute = client.line();
            journal.letGo();
            holdIntents();
            client.send(
                    Frontend.parse("", "insert into t values (3)"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            String atParse = client.line();
            journal.letGo();

            // Then
            assertThat(atExecute).isEqualTo("2 D(1) C(SELECT 1) 2 " + REFUSED + " Z(I)");
            assertThat(atParse).isEqualTo(REFUSED + " Z(I)");
            assertThat(rows()).isEqualTo("0");
            client.send(Frontend.bind("", "w", "1"), Frontend.execute("", 0), Frontend.sync());
            assertThat(client.line()).isEqualTo("2 C(INSERT 0 1) Z(I)");
        }
        assertThat(sqlStates()).containsExactly("00000", "57P03", "57P03", "00000");
    }

    @Test
    void aTransactionBlockHasFailed() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            client.query("begin");
            client.query("insert into t values (1)");
            holdIntents();

            // When
            String refused = client.query("insert into t values (2)");
            journal.letGo();

            // Then
            assertThat(refused).isEqualTo(REFUSED + " Z(E)");
            assertThat(client.query("select 1")).contains("25P02").endsWith("Z(E)");
            assertThat(client.query("rollback")).isEqualTo("C(ROLLBACK) Z(I)");
            assertThat(rows()).isEqualTo("0");
        }
    }

    @Test
    void aFunctionCallIsRefused() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            holdIntents();

            // When
            client.send(Frontend.functionCall(1397, 0, new byte[][] {{'-', '3'}}));
            String refused = client.line();
            journal.letGo();

            // Then
            assertThat(refused).isEqualTo(REFUSED + " Z(I)");
            client.send(Frontend.functionCall(1397, 0, new byte[][] {{'-', '3'}}));
            assertThat(client.line()).startsWith("V(").endsWith("Z(I)");
        }
        assertThat(sqlStates()).containsExactly("57P03", "00000");
    }

    @Test
    void aCopyIsRefusedWithTheDataThatFollowsIt() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            holdIntents();

            // When
            client.send(
                    Frontend.query("copy t from stdin"),
                    Frontend.copyData("1\n"),
                    Frontend.copyDone(),
                    Frontend.query("select 1"));
            String refused = client.line();
            journal.letGo();

            // Then
            assertThat(refused).isEqualTo(REFUSED + " Z(I)");
            assertThat(client.line()).endsWith("C(SELECT 1) Z(I)");
            assertThat(rows()).isEqualTo("0");
        }
    }

    @Test
    void anOutcomeThatCannotBeKeptEndsTheSessionBeforeReadyForQuery() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, SHORT)) {
            // Given
            holdOutcomes();

            // When
            client.send(Frontend.query("insert into t values (1)"));
            String answer = Reply.line(client.readToEnd());

            // Then
            assertThat(answer)
                    .isEqualTo("C(INSERT 0 1) E(FATAL 57P03 terminating connection because the audit record of a"
                            + " statement could not be kept: not on disk within 150 ms)");
        }
        close();
        assertThat(journal.events(SessionEnd.class).getFirst().end().cause()).isEqualTo("audit");
    }

    @Test
    void failOpenGoesOnAndAGapCounts() {
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_OPEN, SHORT)) {
            // Given
            journal.hold(event -> true);

            // When
            String answer = client.query("insert into t values (1)");
            journal.letGo();

            // Then
            assertThat(answer).isEqualTo("C(INSERT 0 1) Z(I)");
            assertThat(rows()).isEqualTo("1");
            await().atMost(LONG).until(() -> notDurable() == 2);
        }
        assertThat(sqlStates()).containsExactly("00000");
    }

    @Test
    void anExhaustedTrailRefusesWhatIsBoundedAndClosedUntilItKeepsRecordsAgain() {
        try (PgWire client = login(Level.BOUNDED, OnExhausted.FAIL_CLOSED, LONG)) {
            // Given
            journal.fail("no space left on device");
            client.query("select 'this one finds out'");

            // When
            await().atMost(LONG)
                    .until(
                            () -> client.query("insert into t values (1)")
                                    .contains(
                                            "57P03 statement refused because its audit record could not be kept: no space left"));
            server.query("delete from t");
            String closed = client.query("insert into t values (1)");
            String open = client.query("select 1");
            String nothing = rows();
            journal.fail(null);

            // Then
            assertThat(closed).startsWith("E(ERROR 57P03").endsWith("Z(I)");
            assertThat(open).endsWith("C(SELECT 1) Z(I)");
            assertThat(nothing).isEqualTo("0");
            await().atMost(LONG)
                    .until(() -> client.query("insert into t values (1)").equals("C(INSERT 0 1) Z(I)"));
        }
        List<Execution> all = journal.events(OfExecution.class).stream()
                .map(OfExecution::execution)
                .toList();
        assertThat(all).isNotEmpty().allMatch(execution -> execution.answered());
    }

    @Test
    void aClientThatVanishesWhileItsStatementIsHeldLeavesNothingBehind() {
        // Given
        PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, LONG);
        holdIntents();
        client.send(Frontend.query("insert into t values (1)"));
        awaitHolding();

        // When
        client.reset();

        // Then
        await().atMost(LONG).until(() -> tap.connections().getFirst().isOver());
        journal.letGo();
        await().atMost(LONG).until(() -> journal.events(SessionEnd.class).size() == 1);
        assertThat(rows()).isEqualTo("0");
        assertThat(journal.events(OfExecution.class)).hasSize(1);
    }

    @Test
    void whatAClientAskedBeforeItsEndRunsWhenItsIntentIsKept() {
        // Given
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, LONG)) {
            holdIntents();
            client.send(Frontend.query("insert into t values (1)"));
            client.halfClose();
            awaitHolding();

            // When
            journal.letGo();

            // Then
            assertThat(Reply.line(client.readToEnd())).startsWith("C(INSERT 0 1)");
            await().atMost(LONG).until(() -> rows().equals("1"));
        }
    }

    @Test
    void aServerThatVanishesWhileItsAnswerIsHeldIsToldToTheClientBehindIt() {
        // Given
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, LONG)) {
            holdOutcomes();
            client.send(Frontend.query("insert into t values (1)"));
            client.readThrough('C');
            awaitHolding();

            // When
            tap.connections().getFirst().tear();
            journal.letGo();

            // Then
            assertThat(Reply.line(client.readToEnd())).startsWith("Z(I)");
            await().atMost(LONG).until(() -> journal.events(SessionEnd.class).size() == 1);
        }
    }

    @Test
    void anAgentStopsThoughStatementsAreHeld() {
        // Given
        try (PgWire client = login(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED, LONG)) {
            holdIntents();
            client.send(Frontend.query("insert into t values (1)"));
            awaitHolding();

            // When
            RunningAgent stopping = Objects.requireNonNull(agent);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(stopping::close);
            stopping.agent().hurry();
            String last = Reply.line(client.readToEnd());
            journal.letGo();
            closing.join();

            // Then
            assertThat(last).startsWith("E(FATAL 57P01");
            assertThat(rows()).isEqualTo("0");
            assertThat(journal.events(SessionEnd.class)).hasSize(1);
        }
    }
}
