package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.wire.ErrorFields;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that are ended in their midst: few rows too many, which the server has sent already, and many. */
@Timeout(60)
class RowLimitsIT {
    private static final String RULES = """
            version: 1
            defaults: {mode: enforce, on-unknown: match}
            rules:
              - id: five
                why: five will do
                at: result
                match: {command: [SELECT, FETCH, COPY, EXECUTE, INSERT]}
                do: [{limit: {rows: 5, sqlstate: "54000", message: "five will do"}}]
            """;

    private static final String FIVE = "D(1) D(2) D(3) D(4) D(5) ";
    private static final String COPIED = "d(1\\n) d(2\\n) d(3\\n) d(4\\n) d(5\\n) ";
    private static final String ERROR = "E(ERROR 54000 five will do) ";
    private static final String FEW = "select g from generate_series(1, 7) g";
    private static final String MANY = "select g from generate_series(1, 3000000) g";

    private static PgServer server;

    private static RunningAgent agent;
    private PgWire client;

    @BeforeAll
    static void start() {
        server = PgServer.builder().start();
        server.query("create table log(i int)");
        agent = RunningAgent.builder(server.port()).rules(RULES).start();
    }

    @AfterAll
    static void stop() {
        agent.close();
        server.close();
    }

    @BeforeEach
    void login() {
        server.query("truncate log");
        client = agent.login();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void resultWithinTheBoundIsWhole() {
        assertThat(client.query("select g from generate_series(1, 5) g"))
                .isEqualTo("T(g:int4) " + FIVE + "C(SELECT 5) Z(I)");
        assertThat(client.query("copy (select generate_series(1, 5)) to stdout (format csv, header)"))
                .contains("c C(COPY 5) Z(I)");
        assertThat(client.query("copy (select generate_series(1, 5)) to stdout (format binary)"))
                .contains("c C(COPY 5) Z(I)");
    }

    @ParameterizedTest
    @ValueSource(strings = {FEW, MANY})
    void simpleQueryEndsWithTheRulesError(String sql) {
        assertThat(client.query(sql)).isEqualTo("T(g:int4) " + FIVE + ERROR + "Z(I)");
        assertThat(client.query("begin")).isEqualTo("C(BEGIN) Z(T)");
        assertThat(client.query("insert into log values (1)")).isEqualTo("C(INSERT 0 1) Z(T)");
        assertThat(client.query(sql)).isEqualTo("T(g:int4) " + FIVE + ERROR + "Z(E)");
        assertThat(client.query("select 1")).contains("E(ERROR 25P02").endsWith("Z(E)");
        assertThat(client.query("commit")).isEqualTo("C(ROLLBACK) Z(I)");
        assertThat(client.query("select count(*) from log")).contains("D(0)");
    }

    @ParameterizedTest
    @ValueSource(strings = {FEW, MANY})
    void copyOutEndsWithTheRulesError(String sql) {
        assertThat(client.query("copy (" + sql + ") to stdout")).isEqualTo("H(text 1) " + COPIED + ERROR + "Z(I)");
        client.query("begin");
        assertThat(client.query("copy (" + sql + ") to stdout")).isEqualTo("H(text 1) " + COPIED + ERROR + "Z(E)");
        assertThat(client.query("rollback")).isEqualTo("C(ROLLBACK) Z(I)");
    }

    /** What is behind it in the pipeline must not run, nor what was before it stay. */
    @ParameterizedTest
    @ValueSource(strings = {FEW, MANY, "copy (" + FEW + ") to stdout"})
    void pipelineFailsWithIt(String sql) {
        client.send(
                Frontend.parse("", "insert into log values (1)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", sql),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.parse("", "insert into log values (2)"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync(),
                Frontend.query("select count(*) from log"));
        assertThat(Reply.line(client.readUntilReady()))
                .startsWith("1 2 C(INSERT 0 1) 1 2 ")
                .endsWith(ERROR + "Z(I)")
                .doesNotContain("C(INSERT 0 1) Z");
        assertThat(Reply.line(client.readUntilReady())).contains("D(0)");
    }

    /** The server answers an Execute with its own end of buffer, Sync or not. */
    @Test
    void anErrorComesWithoutASync() {
        client.send(Frontend.parse("", FEW), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.flush());
        assertThat(Reply.line(client.readThrough('E'))).isEqualTo("1 2 " + FIVE + ERROR.strip());
        client.send(Frontend.sync());
        assertThat(Reply.line(client.readUntilReady())).isEqualTo("Z(I)");
        assertThat(client.query("select 1")).contains("D(1)");
    }

    @Test
    void portalIsCountedOverAllItsPieces() {
        client.send(
                Frontend.parse("", FEW),
                Frontend.bind("", ""),
                Frontend.execute("", 3),
                Frontend.execute("", 3),
                Frontend.execute("", 3),
                Frontend.sync());
        assertThat(Reply.line(client.readUntilReady())).isEqualTo("1 2 D(1) D(2) D(3) s D(4) D(5) " + ERROR + "Z(I)");
    }

    @Test
    void scriptEndsThere() {
        for (String sql : List.of(FEW, MANY)) {
            assertThat(client.query("select 0; " + sql + "; insert into log select 1; select 2"))
                    .isEqualTo("T(?column?:int4) D(0) C(SELECT 1) T(g:int4) " + FIVE + ERROR + "Z(I)");
        }
        assertThat(client.query("select 1")).contains("D(1)");
    }

    @Test
    void copyInBehindItIsNotAskedFor() {
        assertThat(client.query(FEW + "; copy log from stdin")).isEqualTo("T(g:int4) " + FIVE + ERROR + "Z(I)");
        assertThat(client.query("select count(*) from log")).contains("D(0)");
    }

    @Test
    void aCancelNeverHitsWhatComesNext() {
        for (int i = 0; i < 40; i++) {
            client.send(
                    Frontend.query("select g from generate_series(1, " + (100 + i * 5000) + ") g"),
                    Frontend.query("select pg_sleep(0.002)"));
            assertThat(Reply.line(client.readUntilReady())).endsWith(ERROR + "Z(I)");
            assertThat(Reply.line(client.readUntilReady())).contains("C(SELECT 1)");
        }
    }

    @Test
    void rulesThatCountRowsEndAResultInItsMidst() {
        String rules = """
                version: 1
                defaults: {mode: enforce, on-unknown: match}
                rules:
                  - id: bulk
                    why: no more than five
                    at: result
                    match: {command: [SELECT]}
                    when: result.rows > 5
                    do: [{block: {sqlstate: "54001", message: "in bulk", hint: "ask"}}]
                  - id: told
                    why: told of three
                    at: result
                    mode: shadow
                    match: {command: [SELECT]}
                    when: result.rows >= 3 && result.rows < 5
                    do: [{block: {}}]
                """;
        try (RunningAgent counting =
                        RunningAgent.builder(server.port()).rules(rules).start();
                PgWire reader = counting.login()) {
            for (String sql : List.of(FEW, MANY)) {
                assertThat(reader.query(sql)).isEqualTo("T(g:int4) " + FIVE + "E(ERROR 54001 in bulk) Z(I)");
                reader.send(
                        Frontend.parse("", sql),
                        Frontend.bind("", ""),
                        Frontend.execute("", 0),
                        Frontend.parse("", "insert into log values (2)"),
                        Frontend.bind("", ""),
                        Frontend.execute("", 0),
                        Frontend.sync());
                assertThat(Reply.line(reader.readUntilReady()))
                        .isEqualTo("1 2 " + FIVE + "E(ERROR 54001 in bulk) Z(I)");
            }
            assertThat(reader.query("select count(*) from log")).contains("D(0)");
            assertThat(reader.query("select generate_series(1, 3)")).contains("C(SELECT 3)");
            await().untilAsserted(() -> assertThat(counting.events(AuditEvent.OfExecution.class))
                    .extracting(event -> event.execution().opinion())
                    .filteredOn(opinion -> opinion instanceof Verdict verdict
                            && verdict.hits().stream()
                                    .anyMatch(hit -> hit.rule().equals("told")))
                    .hasSize(1));
        }
    }

    @Test
    void budgetEndsAResultInItsMidst() {
        String rules = """
                version: 1
                defaults: {mode: enforce, on-unknown: match}
                rules:
                  - id: eight
                    why: eight an hour
                    at: result
                    match: {command: [SELECT]}
                    do: [{budget: {rows: 8, window: 1h, by: [user], message: spent}}]
                """;
        try (RunningAgent counting =
                        RunningAgent.builder(server.port()).rules(rules).start();
                PgWire reader = counting.login()) {
            assertThat(reader.query("select generate_series(1, 5)")).contains("C(SELECT 5)");
            assertThat(reader.query("select g from generate_series(1, 5) g"))
                    .isEqualTo("T(g:int4) D(1) D(2) D(3) E(ERROR 53400 spent) Z(I)");
            assertThat(reader.query("select 1")).isEqualTo("E(ERROR 53400 spent) Z(I)");
        }
    }

    @Test
    void recordTellsTheRulesError() {
        String marked = FEW + " where g > -77";
        client.query(marked);
        await().untilAsserted(() -> assertThat(agent.events(AuditEvent.OfExecution.class))
                .map(AuditEvent.OfExecution::execution)
                .filteredOn(execution ->
                        Objects.requireNonNull(execution.statement()).text().contains("-77"))
                .singleElement()
                .extracting(Execution::error)
                .isNotNull()
                .extracting(ErrorFields::sqlState)
                .isEqualTo("54000"));
    }
}
