package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.testing.NotifySocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pgweir that is a process of its own, started as systemd starts a Type=notify service. */
@Timeout(120)
class NotifySocketIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CONFIG = """
            clusters: {c: {nodes: ["127.0.0.1:1"], drain: {deadline: 7s}}}
            listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
            audit: {sinks: [{file: {path: audit.ndjson}}]}
            """;

    @TempDir
    private Path dir;

    private NotifySocket socket;
    private Process agent;
    private Path log;

    @BeforeEach
    void start() throws IOException {
        log = dir.resolve("log");
        Path config = Files.writeString(dir.resolve("pgweir.yaml"), CONFIG);
        socket = new NotifySocket(dir.resolve("notify").toString());
        // The JVM leaves a signal ignored that it finds so, as under nohup.
        ProcessBuilder command = new ProcessBuilder(
                        "env",
                        "--default-signal=HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "--config=" + config)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment().put("NOTIFY_SOCKET", dir.resolve("notify").toString());
        agent = command.start();
    }

    @AfterEach
    void stop() throws Exception {
        agent.destroyForcibly().waitFor();
        socket.close();
    }

    private void hangUp() throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", String.valueOf(agent.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private int port() throws IOException {
        Matcher listening = Pattern.compile("Listening listener=\"l\" address=\"127\\.0\\.0\\.1:(\\d+)\"")
                .matcher(Files.readString(log));
        assertThat(listening.find()).isTrue();
        return Integer.parseInt(listening.group(1));
    }

    @Test
    void systemdHearsOfReadinessReloadsAndTheEnd() throws Exception {
        // Ready is what accepts, not what is about to.
        assertThat(socket.receive(SOON)).startsWith("READY=1\n");
        new Socket(InetAddress.getLoopbackAddress(), port()).close();

        hangUp();
        assertThat(socket.receive(SOON)).matches("RELOADING=1\nMONOTONIC_USEC=\\d+\nSTATUS=.*");
        assertThat(socket.receive(SOON)).isEqualTo("READY=1\nSTATUS=Listening");

        Files.writeString(dir.resolve("pgweir.yaml"), "clusters: nonsense");
        hangUp();
        assertThat(socket.receive(SOON)).startsWith("RELOADING=1\n");
        assertThat(socket.receive(SOON)).startsWith("READY=1\nSTATUS=Listening; the changed configuration is no good");

        boolean _ = agent.toHandle().destroy();
        assertThat(socket.receive(SOON)).startsWith("STOPPING=1\n").contains("\nEXTEND_TIMEOUT_USEC=26000000");
        assertThat(agent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(ExitCode.OK);
        assertThat(socket.poll()).isNull();
    }
}
