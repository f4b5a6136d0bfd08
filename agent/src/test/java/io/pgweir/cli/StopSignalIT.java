package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM, once and more often, to a pgweir that is a process of its own. */
@Timeout(120)
class StopSignalIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern LISTENING =
            Pattern.compile("Listening listener=\"l\" address=\"127\\.0\\.0\\.1:(\\d+)\"");

    private static PgServer server;

    @TempDir
    private Path dir;

    private Process agent;
    private int port;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() throws IOException {
        Path config = Files.writeString(
                dir.resolve("pgweir.yaml"), """
                clusters: {c: {nodes: ["127.0.0.1:%d"], tls: {mode: disable}, drain: {deadline: 5m}}}
                listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
                audit: {sinks: [{file: {path: %s}}]}
                """.formatted(server.port(), dir.resolve("audit.ndjson")));
        Path log = dir.resolve("log");
        agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "--config=" + config)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(SOON)
                .until(() -> LISTENING.matcher(Files.readString(log)).find());
        Matcher listening = LISTENING.matcher(Files.readString(log));
        assertThat(listening.find()).isTrue();
        port = Integer.parseInt(listening.group(1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        agent.destroyForcibly().waitFor();
    }

    /** SIGTERM; nothing where the process has ended. */
    private void signal() {
        boolean _ = agent.toHandle().destroy();
    }

    private PgWire login() {
        return PgWire.login("127.0.0.1", port, Map.of(), null);
    }

    @Test
    void theFirstSignalLetsTransactionsEndAndTheSecondDoesNot() throws Exception {
        // Given
        try (PgWire idle = login();
                PgWire writer = login();
                PgWire sleeper = login()) {
            writer.query("begin");
            sleeper.send(Frontend.query("select pg_sleep(600)"));

            // When
            signal();

            // Then
            assertThat(Reply.line(idle.readToEnd())).contains("FATAL", "57P01");
            assertThat(writer.query("select 1")).endsWith("C(SELECT 1) Z(T)");
            writer.send(Frontend.query("commit"));
            assertThat(Reply.line(writer.readToEnd())).contains("C(COMMIT) Z(I)", "FATAL", "57P01");
            assertThat(agent.isAlive()).isTrue();

            // When
            signal();

            // Then
            assertThat(Reply.line(sleeper.readToEnd())).contains("FATAL", "57P01");
            assertThat(agent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(agent.exitValue()).isEqualTo(ExitCode.OK);
            List<String> ends = Files.readAllLines(dir.resolve("audit.ndjson")).stream()
                    .filter(line -> line.contains("\"session.end\""))
                    .toList();
            assertThat(ends).hasSize(3).allMatch(line -> line.contains("\"shutdown\""));
        }
    }

    /** A client that takes nothing in the midst of a row keeps even the second waiting, for two seconds. */
    @Test
    void theThirdSignalEndsTheProcessAsItIs() throws Exception {
        // Given
        try (PgWire stuck = login()) {
            stuck.send(Frontend.query("select repeat('x', 100000000)"));
            assertThat(stuck.readByte()).isEqualTo('T');

            // When
            await().atMost(SOON).until(() -> {
                signal();
                return agent.waitFor(100, TimeUnit.MILLISECONDS);
            });

            // Then
            assertThat(agent.exitValue()).isEqualTo(ExitCode.SOFTWARE);
        }
    }
}
