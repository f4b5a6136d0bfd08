package io.pgweir.proxy;

import static io.pgweir.proxy.SwitchedRules.block;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent.SessionEnd;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.AuditConfig.Level;
import io.pgweir.config.AuditConfig.OnExhausted;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.rules.Condition;
import io.pgweir.rules.Match;
import io.pgweir.rules.Metered;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Question;
import io.pgweir.rules.Rule;
import io.pgweir.rules.Severity;
import io.pgweir.rules.Truth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a session that pgweir does not understand any more: here because a rule has a fault. */
@Timeout(60)
class OpaqueIT {
    private static final String ENDED =
            "E(FATAL 57P03 terminating connection because pgweir does not understand it any more)";

    private static PgServer server;

    private final SwitchedRules rules = new SwitchedRules();

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
        server.query("create table t(i int)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** Its condition breaks its promise. */
    private static Rule faulty(Mode mode) {
        Condition throwing = new Condition() {
            @Override
            public Truth ask(Question question) {
                throw new IllegalStateException("this test wants it");
            }

            @Override
            public boolean countsRows() {
                return false;
            }

            @Override
            public Set<Metered> metered() {
                return Set.of();
            }

            @Override
            public String text() {
                return "fault";
            }
        };
        return new Rule(
                "faulty",
                "a test wants it",
                null,
                Severity.LOW,
                mode,
                1,
                Moment.STATEMENT,
                OnUnknown.ALERT,
                Match.ALWAYS,
                throwing,
                List.of(block("never said")),
                List.of());
    }

    private RunningAgent.Builder agent() {
        return RunningAgent.builder(server.port()).rules(rules.rules());
    }

    @Test
    void itEndsWhereARuleIsToBeEnforced() {
        try (RunningAgent agent = agent().start();
                PgWire client = agent.login()) {
            // Given
            rules.switchTo(faulty(Mode.ENFORCE));

            // When
            client.send(Frontend.query("insert into t values (1)"));

            // Then
            assertThat(Reply.line(client.readToEnd())).isEqualTo(ENDED);
            assertThat(server.query("select count(*) from t")).isEqualTo("0");
            assertThat(agent.endCause()).isEqualTo("internal-error");
        }
    }

    @Test
    void itEndsWhereStatementsMustHaveRecords() {
        Durability closed = new Durability(
                Map.of(),
                new Durability.Rule(Level.BOUNDED, OnExhausted.FAIL_CLOSED),
                Duration.ofMillis(50),
                Duration.ofSeconds(30));
        try (RunningAgent agent = agent().durability(closed).start();
                PgWire client = agent.login()) {
            // Given
            rules.switchTo(faulty(Mode.SHADOW));

            // When
            client.send(Frontend.query("insert into t values (1)"));

            // Then
            assertThat(Reply.line(client.readToEnd())).isEqualTo(ENDED);
            assertThat(server.query("select count(*) from t")).isEqualTo("0");
        }
    }

    @Test
    void itGoesOnWhereNobodyMinds() {
        try (RunningAgent agent = agent().start()) {
            try (PgWire client = agent.login()) {
                // Given
                rules.switchTo(faulty(Mode.SHADOW));

                // When
                String answer = client.query("select 1");

                // Then
                assertThat(answer).endsWith("C(SELECT 1) Z(I)");
            }
            agent.endCause();
            assertThat(agent.events(SessionEnd.class).getFirst().end().opaque()).isTrue();
        }
    }
}
