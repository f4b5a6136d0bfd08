package io.pgweir.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureFileWriter;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CaptureCommandsTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final CaptureHeader HEADER = new CaptureHeader(
            "agent-1",
            UUID.fromString("0195512a-0000-7000-8000-000000000001"),
            0,
            Instant.parse("2026-11-21T10:20:30Z"),
            List.of(),
            CaptureHeader.Options.ALL,
            "",
            "0.1.0");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void writeCapture() throws IOException {
        file = dir.resolve(HEADER.fileName());
        write(file, null);
    }

    @Test
    void listTellsWhatFilesHold() {
        // When
        int code = execute("capture", "ls", "--sessions", dir.toString());

        // Then
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .containsPattern("1 +8 +2 +4\\.0 s .* 2026-11-21T10:20:30 +" + file + " +closed\n")
                .containsPattern("1 +6 +2 +\\d+ B +2 +4\\.0 s +alice@shop +psql +127\\.0\\.0\\.1:40000 +terminate\n");
    }

    @Test
    void listAsJsonHasSessions() {
        // When
        int code = execute("capture", "ls", "--json", dir.toString());

        // Then
        assertThat(code).isZero();
        JsonNode json = MAPPER.readTree(out.toString());
        assertThat(json.at("/state").asString()).isEqualTo("closed");
        assertThat(json.at("/sessions/0/user").asString()).isEqualTo("alice");
        assertThat(json.at("/sessions/0/frontend").asLong()).isEqualTo(6);
    }

    @Test
    void showIsOneLineARecord() {
        // When
        int code = execute("capture", "show", file.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString().lines().map(String::strip))
                .containsExactly(
                        "0.000000     #1  opens    alice@shop psql 127.0.0.1:40000 (TLSv1.3) -> 127.0.0.1:5432",
                        "1.000000     #1  > Query                  [1] select * from t where a = 17",
                        "1.001000     #1  < DataRow                [1] 4 bytes",
                        "1.002000     #1  =        [1] SELECT 1, 1 rows, 4 B, 2.0 ms",
                        "2.000000     #1  > Parse                  [2] s1: insert into t values ($1)",
                        "2.000000     #1  > Bind                   [3] of s1",
                        "2.000000     #1  > Execute                [4] (unnamed)",
                        "2.000000     #1  > Bind                   [5] of s1",
                        "2.000000     #1  > Execute                [6] (unnamed)",
                        "2.003000     #1  < ErrorResponse          [6] 23505 no",
                        "2.003000     #1  =        [6] 23505, 0 rows, 0 B, 3.0 ms",
                        "3.000000     #1  gap      2 messages, 50 bytes: queue-full",
                        "4.000000     #1  ends     terminate");
    }

    @Test
    void showAsJsonHasBodies() {
        // When
        int code = execute("capture", "show", "--json", "--from", "0.5", "--to", "1.0005", file.toString());

        // Then
        assertThat(code).isZero();
        List<JsonNode> records = out.toString().lines().map(MAPPER::readTree).toList();
        assertThat(records).hasSize(2);
        assertThat(records.getFirst().at("/kind").asString()).isEqualTo("session-open");
        assertThat(records.getLast().at("/body").asString()).isNotEmpty();
    }

    @Test
    void statSumsUpByStatementUserAndDatabase() {
        // When
        int code = execute("capture", "stat", file.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("1 sessions, 6 messages of clients, 2 of servers, 0 cancels, 2 left out, 4.0 s\n")
                .containsPattern(
                        "1 +0 +1 +2\\.0 ms +2\\.0 ms +2\\.0 ms +fp1:[0-9a-f]{32} +select \\* from t where a = \\?\n")
                .containsPattern(
                        "2 +1 +0 +3\\.0 ms +3\\.0 ms +3\\.0 ms +fp1:[0-9a-f]{32} +insert into t values \\(\\$1\\)\n")
                .containsPattern("3 +1 +1 +5\\.0 ms +2\\.5 ms +3\\.0 ms +alice\n");
        out.getBuffer().setLength(0);
        assertThat(execute("capture", "stat", "--json", file.toString())).isZero();
        assertThat(MAPPER.readTree(out.toString()).at("/users/0/executions").asLong())
                .isEqualTo(3);
    }

    @Test
    void verifyNamesEverythingThatIsNotThere() throws IOException {
        // Given
        Path torn = dir.resolve("torn.pgcap");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(torn, Arrays.copyOf(bytes, bytes.length - 200));

        // When
        int code = execute("capture", "verify", torn.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString())
                .contains("finding: " + torn + ": 2 messages (50 bytes) of session 1 are not in it: queue-full")
                .contains("finding: " + torn + ": ends ")
                .contains("NOT whole: 1 file, 1 blocks, 13 records, 2 messages left out\n");
        out.getBuffer().setLength(0);
        assertThat(execute("capture", "verify", "--json", torn.toString())).isEqualTo(ExitCode.FINDINGS);
        assertThat(MAPPER.readTree(out.toString()).at("/findings")).hasSize(2);
    }

    @Test
    void whatIsNoCaptureIsSaid() throws IOException {
        // Given
        Path foreign = Files.writeString(dir.resolve("notes.txt"), "nothing of that kind, but long enough to be read");

        // When
        int code = execute("capture", "verify", foreign.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.DATA);
        assertThat(out).hasToString("finding: " + foreign + ": not a capture of pgweir, offset 0\n");
        assertThat(execute("capture", "ls", dir.resolve("none").toString())).isEqualTo(ExitCode.NO_INPUT);
        assertThat(err.toString()).contains(dir.resolve("none") + ": no such file");
        assertThat(execute(
                        "capture",
                        "ls",
                        Files.createDirectory(dir.resolve("empty")).toString()))
                .isEqualTo(ExitCode.NO_INPUT);
        assertThat(err.toString()).contains("no capture (*.pgcap) in it");
    }

    @Test
    void wrongKeyIsSaidBeforeAnythingElse() throws IOException {
        // Given
        Path key = Files.writeString(dir.resolve("key"), "ab".repeat(32));
        Path other = Files.writeString(dir.resolve("other"), "cd".repeat(32));
        Path locked = dir.resolve("locked.pgcap");
        write(locked, CaptureKey.read(key));

        // When
        int code = execute("capture", "show", "--key-file", other.toString(), locked.toString());

        // Then
        assertThat(code).isEqualTo(ExitCode.CONFIG);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains(locked + ": key ").contains("which it is encrypted with");
        assertThat(execute("capture", "show", "--key-file", key.toString(), locked.toString()))
                .isZero();
        assertThat(execute("capture", "ls", "--key-file", file.toString(), locked.toString()))
                .isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("expected: a key of 64 hexadecimal digits");
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private static void write(Path file, @Nullable CaptureKey key) throws IOException {
        Files.deleteIfExists(file);
        try (CaptureFileWriter writer = CaptureFileWriter.create(file, HEADER, key)) {
            for (CaptureRecord record : session()) {
                writer.append(record);
            }
        }
    }

    private static List<CaptureRecord> session() {
        return List.of(
                new SessionOpen(
                        1,
                        0,
                        new UUID(7, 1),
                        Origin.BEGAN,
                        "alice",
                        "shop",
                        "psql",
                        196608,
                        List.of(),
                        new Leg("127.0.0.1:40000", "TLSv1.3"),
                        new Leg("127.0.0.1:5432", "")),
                said(1000, 'Q', 1, "select * from t where a = 17\0"),
                answered(1001, 'D', 1, "\0\1\0\0"),
                new Response(1, 1_002_000_000, 1, 1, 4, "SELECT 1", "", 1_000_000, 2_000_000, 5, 5, 0),
                said(2000, 'P', 2, "s1\0insert into t values ($1)\0\0\0"),
                said(2000, 'B', 3, "\0s1\0\0\0\0\0\0\0"),
                said(2000, 'E', 4, "\0\0\0\0\0"),
                said(2000, 'B', 5, "\0s1\0\0\0\0\0\0\0"),
                said(2000, 'E', 6, "\0\0\0\0\0"),
                answered(2003, 'E', 6, "SERROR\0VERROR\0C23505\0Mno\0\0"),
                new Response(1, 2_003_000_000, 6, 0, 0, "", "23505", 3_000_000, 3_000_000, 0, 0, 0),
                new Gap(1, 3_000_000_000L, Gap.Why.QUEUE_FULL, 2, 50),
                new SessionEnd(1, 4_000_000_000L, "terminate"));
    }

    private static Message said(long millis, char type, long request, String body) {
        return message(millis, Direction.FRONTEND, type, request, body);
    }

    private static Message answered(long millis, char type, long request, String body) {
        return message(millis, Direction.BACKEND, type, request, body);
    }

    private static Message message(long millis, Direction direction, char type, long request, String body) {
        byte[] bytes = body.getBytes(US_ASCII);
        return new Message(1, millis * 1_000_000, direction, (byte) type, 0, request, bytes.length, bytes);
    }
}
