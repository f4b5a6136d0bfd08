package io.pgweir.proxy;

import static io.pgweir.proxy.SwitchedRules.block;
import static io.pgweir.proxy.SwitchedRules.command;
import static io.pgweir.proxy.SwitchedRules.function;
import static io.pgweir.proxy.SwitchedRules.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent.OfExecution;
import io.pgweir.audit.AuditEvent.RuleAlert;
import io.pgweir.audit.AuditEvent.SessionEnd;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.rules.Action;
import io.pgweir.rules.Criterion;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Each action that is taken before a statement leaves, by each path that a statement has to the server: the table of docs/rules.md,
 * a test a cell. What becomes of rows is {@code ResultRulesIT}'s.
 */
@Timeout(60)
class RuleMatrixIT {
    private static final int ABS = 1397;
    private static final String TAGGED = "path";

    private static PgServer server;
    private static RunningAgent agent;
    private static final SwitchedRules RULES = new SwitchedRules();

    /**
     * @param match what rules look for
     * @param before sent one by one before there are rules
     * @param under sent at once under them
     * @param ready of ReadyForQuery that answer that
     * @param runs what the server says where it runs
     */
    private record Way(String name, Criterion match, List<byte[]> before, List<byte[]> under, int ready, String runs) {}

    /** What is looked at when it was tried. */
    private enum Cell {
        BLOCK,
        CLOSE,
        THROTTLE,
        SHADOW,
        ALERT,
        TAG,
        EXCLUDE,
        REWRITE
    }

    private static List<Way> ways() {
        byte[] sync = Frontend.sync();
        byte[] execute = Frontend.execute("", 0);
        Criterion delete = command("DELETE");
        Criterion copy = command("COPY");
        return List.of(
                new Way("simple", delete, List.of(), List.of(Frontend.query("delete from t")), 1, "C(DELETE"),
                new Way(
                        "several statements",
                        delete,
                        List.of(),
                        List.of(Frontend.query("select 1; delete from t")),
                        1,
                        "C(DELETE"),
                new Way(
                        "extended",
                        delete,
                        List.of(),
                        List.of(Frontend.parse("", "delete from t"), Frontend.bind("", ""), execute, sync),
                        1,
                        "C(DELETE"),
                new Way(
                        "prepared earlier",
                        delete,
                        List.of(Frontend.parse("d", "delete from t"), sync),
                        List.of(Frontend.bind("", "d"), execute, sync),
                        1,
                        "C(DELETE"),
                new Way(
                        "SQL PREPARE",
                        delete,
                        List.of(),
                        List.of(Frontend.query("prepare d as delete from t"), Frontend.query("execute d")),
                        2,
                        "C(DELETE"),
                new Way(
                        "SQL EXECUTE of what was prepared earlier",
                        delete,
                        List.of(Frontend.query("prepare d as delete from t")),
                        List.of(Frontend.query("execute d")),
                        1,
                        "C(DELETE"),
                new Way(
                        "pipeline",
                        delete,
                        List.of(),
                        List.of(
                                Frontend.parse("", "select 1"),
                                Frontend.bind("", ""),
                                execute,
                                Frontend.parse("", "delete from t"),
                                Frontend.bind("", ""),
                                execute,
                                sync),
                        1,
                        "C(DELETE"),
                new Way(
                        "DECLARE",
                        command("SELECT"),
                        List.of(Frontend.query("begin")),
                        List.of(Frontend.query("declare c cursor for select i from t")),
                        1,
                        "C(DECLARE"),
                new Way(
                        "FETCH",
                        command("SELECT"),
                        List.of(Frontend.query("begin; declare c cursor for select i from t")),
                        List.of(Frontend.query("fetch all from c")),
                        1,
                        "C(FETCH"),
                new Way(
                        "EXPLAIN ANALYZE",
                        delete,
                        List.of(),
                        List.of(Frontend.query("explain analyze delete from t")),
                        1,
                        "C(EXPLAIN"),
                new Way(
                        "COPY FROM",
                        copy,
                        List.of(),
                        List.of(Frontend.query("copy t from stdin"), Frontend.copyData("1\n"), Frontend.copyDone()),
                        1,
                        "C(COPY"),
                new Way("COPY TO", copy, List.of(), List.of(Frontend.query("copy t to stdout")), 1, "C(COPY"),
                new Way(
                        "COPY TO, extended",
                        copy,
                        List.of(),
                        List.of(Frontend.parse("", "copy t to stdout"), Frontend.bind("", ""), execute, sync),
                        1,
                        "C(COPY"),
                new Way(
                        "FunctionCall",
                        function("abs"),
                        List.of(),
                        List.of(Frontend.functionCall(ABS, 0, new byte[][] {{'-', '3'}})),
                        1,
                        "V("));
    }

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
        server.query("create table t(i int)");
        agent = RunningAgent.builder(server.port()).rules(RULES.rules()).start();
    }

    @AfterAll
    static void stop() {
        agent.close();
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> eachActionByEachPath() {
        List<DynamicTest> cells = new ArrayList<>();
        for (Way way : ways()) {
            for (Cell cell : Cell.values()) {
                if (way.name.equals("SQL PREPARE") && (cell == Cell.THROTTLE || cell == Cell.EXCLUDE)) {
                    // PREPARE takes the turn; and what EXECUTE runs is not known before PREPARE is answered.
                    continue;
                }
                cells.add(DynamicTest.dynamicTest(way.name + ": " + cell, () -> check(way, cell)));
            }
        }
        return cells.stream();
    }

    private static Action action(Cell cell) {
        return switch (cell) {
            case BLOCK, SHADOW -> block("not here");
            case CLOSE -> new Action.Close("57P01", "not you", null);
            case THROTTLE -> new Action.Throttle(1e-6, 1, Set.of(), Duration.ofMillis(1), "53400", "not so fast");
            case ALERT -> new Action.Alert("security");
            case TAG -> new Action.Tag(TAGGED, "yes");
            case EXCLUDE -> new Action.Exclude();
            case REWRITE -> new Action.Rewrite.Replace("select 'rewritten'");
        };
    }

    private static void check(Way way, Cell cell) {
        RULES.switchTo();
        PgWire client = agent.login();
        try (client) {
            for (byte[] message : way.before) {
                client.send(message);
                if (message[0] == 'Q' || message[0] == 'S') {
                    client.readUntilReady();
                }
            }
            String id = UUID.randomUUID().toString();
            RULES.switchTo(rule(
                    id,
                    cell == Cell.SHADOW ? Mode.SHADOW : Mode.ENFORCE,
                    Moment.STATEMENT,
                    List.of(way.match),
                    action(cell)));
            String answer = ask(client, way);
            switch (cell) {
                case BLOCK -> assertThat(answer).contains("42501 not here").doesNotContain(way.runs);
                case CLOSE -> assertThat(answer).contains("FATAL 57P01 not you").doesNotContain(way.runs);
                case THROTTLE -> {
                    // The first turn is free, and taken.
                    assertThat(answer).contains(way.runs);
                    assertThat(ask(client, way)).contains("53400 not so fast").doesNotContain(way.runs);
                }
                case SHADOW, TAG -> {
                    assertThat(answer).contains(way.runs);
                    awaitHit(id);
                }
                case ALERT -> {
                    assertThat(answer).contains(way.runs);
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> agent.events(RuleAlert.class).stream()
                                    .anyMatch(alert -> alert.hit().rule().equals(id)));
                }
                case EXCLUDE -> {
                    assertThat(answer).contains(way.runs);
                    client.close();
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> agent.events(SessionEnd.class).stream()
                                    .anyMatch(end -> end.origin().server() != null
                                            && end.origin().server().processId() == client.pid()));
                    assertThat(hits(id)).isEmpty();
                }
                case REWRITE -> assertThat(answer).doesNotContain(way.runs).containsAnyOf("D(rewritten)", "E(ERROR");
            }
        }
    }

    /** To the last ReadyForQuery, or the end. */
    private static String ask(PgWire client, Way way) {
        client.send(way.under.toArray(byte[][]::new));
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < way.ready; i++) {
            List<Reply> replies = client.readUntilReady();
            answer.append(Reply.line(replies)).append(' ');
            if (replies.isEmpty()) {
                break;
            }
        }
        return answer.toString();
    }

    private static void awaitHit(String rule) {
        await().atMost(Duration.ofSeconds(10)).until(() -> hits(rule).findAny().isPresent());
    }

    /** What the executions bear that this rule has matched. */
    private static Stream<Verdict> hits(String rule) {
        return agent.events(OfExecution.class).stream()
                .map(OfExecution::execution)
                .map(Execution::opinion)
                .filter(Verdict.class::isInstance)
                .map(Verdict.class::cast)
                .filter(verdict ->
                        verdict.hits().stream().anyMatch(hit -> hit.rule().equals(rule)));
    }
}
