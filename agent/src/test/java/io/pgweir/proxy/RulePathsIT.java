package io.pgweir.proxy;

import static io.pgweir.proxy.SwitchedRules.block;
import static io.pgweir.proxy.SwitchedRules.function;
import static io.pgweir.proxy.SwitchedRules.onCommand;
import static io.pgweir.proxy.SwitchedRules.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent.OfExecution;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.rules.Action;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Rule;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What rules do to a statement, by each way that a statement has to the server. docs/rules.md has the table. */
@Timeout(60)
class RulePathsIT {
    private static final int LO_IMPORT = 764;
    private static final int MESSAGE_BYTES = 64 << 10;
    private static final String BLOCKED = "E(ERROR 42501 not here)";
    private static final Rule NO_DELETE = onCommand("DELETE", block("not here"));

    private static PgServer server;

    private final SwitchedRules rules = new SwitchedRules();
    private RunningAgent agent;
    private PgWire client;

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
        server.query("truncate t");
        server.query("insert into t values (1)");
        agent = RunningAgent.builder(server.port())
                .messageBytes(MESSAGE_BYTES)
                .rules(rules.rules())
                .start();
        client = agent.login();
    }

    @AfterEach
    void close() {
        client.close();
        agent.close();
    }

    private String rows() {
        return Objects.requireNonNull(server.query("select count(*) from t"));
    }

    /** Of the last execution, what the rules said. */
    private Verdict last() {
        client.close();
        agent.close();
        Execution execution = agent.events(OfExecution.class).getLast().execution();
        return (Verdict) Objects.requireNonNull(execution.opinion());
    }

    /** Sent before there are rules, then under them, and what comes of that. */
    private static Arguments path(String name, List<byte[]> before, List<byte[]> under, String answer) {
        return Arguments.of(name, before, under, answer);
    }

    private static Stream<Arguments> paths() {
        byte[] sync = Frontend.sync();
        byte[] delete = Frontend.parse("d", "delete from t where i = $1", 23);
        return Stream.of(
                path("simple", List.of(), List.of(Frontend.query("delete from t")), BLOCKED + " Z(I)"),
                path(
                        "several statements",
                        List.of(),
                        List.of(Frontend.query("insert into t values (2); delete from t; select 1")),
                        BLOCKED + " Z(I)"),
                path(
                        "longer than is looked at",
                        List.of(),
                        List.of(Frontend.query("delete from t where i in (1" + ",1".repeat(MESSAGE_BYTES) + ")")),
                        BLOCKED + " Z(I)"),
                path("Parse", List.of(), List.of(delete, sync), BLOCKED + " Z(I)"),
                path(
                        "Parse, Bind, Execute",
                        List.of(),
                        List.of(delete, Frontend.bind("", "d", "1"), Frontend.execute("", 0), sync),
                        BLOCKED + " Z(I)"),
                path(
                        "prepared earlier",
                        List.of(delete, sync),
                        List.of(Frontend.bind("", "d", "1"), Frontend.execute("", 0), sync),
                        "2 " + BLOCKED + " Z(I)"),
                path(
                        "bound earlier",
                        List.of(Frontend.query("begin"), delete, Frontend.bind("p", "d", "1"), sync),
                        List.of(Frontend.execute("p", 0), sync),
                        BLOCKED + " Z(E)"),
                path(
                        "prepared by SQL",
                        List.of(Frontend.query("prepare d as delete from t")),
                        List.of(Frontend.query("execute d")),
                        BLOCKED + " Z(I)"),
                path(
                        "prepared by SQL, bound by the protocol",
                        List.of(Frontend.query("prepare d as delete from t")),
                        List.of(Frontend.bind("", "d"), Frontend.execute("", 0), sync),
                        "2 " + BLOCKED + " Z(I)"),
                path(
                        "prepared by the protocol, executed by SQL",
                        List.of(Frontend.parse("d", "delete from t"), sync),
                        List.of(Frontend.query("execute d")),
                        BLOCKED + " Z(I)"),
                path(
                        "pipeline",
                        List.of(),
                        List.of(
                                Frontend.parse("", "insert into t values (2)"),
                                Frontend.bind("", ""),
                                Frontend.execute("", 0),
                                delete,
                                Frontend.bind("", "d", "1"),
                                Frontend.execute("", 0),
                                sync),
                        "1 2 C(INSERT 0 1) " + BLOCKED + " Z(I)"),
                path(
                        "transaction block",
                        List.of(Frontend.query("begin"), Frontend.query("insert into t values (2)")),
                        List.of(Frontend.query("delete from t")),
                        BLOCKED + " Z(E)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("paths")
    void aBlockedStatementDoesNothing(String name, List<byte[]> before, List<byte[]> under, String answer) {
        // Given
        for (byte[] message : before) {
            client.send(message);
            if (message[0] == 'Q' || message[0] == 'S') {
                client.readUntilReady();
            }
        }
        rules.switchTo(NO_DELETE);

        // When
        client.send(under.toArray(byte[][]::new));
        String line = client.line();

        // Then
        assertThat(line).isEqualTo(answer);
        if (answer.endsWith("Z(E)")) {
            assertThat(client.query("rollback")).isEqualTo("C(ROLLBACK) Z(I)");
        }
        assertThat(client.query("select count(*) from t")).contains("D(1)").endsWith("Z(I)");
        rules.switchTo();
        assertThat(client.query("delete from t")).isEqualTo("C(DELETE 1) Z(I)");
    }

    @Test
    void aBlockedCopyInTakesItsDataWithIt() {
        // Given
        rules.switchTo(onCommand("COPY", block("not here")));

        // When
        client.send(
                Frontend.query("copy t from stdin"),
                Frontend.copyData("2\n"),
                Frontend.copyDone(),
                Frontend.query("select 1"));

        // Then
        assertThat(client.line()).isEqualTo(BLOCKED + " Z(I)");
        assertThat(client.line()).endsWith("C(SELECT 1) Z(I)");
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void aBlockedCopyOutShowsNothing() {
        rules.switchTo(onCommand("COPY", block("not here")));

        assertThat(client.query("copy t to stdout")).isEqualTo(BLOCKED + " Z(I)");
    }

    @Test
    void aFunctionCallIsJudgedByTheFunctionsName() {
        // Given
        rules.switchTo(
                rule("no-import", Mode.ENFORCE, Moment.STATEMENT, List.of(function("lo_import")), block("not here")));

        // When
        client.send(Frontend.functionCall(LO_IMPORT, 0, new byte[][] {{'/', 'x'}}));

        // Then
        assertThat(client.line()).isEqualTo(BLOCKED + " Z(I)");
        client.send(Frontend.functionCall(1397, 0, new byte[][] {{'-', '3'}}));
        assertThat(client.line()).startsWith("V(").endsWith("Z(I)");
    }

    @Test
    void aFunctionCallOfAUsersFunctionIsJudgedByItsName() {
        // Given
        client.query("create schema \"Odd \"\"one\"");
        client.query("create function \"Odd \"\"one\".secret(int) returns int language sql as 'select $1 + 1'");
        client.query("create function plain(int) returns int language sql as 'select $1 + 2'");
        int secret = oid("'\"Odd \"\"one\".secret'");
        int plain = oid("'plain'");
        byte[] callSecret = Frontend.functionCall(secret, 0, new byte[][] {{'3'}});
        byte[] callPlain = Frontend.functionCall(plain, 0, new byte[][] {{'3'}});
        rules.switchTo(
                rule("no-secret", Mode.ENFORCE, Moment.STATEMENT, List.of(function("secret")), block("not here")));

        // Then
        assertThat(client.query("begin")).endsWith("Z(T)");
        client.send(callPlain);
        assertThat(client.line()).isEqualTo("V(5) Z(T)");
        client.send(Frontend.query("select 1"), callSecret);
        assertThat(client.line()).endsWith("Z(T)");
        assertThat(client.line()).isEqualTo(BLOCKED + " Z(E)");
        client.send(callPlain);
        assertThat(client.line()).contains("25P02").endsWith("Z(E)");
        assertThat(client.query("rollback")).endsWith("Z(I)");
        client.send(callSecret, callPlain);
        assertThat(client.line()).isEqualTo(BLOCKED + " Z(I)");
        assertThat(client.line()).isEqualTo("V(5) Z(I)");
    }

    @Test
    void aFunctionCallWithinACopyWaitsForNobody() {
        // Given
        rules.switchTo(rule("no", Mode.ENFORCE, Moment.STATEMENT, List.of(function("secret")), block("not here")));

        // When
        client.send(
                Frontend.query("copy t from stdin"),
                Frontend.functionCall(1397, 0, new byte[][] {{'-', '3'}}),
                Frontend.sync());

        // Then
        assertThat(Reply.line(client.readUntilReady())).contains("unexpected message type 0x46 during COPY from stdin");
    }

    private int oid(String function) {
        String line = client.query("select " + function + "::regproc::oid::int4");
        return Integer.parseInt(line.substring(line.indexOf("D(") + 2, line.indexOf(") C(")));
    }

    @Test
    void theRecordSaysWhichRulesMatchedAndWhatCameOfIt() {
        // Given
        rules.switchTo(
                NO_DELETE,
                rule("watch", Mode.SHADOW, Moment.STATEMENT, List.of(), new Action.Close("57P01", "bye", null)));

        // When
        client.query("delete from t");

        // Then
        Verdict verdict = last();
        assertThat(verdict.hits()).extracting(hit -> hit.rule()).containsExactlyInAnyOrder("on-DELETE", "watch");
        assertThat(verdict.strongest()).isEqualTo(block("not here"));
    }

    @Test
    void closeEndsTheSessionAndNothingRuns() {
        // Given
        rules.switchTo(onCommand("DELETE", new Action.Close("57P01", "not you", "go")));

        // When
        client.send(Frontend.query("delete from t"));
        String line = Reply.line(client.readToEnd());

        // Then
        assertThat(line).isEqualTo("E(FATAL 57P01 not you)");
        assertThat(rows()).isEqualTo("1");
        assertThat(agent.endCause()).isEqualTo("rule");
        Execution refused = agent.events(OfExecution.class).getLast().execution();
        assertThat(refused.refused()).isTrue();
        assertThat(Objects.requireNonNull(refused.error()).sqlState()).isEqualTo("57P01");
    }

    @Test
    void aSessionThatIsNotWantedEndsBeforeItsFirstStatement() {
        // Given
        rules.switchTo(SwitchedRules.at(Moment.SESSION, block("not you")));

        // When
        PgWire unwanted = agent.connect();
        unwanted.send(
                Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "postgres", "database", "postgres")),
                Frontend.query("delete from t"));
        String line = Reply.line(unwanted.readToEnd());

        // Then
        assertThat(line).isEqualTo("E(FATAL 42501 not you)");
        assertThat(rows()).isEqualTo("1");
    }
}
