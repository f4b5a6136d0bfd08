package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.config.FailoverConfig;
import io.pgweir.config.ReadsConfig;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A leader, a standby and a split listener in front of them; and one client's script, run through it and on the leader alone, whose
 * answers have to be the same.
 */
final class SplitBesideDirect implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** As without {@code reads}, but for a busy machine. */
    private static final ReadsConfig READS = new ReadsConfig(
            ReadsConfig.DEFAULT.from(),
            ReadsConfig.DEFAULT.consistency(),
            Duration.ofSeconds(2),
            ReadsConfig.DEFAULT.otherwise());

    final PgServer primary = PgServer.builder()
            .hba("host all all 127.0.0.1/32 trust")
            .setting("wal_writer_delay", "10ms")
            // The standby's too: what its sessions hold keeps the next script's tables from it no longer.
            .setting("max_standby_streaming_delay", "2s")
            .start();
    final PgServer standby;
    private final RunningAgent agent;

    private final String reset;

    /**
     * @param reset what the leader runs behind each script
     * @param schema statements that the leader runs first
     */
    SplitBesideDirect(String reset, String... schema) {
        this.reset = reset;
        primary.query("create role weir login superuser");
        for (String statement : schema) {
            primary.query(statement);
        }
        standby = primary.replica("standby");
        agent = RunningAgent.builder()
                .cluster(
                        SplitFixture.cluster(primary, standby),
                        SplitFixture.listener("split", READS, FailoverConfig.DEFAULT))
                .start();
    }

    /** A session through the split listener. */
    PgWire login(Map<String, String> parameters) {
        return PgWire.login("127.0.0.1", agent.port("split"), parameters, null);
    }

    /** Runs the lines on both, each in a session of its own, and returns what both have said to each. */
    List<String> same(String... lines) {
        return same(Map.of(), lines);
    }

    /**
     * @param parameters of the startup packet
     * @param lines query strings; those that begin with {@code |} as extended protocol with a Sync, of the unnamed portal
     */
    List<String> same(Map<String, String> parameters, String... lines) {
        List<String> expected;
        try (PgWire direct = PgWire.login("127.0.0.1", primary.port(), parameters, null)) {
            expected = run(direct, lines);
        } finally {
            reset();
        }
        try (PgWire client = login(parameters)) {
            assertThat(run(client, lines)).containsExactlyElementsOf(expected);
        } finally {
            reset();
        }
        return expected;
    }

    /** What a client hears, through the listener and from the leader alone. */
    void alike(Function<PgWire, String[]> conversation) {
        String[] expected;
        try (PgWire direct = PgWire.login("127.0.0.1", primary.port(), Map.of(), null)) {
            expected = conversation.apply(direct);
        } finally {
            reset();
        }
        try (PgWire client = login(Map.of())) {
            assertThat(conversation.apply(client)).containsExactly(expected);
        } finally {
            reset();
        }
    }

    /** The standby has it when this returns. */
    private void reset() {
        primary.query(reset);
        String written = primary.query("select pg_current_wal_flush_lsn()");
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(standby.query("select pg_last_wal_replay_lsn() >= '" + written + "'"))
                        .as(
                                "replayed; there is %s",
                                standby.query("select string_agg(a::text, ' ') from pg_stat_activity a"))
                        .isEqualTo("t"));
    }

    private static List<String> run(PgWire client, String... lines) {
        List<String> answers = new ArrayList<>();
        for (String line : lines) {
            answers.add(
                    line + " -> " + (line.startsWith("|") ? extended(client, line.substring(1)) : client.query(line)));
        }
        return answers;
    }

    static String extended(PgWire client, String sql) {
        client.send(
                Frontend.parse("", sql),
                Frontend.bind("", ""),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.sync());
        return Reply.line(client.readUntilReady());
    }

    /** Where the statements of that text ran, through the listener, in order. */
    List<String> roles(String text) {
        return SplitFixture.roles(agent, text);
    }

    @Override
    public void close() {
        agent.close();
        standby.close();
        primary.close();
    }
}
