package io.pgweir.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code ./pgweir demo} as a user starts it: a record of every kind, a line to try, and nothing left when it is ended. */
@Timeout(90)
class DemoIT {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root"));

    @TempDir
    private Path dir;

    private Path servers = Path.of("");
    private Path records = Path.of("");
    private Path headings = Path.of("");
    private List<ProcessHandle> family = List.of();

    /** The jar is as new as this build: Maven leaves one alone whose content stays the same, the launcher would rebuild. */
    @BeforeEach
    void takeTheJarOfThisBuild() throws IOException {
        Files.setLastModifiedTime(ROOT.resolve("agent/target/pgweir.jar"), FileTime.from(Instant.now()));
        servers = Files.createDirectory(dir.resolve("servers"));
        records = dir.resolve("records");
        headings = dir.resolve("headings");
    }

    @AfterEach
    void endWhatIsLeft() {
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** INT to the whole process group is what Ctrl-C sends; TERM to the process itself is what a supervisor sends. */
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void showsARecordOfEveryKindAndLeavesNothing(String signal) throws Exception {
        // Given
        Process demo = start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !demo.isAlive() || said().contains("Ctrl-C ends it"));
        await().atMost(Duration.ofSeconds(5)).until(() -> said().contains("the standby, directly"));
        family = family(demo);
        assertThat(family).as(said()).hasSizeGreaterThan(4);
        // When
        String target = signal.equals("INT") ? "-" + demo.pid() : "" + demo.pid();
        run("kill", "-" + signal, "--", target);
        // Then
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(servers).isEmptyDirectory();
        assertThat(said()).containsPattern("psql -h 127\\.0\\.0\\.1 -p \\d+ -U postgres +the primary, through pgweir");
        assertShowsEveryKind();
    }

    private void assertShowsEveryKind() throws IOException {
        assertThat(Files.readAllLines(records).stream()
                        .map(AuditSchema::validated)
                        .map(DemoIT::line))
                .contains(
                        "statement simple drop table account success",
                        "statement extended insert into account values ($1, $2, $3) success as S_1",
                        "statement extended insert into account values (?, ?, ?) error 23505",
                        "statement extended select ?/? error 22012",
                        "statement extended select pg_sleep(?) error 57014",
                        "copy simple copy account from stdin (format csv) success in 1000 rows",
                        "copy simple copy (select id, owner from account where id >= ?) to stdout success out 1000 rows",
                        "function_call function  success",
                        "cancel",
                        "audit.stop");
    }

    private static String line(JsonNode event) {
        String type = event.path("type").asString();
        if (!event.has("outcome")) {
            return type;
        }
        String outcome = event.path("outcome").asString();
        String line = String.join(
                " ",
                type,
                event.path("protocol").asString(),
                event.at("/sql/text").asString(""),
                outcome.equals("error")
                        ? "error " + event.at("/result/sqlstate").asString()
                        : outcome);
        String name = event.path("statement_name").asString("");
        return line
                + (name.isEmpty() ? "" : " as " + name)
                + (event.has("copy")
                        ? " %s %d rows"
                                .formatted(
                                        event.at("/copy/direction").asString(),
                                        event.at("/copy/rows").asLong())
                        : "");
    }

    /** In a process group of its own, with Ctrl-C as a terminal leaves it, and with its servers where they can be counted. */
    private Process start() throws IOException {
        var command = new ProcessBuilder("setsid", "env", "--default-signal=INT", ROOT + "/pgweir", "demo")
                .redirectOutput(records.toFile())
                .redirectError(headings.toFile());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + servers);
        Process started = command.start();
        family = List.of(started.toHandle());
        return started;
    }

    private static List<ProcessHandle> family(Process demo) {
        return Stream.concat(Stream.of(demo.toHandle()), demo.descendants()).toList();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private String said() {
        try {
            return Files.readString(headings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
