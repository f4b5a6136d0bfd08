package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.lab.FakeServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A signal in the midst of a replay that is a process of its own; SIGTERM, for whoever runs in the background ignores SIGINT. */
@Timeout(120)
class ReplaySignalIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    @Test
    void theFirstSignalEndsItAndTheReportIsKept() throws Exception {
        // Given
        Path file = dir.resolve("x.pgcap");
        ReplayCommandTest.write(file, TimeUnit.HOURS.toMillis(1), null);
        AtomicInteger asked = new AtomicInteger();
        try (FakeServer server = FakeServer.playing(client -> {
            ReplayCommandTest.welcome(client);
            assertThat(client.read()).isNotNull();
            client.send(ReplayCommandTest.ANSWER);
            asked.incrementAndGet();
            client.drain();
        })) {
            Process replay = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "replay",
                            "--to=127.0.0.1:" + server.port(),
                            "--report=" + dir,
                            file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("log").toFile())
                    .start();
            try {
                await().atMost(SOON).until(() -> asked.get() == 1);

                // When
                Process kill = new ProcessBuilder("kill", "-TERM", Long.toString(replay.pid())).start();
                assertThat(kill.waitFor()).isZero();

                // Then
                assertThat(replay.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(replay.exitValue())
                        .as(Files.readString(dir.resolve("log")))
                        .isEqualTo(143);
            } finally {
                replay.destroyForcibly().waitFor();
            }
        }
        JsonNode report = new JsonMapper().readTree(Files.readString(dir.resolve("report.json")));
        assertThat(report.at("/partial/0").asString())
                .startsWith("interrupted by SIGTERM after ")
                .endsWith(": 1 sessions were under way");
        assertThat(report.at("/sessions_stopped").asLong()).isEqualTo(1);
        assertThat(report.at("/differing").asLong()).isZero();
        assertThat(Files.readString(dir.resolve("report.html"))).contains("Partial: interrupted by SIGTERM");
    }
}
