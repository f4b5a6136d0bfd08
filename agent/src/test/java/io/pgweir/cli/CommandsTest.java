package io.pgweir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void versionTellsWhatRunsHere() {
        // When
        int code = execute("version");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .containsPattern("pgweir +\\S")
                .containsPattern("java +25")
                .containsPattern("netty +4\\.")
                .containsPattern("transports +.*nio")
                .containsPattern("tls +\\S");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpListsTheCommandsAndTheExitCodes() {
        // When
        int code = execute("help");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("run", "config", "version", "generate-completion", "help", "Exit codes:", "78");
    }

    @Test
    void helpOfOneCommandListsItsOptions() {
        // When
        int code = execute("help", "run");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("--upstream", "--listen", "--config", "--audit-parameters", "verify-ca");
    }

    @Test
    void helpTellsOfCapturesOutOfPacketsAndOfRulesWithoutAServer() {
        // When
        int imports = execute("capture", "import", "--help");
        int replay = execute("replay", "--help");
        int learn = execute("rules", "learn", "--help");

        // Then
        assertThat(new int[] {imports, replay, learn}).containsOnly(0);
        assertThat(out.toString())
                .contains("pcapng", "--out", "--port", "--frontend-only", "--key-file", "74")
                .contains("--rules", "--diff", "pack:NAME")
                .contains("(*.pgcap)");
    }

    @Test
    void completionIsAScriptThatBashAccepts() throws IOException, InterruptedException {
        // When
        int code = execute("generate-completion");

        // Then
        assertThat(code).isZero();
        Path script = Files.writeString(directory.resolve("completion.bash"), out.toString());
        Process bash = new ProcessBuilder("bash", "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(bash.waitFor()).isZero();
        assertThat(out.toString()).contains("--audit-parameters", "verify-full", "redacted");
    }

    @Test
    void configCheckSaysOk() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("pgweir.yaml"), """
                clusters: {c: {nodes: ["db:5432"]}}
                listeners: [{name: l, listen: 6432, cluster: c}]
                """);

        // When
        int code = execute("config", "check", file.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .isEqualTo("ok: " + file + "\n  listener l: 127.0.0.1:6432, cluster c\n  cluster c: [db:5432]\n");
    }

    @Test
    void configCheckTellsAllFaultsAndNoTrace() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("pgweir.yaml"), "clusers: {}\nlisteners: []\n");

        // When
        int code = execute("config", "check", file.toString());

        // Then
        assertThat(code).isEqualTo(78);
        assertThat(err.toString()).isEqualTo("""
                        FILE:1:1: required key `clusters` is missing
                        FILE:1:1: unknown key `clusers` (expected: version, clusters, listeners, rules, audit, limits, threads, admin, log, capture), did you mean `clusters`?
                        FILE:2:12: listeners: an empty list (expected: a list of at least one)
                        pgweir: 3 faults in the configuration
                        """.replace("FILE", file.toString()));
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "'' # pgweir: a command is missing",
                "rum # Did you mean `run`?",
                "config # pgweir config: a command is missing (expected: check)",
                "config check # Missing required parameter: 'FILE'",
                "run # no server (expected: --upstream HOST:PORT or --config FILE)",
                "run --upstream db # \"db\" (expected: host:port",
                "run --upstream db:1 --listen 70000 # \"70000\" (expected: host:port",
                "run --upstream db:1 --upstream-tls verify_full # (expected: disable, prefer, require, verify-ca, verify-full)",
                "run --upstream db:1 --audit-parameters all # \"all\" (expected: redacted, full)",
                "run --upstream db:1 --threads 2000 # --threads: 2000 (expected: 0 to 1024)",
                "run --upstream db:1 --threads two # --threads",
                "run --upstream db:1 --tls-cert c.pem # --tls-cert",
                "run --upstream db:1 --tls-key k.pem # --tls-cert is missing",
                "run --config a.yaml --listen 5 # --config with options of its own",
                "run --upstram db:1 # Did you mean `--upstream`?",
                "run --upstream db:1 --upstream db:2 # should be specified only once",
            })
    void aWrongCommandLineIsOneLineAndAHint(String arguments, String expected) {
        // When
        int code =
                execute(arguments.isBlank() ? new String[0] : arguments.strip().split(" "));

        // Then
        assertThat(code).isEqualTo(64);
        assertThat(err.toString())
                .contains(expected.strip())
                .endsWith("--help`.\n")
                .doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void runWithAMissingFileIsAConfigurationFault() {
        // When
        int code = execute("run", "--config", directory.resolve("none.yaml").toString());

        // Then
        assertThat(code).isEqualTo(78);
        assertThat(err.toString()).contains("none.yaml: no such file");
    }

    @Test
    void runOnATakenPortSaysSo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            int code = execute("run", "--upstream", "localhost:1", "--listen", ":" + taken.getLocalPort());

            // Then
            assertThat(code).isEqualTo(69);
            assertThat(err.toString()).contains(":" + taken.getLocalPort()).doesNotContain("\tat ");
        }
    }

    @Test
    void runListensUntilInterrupted() throws Exception {
        // Given
        int port = freePort();
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread runner = Thread.ofPlatform()
                .start(() -> code.complete(execute("run", "--upstream", "localhost:1", "--listen", "" + port)));
        Awaitility.await().ignoreExceptions().until(() -> connects(port));

        // When
        runner.interrupt();

        // Then
        assertThat(code.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aSpoolThatCannotBeWrittenIsAFaultOfTheConfiguration() throws IOException {
        // Given
        Path spool = Files.createDirectory(directory.resolve("spool"));
        Path inTheWay = Files.createDirectory(spool.resolve("spool.lock"));
        Path config = Files.writeString(directory.resolve("pgweir.yaml"), """
                clusters: {c: {nodes: ["db:5432"]}}
                listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
                audit: {spool: {dir: %s}}
                """.formatted(spool));

        // When
        int code = execute("run", "--config", config.toString());

        // Then
        assertThat(err.toString())
                .startsWith("pgweir: audit: audit spool " + spool + " cannot be used: ")
                .contains(inTheWay.toString())
                .hasLineCount(1);
        assertThat(code).isEqualTo(78);
    }

    @Property(tries = 300)
    void garbageNeverShowsATrace(@ForAll String one, @ForAll String two) {
        // When
        int code = execute("config", one, two);

        // Then
        assertThat(code).isIn(0, 64, 78);
        assertThat(err.toString()).doesNotContain("\tat ");
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean connects(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }
}
