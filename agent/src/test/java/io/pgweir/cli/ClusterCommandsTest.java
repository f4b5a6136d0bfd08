package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that ask a running agent, against one that only answers. */
class ClusterCommandsTest {
    private static final String CLUSTERS = """
            {"clusters": [
              {"name": "orders", "listeners": ["rw"], "watched": true, "leader": "pg1", "age_ms": 120, "away": ["pg3: blind"],
               "nodes": [
                 {"name": "pg1", "address": "10.0.0.1:5432", "role": "leader", "state": "running", "timeline": 7,
                  "lag_bytes": 0, "lag_ms": 0, "sessions": 12, "takes_sessions": true, "drained": false},
                 {"name": "pg2", "address": "10.0.0.2:5432", "role": "async", "state": "streaming", "timeline": 7,
                  "lag_bytes": 20185088, "lag_ms": 6100, "sessions": 0, "takes_sessions": false, "drained": true,
                  "out": {"reason": "lag", "text": "19.2 MiB behind", "since": "2026-03-01T09:30:09Z"}}]},
              {"name": "alone", "watched": false, "nodes": [
                 {"name": "db:5432", "address": "db:5432", "role": "unknown", "state": "unknown", "sessions": 1,
                  "drained": false}]}]}
            """;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private HttpServer agent;

    @BeforeEach
    void start() throws IOException {
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getRawPath();
            asked.add(exchange.getRequestMethod() + " " + path + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            boolean known = !path.contains("nobody");
            String body = !known
                    ? "{\"detail\": \"no node `nobody` in cluster `orders` (expected: pg1, pg2)\"}"
                    : path.contains("/nodes/")
                            ? "{\"cluster\": \"orders\", \"node\": \"pg2\", \"drained\": true, \"sessions\": 3}"
                            : path.contains("/pause")
                                    ? "{\"cluster\": \"orders\", \"paused\": true, \"busy\": " + busy.getAndDecrement()
                                            + "}"
                                    : path.contains("/resume")
                                            ? "{\"cluster\": \"orders\", \"paused\": false}"
                                            : CLUSTERS;
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        agent.start();
    }

    @AfterEach
    void stop() {
        agent.stop(0);
    }

    private int run(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--admin=127.0.0.1:" + agent.getAddress().getPort();
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }

    @Test
    void oneSnapshotWhereThereIsNoTerminal() {
        // When
        int exit = run("cluster", "--once");
        // Then
        assertThat(exit).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly(
                        "cluster orders: leader pg1, looked at 120 ms ago",
                        "  away: pg3: blind",
                        "  NODE  ADDRESS        ROLE    STATE      TL  LAG               SESSIONS",
                        "  pg1   10.0.0.1:5432  leader  running    7                     12        in",
                        "  pg2   10.0.0.2:5432  async   streaming  7   19.3 MiB / 6.1 s  0         out: lag, 19.2 MiB behind; drained",
                        "",
                        "cluster alone: nobody looks at it",
                        "  NODE     ADDRESS  ROLE     STATE    TL  LAG  SESSIONS",
                        "  db:5432  db:5432  unknown  unknown           1         in");
        assertThat(asked).containsExactly("GET /clusters null");
    }

    @Test
    void jsonIsWhatTheAgentSays() {
        // When
        int exit = run("cluster", "--json", "--update");
        // Then
        assertThat(exit).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("\"leader\": \"pg1\"");
        assertThat(asked).containsExactly("POST /update_clusters null");
    }

    @Test
    void drainAndUndrainNameTheNodeAndBringTheToken() throws IOException {
        // Given
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        // When
        int drained = run("drain", "rw", "127.0.0.1:5432", "--token-file=" + token);
        int undrained = run("undrain", "orders", "pg2");
        // Then
        assertThat(drained).isEqualTo(ExitCode.OK);
        assertThat(undrained).isEqualTo(ExitCode.OK);
        assertThat(asked)
                .containsExactly(
                        "POST /clusters/rw/nodes/127.0.0.1%3A5432/drain Bearer s3cret",
                        "POST /clusters/orders/nodes/pg2/undrain null");
        assertThat(out.toString()).contains("node pg2 of cluster orders is drained, 3 sessions");
    }

    @Test
    void pauseWaitsUntilNothingIsUnderWay() {
        // Given
        busy.set(2);
        // When
        int paused = run("pause", "orders", "--max-seconds=9");
        int resumed = run("resume", "orders");
        // Then
        assertThat(paused).isEqualTo(ExitCode.OK);
        assertThat(resumed).isEqualTo(ExitCode.OK);
        assertThat(asked)
                .filteredOn(line -> line.startsWith("POST /clusters/orders/pause"))
                .hasSize(3);
        assertThat(out.toString()).contains("cluster orders is paused, nothing is under way", "cluster orders goes on");
    }

    @Test
    void aPauseThatComesToNoRestIsTakenBack() {
        // Given
        busy.set(1000);
        // When
        int paused = run("pause", "orders", "--wait-seconds=0");
        // Then
        assertThat(paused).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(asked).last().asString().startsWith("POST /clusters/orders/resume");
        assertThat(err.toString()).contains("cluster orders goes on", "still busy after 0 s");
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        // When
        int unknown = run("drain", "rw", "nobody");
        int noToken = run("drain", "rw", "pg2", "--token-file=" + directory.resolve("none"));
        agent.stop(0);
        int gone = run("cluster");
        // Then
        assertThat(unknown).isEqualTo(ExitCode.NO_INPUT);
        assertThat(noToken).isEqualTo(ExitCode.NO_INPUT);
        assertThat(gone).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString())
                .contains("404, no node `nobody` in cluster `orders` (expected: pg1, pg2)")
                .contains("none cannot be read")
                .contains("no answer");
    }
}
