package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests, right and wrong, against a real server, which is the judge: every CommandComplete and every ErrorResponse that the
 * client saw is one record's, in order; and a row is in the table exactly if its record says that it was committed.
 *
 * <p>Every INSERT inserts its own number, so a record that bears another statement's outcome is found out.
 */
class RandomTrafficIT {
    private static final int SEQUENCES = 250;
    private static final int STEPS_MAX = 14;

    @ParameterizedTest
    @ValueSource(ints = {18, 14})
    void everyAnswerIsARecordAndEveryOutcomeIsTrue(int major) throws SQLException {
        try (PgServer server = PgServer.builder()
                .major(major)
                .setting("shared_preload_libraries", "pg_stat_statements")
                .setting("log_line_prefix", "%e ")
                .start()) {
            server.query("create extension pg_stat_statements");
            server.query("create table n(i int); create table parent(i int primary key);"
                    + "create table child(i int references parent deferrable initially deferred)");
            Set<Integer> committed = new TreeSet<>();
            Outcomes outcomes = new Outcomes(committed);
            for (int seed = 0; seed < SEQUENCES; seed++) {
                play(server, seed, outcomes);
            }
            assertThat(inserted(server)).isEqualTo(committed).hasSizeGreaterThan(SEQUENCES / 2);
            String calls = server.query("select coalesce(sum(calls), 0) from pg_stat_statements"
                    + " where query ilike 'insert into n%' or query ilike 'insert into child%'");
            assertThat(outcomes.insertsThatRan).isEqualTo(Integer.parseInt(calls == null ? "0" : calls));
        }
    }

    /** Nobody can tell there which answer is whose: but what is not marked as doubtful is true. */
    @Test
    void whatIsNotDoubtfulIsTrueBehindCopiesThatFail() throws SQLException {
        try (PgServer server = PgServer.builder().start()) {
            server.query("create table n(i int); create table child(i int)");
            Set<Integer> committed = new TreeSet<>();
            int doubtful = 0;
            for (int seed = 0; seed < SEQUENCES; seed++) {
                List<Execution> executions = playAhead(server, seed);
                doubtful += executions.stream().anyMatch(Execution::doubtful) ? 1 : 0;
                executions.stream()
                        .filter(execution -> !execution.doubtful())
                        .forEach(execution -> Outcomes.addCommitted(execution, committed));
            }
            assertThat(doubtful).isBetween(SEQUENCES / 50, SEQUENCES / 2);
            assertThat(inserted(server)).containsAll(committed);
            assertThat(committed).hasSizeGreaterThan(SEQUENCES / 4);
        }
    }

    private static List<Execution> playAhead(PgServer server, int seed) {
        RandomTraffic traffic = new RandomTraffic(new Random(seed), seed * 1000, true);
        try (TrackedRelay relay = new TrackedRelay(server.port(), TrackerOptions.DEFAULT);
                PgWire client = PgWire.login("127.0.0.1", relay.port(), Map.of(), null)) {
            for (int i = 0; i <= seed % STEPS_MAX; i++) {
                client.send(traffic.segment());
            }
            client.send(Frontend.sync(), Frontend.query("rollback"), Frontend.terminate());
            client.readToEnd();
            relay.awaitOver();
            assertThat(relay.faults).isEmpty();
            return relay.ask(asked -> List.copyOf(asked.listener.executions));
        }
    }

    private static Set<Integer> inserted(PgServer server) throws SQLException {
        Set<Integer> found = new TreeSet<>();
        try (Connection connection = server.connect();
                ResultSet rows = connection.createStatement().executeQuery("select i from n")) {
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found;
    }

    private static void play(PgServer server, int seed, Outcomes outcomes) {
        // Given
        RandomTraffic traffic = new RandomTraffic(new Random(seed), seed * 1000, false);
        List<Reply> said = new ArrayList<>();
        try (TrackedRelay relay = new TrackedRelay(server.port(), TrackerOptions.DEFAULT);
                PgWire client = PgWire.login("127.0.0.1", relay.port(), Map.of(), null)) {
            // When
            int steps = 1 + seed % STEPS_MAX;
            for (int i = 0; i < steps; i++) {
                client.send(traffic.segment());
            }
            String end = "the end of " + seed;
            client.send(Frontend.sync(), Frontend.query("rollback"), Frontend.query("select '" + end + "'"));
            do {
                said.addAll(client.readUntilReady());
            } while (said.stream()
                    .noneMatch(reply -> reply.type() == 'D' && reply.toString().contains(end)));

            // Then
            String what = "seed " + seed + ": " + traffic + "\n" + Reply.line(said) + "\n"
                    + relay.ask(asked -> String.join("; ", asked.listener.told));
            String counts = relay.ask(asked -> asked.tracker.desyncs() + " " + asked.tracker.outstanding());
            assertThat(relay.faults).as(what).isEmpty();
            assertThat(counts).as(what).isEqualTo("0 0");
            List<Execution> executions = relay.ask(asked -> List.copyOf(asked.listener.executions));
            List<Transaction> ends = relay.ask(asked -> List.copyOf(asked.listener.ends));
            long repeated = relay.ask(asked -> asked.tracker.repeatedExecutes());
            outcomes.check(said, executions, ends, repeated, what);
            client.send(Frontend.terminate());
        }
    }
}
