package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditEvent.OfExecution;
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
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What write-ahead holds back and for how long, with a disk that the test holds. */
@Timeout(60)
class WriteAheadIT {
    private static final int MESSAGE_BYTES = 65_536;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofMillis(30);
    private static final int ABS = 1397;

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
        tap = Tap.to("127.0.0.1", server.port());
    }

    @AfterEach
    void close() {
        journal.letGo();
        if (agent != null) {
            agent.close();
        }
        tap.close();
    }

    private PgWire login(Map<StatementClass, Durability.Rule> classes, Level rest) {
        RunningAgent started = RunningAgent.builder(tap.port())
                .journal(journal)
                .messageBytes(MESSAGE_BYTES)
                .durability(new Durability(
                        classes, new Durability.Rule(rest, OnExhausted.FAIL_CLOSED), Duration.ofMillis(50), LONG))
                .start();
        agent = started;
        return started.login();
    }

    private PgWire login() {
        return login(Map.of(), Level.WRITE_AHEAD);
    }

    private byte[] reached() {
        return tap.connections().getFirst().fromClient();
    }

    private void holdIntents() {
        journal.hold(StatementIntent.class::isInstance);
    }

    private void holdOutcomes() {
        journal.hold(OfExecution.class::isInstance);
    }

    private void awaitHolding() {
        await().atMost(Duration.ofSeconds(10)).until(journal::isHolding);
    }

    private static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of("Query", List.of(Frontend.query("insert into t values (1)")), 0),
                Arguments.of("Query, empty", List.of(Frontend.query("")), 0),
                Arguments.of("Parse", List.of(Frontend.parse("a", "select 1"), Frontend.sync()), 0),
                Arguments.of(
                        "pipeline",
                        List.of(
                                Frontend.parse("", "insert into t values (1)"),
                                Frontend.bind("", ""),
                                Frontend.execute("", 0),
                                Frontend.sync()),
                        0),
                Arguments.of(
                        "Execute of what was prepared before",
                        List.of(Frontend.bind("", "before"), Frontend.execute("", 0), Frontend.sync()),
                        Frontend.bind("", "before").length),
                Arguments.of("FunctionCall", List.of(Frontend.functionCall(ABS, 0, new byte[][] {{'-', '3'}})), 0),
                Arguments.of(
                        "Query that streams head first",
                        List.of(Frontend.query("select 1 /* " + "x".repeat(3 * MESSAGE_BYTES) + " */")),
                        0),
                Arguments.of(
                        "Parse that streams head first",
                        List.of(
                                Frontend.parse("", "select 1 /* " + "x".repeat(3 * MESSAGE_BYTES) + " */"),
                                Frontend.bind("", ""),
                                Frontend.execute("", 0),
                                Frontend.sync()),
                        0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void notOneByteOfAMessageReachesTheServerBeforeItsIntentIsKept(String name, List<byte[]> messages, int free) {
        try (PgWire client = login()) {
            // Given
            client.send(Frontend.parse("before", "select 2"), Frontend.sync());
            client.readUntilReady();
            byte[] before = reached();
            byte[] sent = Frontend.concat(messages.toArray(byte[][]::new));
            holdIntents();

            // When
            client.send(sent);
            awaitHolding();

            // Then
            await().during(A_WHILE)
                    .atMost(LONG)
                    .untilAsserted(() -> assertThat(reached()).hasSize(before.length + free));
            journal.letGo();
            String line = client.line();
            assertThat(line).endsWith("Z(I)").doesNotContain("E(");
            assertThat(Arrays.copyOfRange(reached(), before.length, reached().length))
                    .isEqualTo(sent);
        }
        checkIntents();
    }

    @Test
    void copyInIsHeldWithTheQueryThatBeginsIt() {
        try (PgWire client = login()) {
            // Given
            byte[] before = reached();
            holdIntents();
            byte[] sent = Frontend.concat(
                    Frontend.query("copy t from stdin"), Frontend.copyData("1\n2\n"), Frontend.copyDone());

            // When
            client.send(sent);
            awaitHolding();

            // Then
            await().during(A_WHILE).atMost(LONG).until(() -> reached().length == before.length);
            holdOutcomes();
            journal.letGo();
            holdOutcomes();
            assertThat(Reply.line(client.readThrough('C'))).endsWith("C(COPY 2)");
            awaitHolding();
            assertThatThrownBy(() -> client.timeoutMillis(50).read()).isInstanceOf(UncheckedIOException.class);
            journal.letGo();
            assertThat(client.timeoutMillis(20_000).line()).isEqualTo("Z(I)");
            assertThat(Arrays.copyOfRange(reached(), before.length, reached().length))
                    .isEqualTo(sent);
        }
        checkIntents();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void readyForQueryComesWhenTheOutcomeIsKept(String name, List<byte[]> messages, int free) {
        try (PgWire client = login()) {
            // Given
            client.send(Frontend.parse("before", "select 2"), Frontend.sync());
            client.readUntilReady();
            holdOutcomes();

            // When
            client.send(messages.toArray(byte[][]::new));

            // Then
            if (name.equals("Parse")) {
                assertThat(client.line()).isEqualTo("1 Z(I)");
                return;
            }
            char last = name.equals("FunctionCall") ? 'V' : name.equals("Query, empty") ? 'I' : 'C';
            assertThat(client.readThrough(last).getLast().type()).isEqualTo(last);
            awaitHolding();
            assertThatThrownBy(() -> client.timeoutMillis(50).read()).isInstanceOf(UncheckedIOException.class);
            journal.letGo();
            assertThat(client.timeoutMillis(20_000).line()).isEqualTo("Z(I)");
        }
    }

    /** Each execution's intent is one record before it, and nobody else's. */
    private void checkIntents() {
        close();
        Set<UUID> before = new HashSet<>();
        Set<UUID> taken = new HashSet<>();
        for (AuditEvent event : journal.events()) {
            if (event instanceof StatementIntent intent) {
                assertThat(before.add(intent.id())).isTrue();
            } else if (event instanceof OfExecution outcome) {
                UUID intent = outcome.execution().intent();
                assertThat(before).contains(intent);
                assertThat(taken.add(intent)).as("intent of its own").isTrue();
            }
        }
    }

    @Test
    void eachExecutionHasAnIntentOfItsOwn() {
        try (PgWire client = login()) {
            // When
            client.send(
                    Frontend.parse("a", "select 1"),
                    Frontend.bind("", "a"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "a"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            client.readUntilReady();
            client.send(Frontend.bind("", "a"), Frontend.execute("", 0), Frontend.sync());
            client.readUntilReady();
            client.query("select 1; insert into t values (3); select 2");
            client.query("select 1; selec; select 2");
            client.query("select 1; select 1/0; select 2");
            client.send(Frontend.functionCall(ABS, 0, new byte[][] {{'-', '3'}}));
            client.readUntilReady();
        }

        // Then
        checkIntents();
        assertThat(journal.events(AuditEvent.Statement.class)).hasSize(3 + 3 + 1 + 2);
        assertThat(journal.events(StatementIntent.class)).hasSize(3 + 3 + 3 + 3 + 1);
    }

    @Test
    void aClassThatIsNotWriteAheadIsNotHeld() {
        Durability.Rule ahead = new Durability.Rule(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED);
        try (PgWire client = login(Map.of(StatementClass.DDL, ahead), Level.BOUNDED)) {
            // Given
            journal.hold(event -> true);

            // When
            String read = client.query("select 1");
            client.send(Frontend.query("create table held(i int)"));

            // Then
            assertThat(read).endsWith("Z(I)");
            awaitHolding();
            assertThatThrownBy(() -> client.timeoutMillis(50).read()).isInstanceOf(UncheckedIOException.class);
            assertThat(server.query("select count(*) from pg_class where relname = 'held'"))
                    .isEqualTo("0");
            journal.letGo();
            assertThat(client.timeoutMillis(20_000).line()).isEqualTo("C(CREATE TABLE) Z(I)");
        }
    }

    private static Stream<Arguments> hiddenWrites() {
        return Stream.of(
                Arguments.of(List.of(Frontend.query("execute w")), false),
                Arguments.of(List.of(Frontend.query("prepare v as insert into t values (7); execute v")), true),
                Arguments.of(
                        List.of(
                                Frontend.query("prepare v as insert into t values (7)"),
                                Frontend.bind("", "v"),
                                Frontend.execute("", 0),
                                Frontend.sync()),
                        true),
                Arguments.of(
                        List.of(Frontend.query("select 1 " + " ".repeat(MESSAGE_BYTES) + "; insert into t values (7)")),
                        false));
    }

    @ParameterizedTest
    @MethodSource("hiddenWrites")
    void whatRunsAPreparedWriteIsHeldAsAWrite(List<byte[]> messages, boolean prepares) {
        Durability.Rule ahead = new Durability.Rule(Level.WRITE_AHEAD, OnExhausted.FAIL_CLOSED);
        try (PgWire client = login(Map.of(StatementClass.WRITE, ahead), Level.BOUNDED)) {
            // Given
            client.query("prepare w as insert into t values (7)");
            server.query("delete from t");
            int intents = journal.events(StatementIntent.class).size();

            // When
            client.send(messages.toArray(byte[][]::new));
            client.readUntilReady();
            if (messages.size() > 1) {
                client.readUntilReady();
            }

            // Then
            assertThat(server.query("select count(*) from t")).isEqualTo("1");
            assertThat(journal.events(StatementIntent.class).size() - intents).isEqualTo(prepares ? 2 : 1);
        }
    }
}
