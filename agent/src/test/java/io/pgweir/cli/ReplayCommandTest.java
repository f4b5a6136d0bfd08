package io.pgweir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.capture.CaptureFileWriter;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code pgweir replay} against servers that answer, hang and die. */
@Timeout(60)
class ReplayCommandTest {
    private static final String SQL = "select '<b>secret</b>' from t";
    static final byte[] ANSWER =
            Frontend.concat(Frontend.message('C', "SELECT 1\0".getBytes(UTF_8)), Frontend.message('Z', (byte) 'I'));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void writeCapture() throws IOException {
        file = dir.resolve("x.pgcap");
        write(file, 1, null);
    }

    /** A session that asks {@link #SQL} three times, {@code millis} apart. */
    static void write(Path file, long millis, @Nullable CaptureKey key) throws IOException {
        CaptureHeader header = new CaptureHeader(
                "agent-1",
                UUID.nameUUIDFromBytes(file.toString().getBytes(UTF_8)),
                0,
                Instant.parse("2026-11-21T10:20:30Z"),
                List.of(),
                CaptureHeader.Options.ALL,
                "",
                "0.1.0");
        List<CaptureRecord> records = new ArrayList<>();
        Leg leg = new Leg("127.0.0.1:5432", "");
        records.add(
                new SessionOpen(1, 0, new UUID(7, 1), Origin.BEGAN, "alice", "shop", "", 196608, List.of(), leg, leg));
        byte[] body = (SQL + "\0").getBytes(UTF_8);
        for (int i = 1; i <= 3; i++) {
            long nanos = TimeUnit.MILLISECONDS.toNanos(1 + millis * (i - 1));
            records.add(new Message(1, nanos, Direction.FRONTEND, (byte) 'Q', 0, i, body.length, body));
            records.add(new Response(1, nanos + 1_000, i, 0, 0, "SELECT 1", "", 1_000, 1_000, 0, 0, 0));
        }
        records.add(new SessionEnd(1, TimeUnit.MILLISECONDS.toNanos(millis) * 4, "terminate"));
        try (CaptureFileWriter writer = CaptureFileWriter.create(file, header, key)) {
            for (CaptureRecord record : records) {
                writer.append(record);
            }
        }
    }

    @Test
    void aRedactedCaptureIsNotRun() throws IOException {
        // Given
        CaptureHeader header = new CaptureHeader(
                "agent-1",
                new UUID(7, 7),
                0,
                Instant.parse("2026-11-21T10:20:30Z"),
                List.of(),
                new CaptureHeader.Options(false, "values", new TreeMap<>()),
                "",
                "0.1.0");
        Path redacted = dir.resolve("redacted.pgcap");
        CaptureFileWriter.create(redacted, header, null).close();

        // When
        int code = execute("replay", redacted.toString(), "--to", "127.0.0.1:1");

        // Then
        assertThat(code).isEqualTo(ExitCode.DATA);
        assertThat(err.toString())
                .contains(redacted + ": redacted (expected: a capture with the values that were sent");
    }

    /** @param answers before the server does what {@code then} says */
    static FakeServer server(int answers, FakeServer.Script then) {
        return FakeServer.playing(client -> {
            welcome(client);
            int left = answers;
            for (Reply said = client.read(); said != null; said = client.read()) {
                if (left-- == 0) {
                    then.play(client);
                    return;
                }
                client.send(ANSWER);
            }
        });
    }

    /** Has no TLS. */
    static void welcome(FakeServer.Conversation client) throws IOException {
        if (client.readStartup().length == Integer.BYTES) {
            client.send(new byte[] {'N'});
            client.readStartup();
        }
        client.send(FakeServer.WELCOME);
    }

    private int execute(FakeServer server, String... more) {
        List<String> arguments = new ArrayList<>(List.of("replay", "--to", "127.0.0.1:" + server.port()));
        arguments.addAll(List.of(more));
        return execute(arguments.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private static JsonNode report(Path dir) throws IOException {
        JsonNode report = new JsonMapper().readTree(Files.readString(dir.resolve("report.json")));
        Path schema = Path.of(System.getProperty("pgweir.root"), "schemas", "replay-report.v1.json");
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(schema))
                        .validate(report))
                .isEmpty();
        return report;
    }

    @Test
    void theReportIsAPageAndJson() throws IOException {
        // Given
        Path reports = dir.resolve("a/b");
        try (FakeServer server = server(3, client -> {})) {

            // When
            int code = execute(server, "--speed", "max", "--report", reports.toString(), file.toString());

            // Then
            assertThat(err.toString()).isEmpty();
            assertThat(code).isZero();
        }
        assertThat(out.toString())
                .contains("3 answers compared, 0 differ", "report: " + reports.resolve("report.html"));
        JsonNode report = report(reports);
        assertThat(report.at("/answers").asLong()).isEqualTo(3);
        assertThat(report.at("/partial")).isEmpty();
        assertThat(report.at("/statements/0/statement").asString()).isEqualTo("select ? from t");
        assertThat(Files.readString(reports.resolve("report.html")))
                .contains("3 answers, none differs", "select ? from t")
                .doesNotContain("secret");
        try (var files = Files.list(reports)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("report.html", "report.json");
        }
    }

    @Test
    void aTargetThatHangsIsToldAndTheReportKept() throws IOException {
        // Given
        try (FakeServer server = server(1, FakeServer.Conversation::drain)) {

            // When
            int code = execute(
                    server,
                    "--speed",
                    "max",
                    "--connect-timeout",
                    "1",
                    "--answer-timeout",
                    "1",
                    "--report",
                    dir.toString(),
                    file.toString());

            // Then
            assertThat(code).isEqualTo(ExitCode.FINDINGS);
        }
        JsonNode report = report(dir);
        assertThat(report.at("/answers").asLong()).isEqualTo(1);
        assertThat(report.at("/sessions_failed").asLong()).isEqualTo(1);
        assertThat(report.at("/failures/0").asString()).contains("session 1: ", "no answer for ");
        assertThat(report.at("/partial/0").asString()).contains("1 of 1 sessions failed");
        assertThat(Files.readString(dir.resolve("report.html"))).contains("Partial: 1 of 1 sessions failed");
    }

    @Test
    void aTargetThatDiesMidwayIsToldAndTheReportKept() throws IOException {
        // Given
        try (FakeServer server = server(1, client -> {})) {

            // When
            int code = execute(server, "--speed", "max", "--report", dir.toString(), file.toString());

            // Then
            assertThat(code).isEqualTo(ExitCode.FINDINGS);
        }
        assertThat(report(dir).at("/answers").asLong()).isEqualTo(1);
        assertThat(out.toString()).contains("failed: session 1: ", "partial: 1 of 1 sessions failed");
    }

    @Test
    void aTargetThatIsNotThereIsToldBeforeAnythingIsRun() {
        // When
        int code = execute("replay", "--to", "127.0.0.1:1", file.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString()).startsWith("pgweir: 127.0.0.1:1: ").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --speed fast            | `fast` (expected: a number)
                    --speed 0               | `0` (expected: 0.001 to 1000, or max)
                    --speed NaN             | `NaN` (expected: 0.001 to 1000, or max)
                    --from -1               | `-1` (expected: seconds, 0 to 1000000000)
                    --until soon            | `soon` (expected: a number)
                    --fail-on 101           | --fail-on: 101.0 (expected: 0 to 100)
                    --fail-on NaN           | --fail-on: NaN (expected: 0 to 100)
                    --connect-timeout 0     | --connect-timeout: 0 (expected: 1 to 3600)
                    --answer-timeout 90000  | --answer-timeout: 90000 (expected: 1 to 86400)
                    --password-file /none   | --password-file: /none: no such file
                    --report /dev/null      | --report: /dev/null cannot be written to
                    --baseline /none        | --baseline: /none: /none: no such file
                    --kafka b:1             | --topic is missing (expected: with --kafka)
                    --topic t               | --kafka is missing
                    --publish               | --kafka is missing
                    --kafka b:1 --topic t --publish --worker | --publish, --worker (expected: one of them
                    --kafka b:1 --topic t --worker --workers 0 | --workers: 0 (expected: 1 to 10000)
                    --kafka b:1 --topic t --worker | CAPTURE (expected: only with --publish
                    --start-at noon         | `noon` (expected: a time as 2026-11-22T10:00:00Z)
                    --to nowhere            | nowhere
                    --reprot x              | Unknown option
                    """)
    void whatMakesNoSenseIsAnErrorOfUse(String options, String message) {
        // When
        List<String> arguments = new ArrayList<>(List.of("replay"));
        if (!options.startsWith("--to")) {
            arguments.addAll(List.of("--to", "127.0.0.1:1"));
        }
        arguments.addAll(List.of(options.split(" ")));
        arguments.add(file.toString());
        int code = execute(arguments.toArray(String[]::new));

        // Then
        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message).contains("Try `pgweir replay --help`.");
    }

    @Test
    void nothingIsRunOfWhatIsNoCaptureOrLocked() throws IOException {
        // Given
        Path foreign = Files.writeString(dir.resolve("notes.txt"), "nothing of that kind, but long enough to be read");
        byte[] bytes = Files.readAllBytes(file);
        bytes[9] = 99;
        Path newer = Files.write(dir.resolve("newer.pgcap"), bytes);
        Path key = Files.writeString(dir.resolve("key"), "ab".repeat(32));
        Path otherKey = Files.writeString(dir.resolve("other"), "cd".repeat(32));
        Path locked = dir.resolve("locked.pgcap");
        write(locked, 1, CaptureKey.read(key));
        Path second = dir.resolve("second.pgcap");
        write(second, 1, null);
        try (FakeServer server = server(3, client -> {})) {

            // When
            int ofForeign = execute(server, file.toString(), foreign.toString());
            int ofNewer = execute(server, newer.toString());
            int ofLocked = execute(server, locked.toString());
            int ofWrongKey = execute(server, "--key-file", otherKey.toString(), locked.toString());
            int ofNone = execute(server, dir.resolve("none").toString());
            int ofTwo = execute(server, file.toString(), second.toString());

            // Then
            assertThat(List.of(ofForeign, ofNewer, ofLocked, ofWrongKey, ofNone, ofTwo))
                    .containsExactly(
                            ExitCode.DATA,
                            ExitCode.DATA,
                            ExitCode.CONFIG,
                            ExitCode.CONFIG,
                            ExitCode.NO_INPUT,
                            ExitCode.IO);
            assertThat(server.accepted()).isZero();
        }
        assertThat(err.toString())
                .contains(foreign + ": not a capture of pgweir")
                .contains(locked + ": key ")
                .contains(dir.resolve("none") + ": no such file")
                .contains("expected: files of one capture");
    }

    @Test
    void whatIsDamagedIsToldAndTheRestIsRun() throws IOException {
        // Given
        byte[] bytes = Files.readAllBytes(file);
        Path torn = Files.write(dir.resolve("torn.pgcap"), Arrays.copyOf(bytes, bytes.length - 60));
        try (FakeServer server = server(3, client -> {})) {

            // When
            int code = execute(server, "--speed", "max", "--report", dir.toString(), torn.toString());

            // Then
            assertThat(code).isEqualTo(ExitCode.DATA);
        }
        JsonNode report = report(dir);
        assertThat(report.at("/answers").asLong()).isEqualTo(3);
        assertThat(report.at("/partial/0").asString()).startsWith(torn.toString());
        assertThat(err.toString()).contains("pgweir: " + torn);
    }

    @Test
    void whatIsMissingIsNamed() {
        // When
        int withoutCapture = execute("replay", "--to", "127.0.0.1:1");
        int withoutTarget = execute("replay", file.toString());

        // Then
        assertThat(List.of(withoutCapture, withoutTarget)).containsOnly(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("Missing required parameter: 'CAPTURE'", "Missing required option: '--to=HOST:PORT'");
    }

    @Test
    void whatTheBaselineHasTooDoesNotCount() throws IOException {
        // Given
        byte[] other =
                Frontend.concat(Frontend.message('C', "SELECT 2\0".getBytes(UTF_8)), Frontend.message('Z', (byte) 'I'));
        Path another = dir.resolve("another.pgcap");
        write(another, 1, null);
        String baseline = dir.resolve("report.json").toString();
        try (FakeServer server = FakeServer.playing(client -> {
            welcome(client);
            for (Reply said = client.read(); said != null; said = client.read()) {
                client.send(other);
            }
        })) {

            // When
            int alone = execute(server, "--speed", "max", "--report", dir.toString(), file.toString());
            int beside = execute(server, "--speed", "max", "--baseline", baseline, file.toString());
            int ofAnother = execute(server, "--speed", "max", "--baseline", baseline, another.toString());

            // Then
            assertThat(List.of(alone, beside, ofAnother))
                    .containsExactly(ExitCode.FINDINGS, ExitCode.OK, ExitCode.USAGE);
        }
        assertThat(out.toString()).contains("3 answers compared, 3 differ: tag 3", "0 differ beyond the baseline");
        assertThat(err.toString()).contains("--baseline: " + baseline + ": of capture ");
    }
}
