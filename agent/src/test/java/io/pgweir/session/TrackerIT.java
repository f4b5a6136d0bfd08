package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the oldest and the newest server say to the client's half of a scenario is what the tracker makes of it. The language is
 * {@link Scenario}'s, without the server's lines:
 *
 * <pre>
 *   .       sends what has gathered and reads through one ReadyForQuery      :X  sends, and reads through one message X
 *   $n      of a Bind is a text parameter: &gt;B[portal|statement|$1|$2]          ;   the server has closed
 * </pre>
 */
class TrackerIT {
    private static final Pattern STEP = Pattern.compile("([>.:;])([A-Za-z0-9]*)(?:\\[([^\\]]*)\\])?");

    private static final String TABLES = """
            create table t(a int);
            create table u(a int primary key);
            create table d(a int unique deferrable initially deferred);
            create table child(a int references u deferrable initially deferred);
            create procedure twice() language plpgsql as
                $$ begin insert into t values (1); commit; insert into t values (2); commit; end $$;
            create procedure undone() language plpgsql as
                $$ begin insert into t values (1); rollback; insert into t values (2); end $$;
            """;

    private static final List<PgServer> servers = new ArrayList<>();

    @BeforeAll
    static void start() {
        for (int major : List.of(18, 14)) {
            PgServer server = PgServer.builder()
                    .major(major)
                    .setting("max_prepared_transactions", "10")
                    .setting("wal_level", "logical")
                    .setting("checkpoint_completion_target", "0")
                    .start();
            servers.add(server);
            server.query(TABLES);
        }
    }

    @AfterAll
    static void stop() {
        servers.forEach(PgServer::close);
    }

    @TestFactory
    List<DynamicTest> tellsWhatTheServerDid() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PgServer server : servers) {
            for (String block : ServerScenarios.TEXT.split("\n\n")) {
                String[] lines = block.strip().split("\n", 3);
                String expected = lines[2].replaceAll("\\s*\n\\s*", " ").strip();
                tests.add(DynamicTest.dynamicTest(
                        server.major() + " " + lines[0], () -> play(server, lines[1], expected)));
            }
        }
        return tests;
    }

    private static void play(PgServer server, String script, String expected) {
        // Given
        try (TrackedRelay relay = new TrackedRelay(server.port(), TrackerOptions.DEFAULT);
                PgWire client = PgWire.connect("127.0.0.1", relay.port())) {
            boolean walSender = script.startsWith("replication ");
            client.login(
                    server.major() >= 18 ? Frontend.PROTOCOL_3_2 : Frontend.PROTOCOL_3_0,
                    walSender ? Map.of("replication", "database") : Map.of(),
                    null);
            relay.ask(asked -> asked.listener.told).clear();

            // When
            List<Reply> said = say(client, script);

            // Then
            String told = relay.ask(asked -> String.join("; ", asked.listener.told));
            assertThat(relay.faults).isEmpty();
            assertThat(walSender ? told.replaceAll("\\d+/\\d+\\}", "*}") : told)
                    .as(shortened(said))
                    .isEqualTo(expected);
            String counts = relay.ask(asked -> asked.tracker.desyncs() + " " + asked.tracker.outstanding());
            assertThat(counts).as(shortened(said)).isEqualTo("0 0");
            client.send(Frontend.terminate());
        }
    }

    @Test
    void replicationTellsHowFarItCame() {
        // Given
        PgServer server = servers.getFirst();
        String start = Objects.requireNonNull(server.query("select pg_current_wal_lsn()"));
        server.query("insert into t values (7)");
        String end = Objects.requireNonNull(server.query("select pg_current_wal_lsn()"));
        try (TrackedRelay relay = new TrackedRelay(server.port(), TrackerOptions.DEFAULT);
                PgWire client = PgWire.login("127.0.0.1", relay.port(), Map.of("replication", "true"), null)) {
            // When
            client.send(Frontend.query("START_REPLICATION PHYSICAL " + start));
            client.readThrough('d');
            client.send(Frontend.copyData(status(lsn(end))), Frontend.copyDone());
            client.readUntilReady();
            // Then
            Execution told = relay.ask(asked -> asked.listener.executions.getLast());
            WalTotals wal =
                    Objects.requireNonNull(Objects.requireNonNull(told.copy()).wal());
            assertThat(wal.firstLsn()).isEqualTo(lsn(start));
            assertThat(wal.lastLsn()).isGreaterThanOrEqualTo(lsn(start));
            assertThat(wal.flushedLsn()).isEqualTo(lsn(end));
            assertThat(wal.bytes()).isGreaterThanOrEqualTo(lsn(end) - lsn(start));
            assertThat(wal.messagesFromServer()).isPositive();
            assertThat(wal.messagesFromClient()).isEqualTo(1);
        }
    }

    private static long lsn(String text) {
        String[] halves = text.split("/");
        return Long.parseLong(halves[0], 16) << 32 | Long.parseLong(halves[1], 16);
    }

    private static byte[] status(long lsn) {
        return ByteBuffer.allocate(34)
                .put((byte) 'r')
                .putLong(lsn)
                .putLong(lsn)
                .putLong(lsn)
                .array();
    }

    private static String shortened(List<Reply> said) {
        return Reply.line(said.stream().filter(reply -> reply.type() != 'd').toList());
    }

    private static List<Reply> say(PgWire client, String script) {
        List<Reply> replies = new ArrayList<>();
        List<byte[]> batch = new ArrayList<>();
        Matcher steps = STEP.matcher(script);
        while (steps.find()) {
            String argument = Objects.requireNonNullElse(steps.group(3), "");
            if (steps.group(1).equals(">")) {
                batch.add(message(steps.group(2), argument.split("\\|", -1)));
                continue;
            }
            client.send(batch.toArray(byte[][]::new));
            batch.clear();
            replies.addAll(
                    switch (steps.group(1)) {
                        case "." -> client.readUntilReady();
                        case ":" -> client.readThrough(steps.group(2).charAt(0));
                        default -> client.readToEnd();
                    });
        }
        return replies;
    }

    private static byte[] message(String type, String[] arguments) {
        String first = arguments[0];
        return switch (type) {
            case "Q" -> Frontend.query(first);
            case "P" -> Frontend.parse(first, arguments[1]);
            case "B" -> Frontend.bind(first, arguments.length < 2 ? "" : arguments[1], behind(arguments, 2));
            case "Ds" -> Frontend.describeStatement(first);
            case "Dp" -> Frontend.describePortal(first);
            case "E" -> Frontend.execute(first, arguments.length < 2 ? 0 : Integer.parseInt(arguments[1]));
            case "Cs" -> Frontend.closeStatement(first);
            case "Cp" -> Frontend.closePortal(first);
            case "S" -> Frontend.sync();
            case "H" -> Frontend.flush();
            case "F" -> Frontend.functionCall(Integer.parseInt(first), 0, called(behind(arguments, 1)));
            case "d" -> Frontend.copyData(first.replace('/', '\n'));
            case "c" -> Frontend.copyDone();
            case "f" -> Frontend.copyFail(first);
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static String[] behind(String[] arguments, int from) {
        return arguments.length <= from
                ? new String[0]
                : java.util.Arrays.copyOfRange(arguments, from, arguments.length);
    }

    private static byte[][] called(String[] values) {
        byte[][] encoded = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            encoded[i] = values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        return encoded;
    }
}
