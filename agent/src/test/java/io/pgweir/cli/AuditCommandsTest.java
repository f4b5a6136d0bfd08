package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AuditCommandsTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Path trail;
    private List<String> records;

    @BeforeEach
    void writeTrail() throws IOException {
        Path examples = Path.of(System.getProperty("pgweir.root"), "schemas", "examples", "native");
        try (Stream<Path> files = Files.list(examples)) {
            records = files.map(AuditCommandsTest::line)
                    .sorted(java.util.Comparator.comparingInt(
                            record -> MAPPER.readTree(record).get("seq").asInt()))
                    .toList();
        }
        trail = Files.write(directory.resolve("audit.ndjson"), records);
    }

    private static String line(Path file) {
        try {
            return MAPPER.readTree(Files.readString(file)).toString();
        } catch (IOException fault) {
            throw new java.io.UncheckedIOException(fault);
        }
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private static String lines(List<String> records) {
        return records.stream().map(record -> record + "\n").collect(Collectors.joining());
    }

    @Test
    void tailInAPipeIsTheRecordsThemselves() {
        // When
        int code = execute("audit", "tail", trail.toString());
        // Then
        assertThat(code).isZero();
        assertThat(out).hasToString(lines(records));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void tailShowsTheLastOfThoseThatMatch() {
        // When
        int code = execute(
                "audit",
                "tail",
                trail.toString(),
                "-n",
                "1",
                "--where",
                "type.startsWith('audit.')",
                "--format",
                "pretty");
        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).endsWith("audit stops after 20 records\n").hasLineCount(1);
    }

    @Test
    void exportWritesAFormToAFile() throws IOException {
        // Given
        Path file = directory.resolve("ocsf.ndjson");
        // When
        int code = execute(
                "audit",
                "export",
                trail.toString(),
                "--format",
                "ocsf",
                "--where",
                "class == 'WRITE'",
                "--out",
                file.toString());
        // Then
        assertThat(code).isZero();
        assertThat(Files.readAllLines(file))
                .hasSize(4)
                .allSatisfy(line -> assertThat(
                                MAPPER.readTree(line).get("class_uid").asInt())
                        .isEqualTo(6005));
        assertThat(directory.resolve("ocsf.ndjson.part")).doesNotExist();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatIsNoRecordIsToldByFileAndLineAndTheRestIsShown() throws IOException {
        // Given
        Files.writeString(trail, "{\"torn\":\n" + records.getFirst() + "\n[1]\n");
        // When
        int code = execute("audit", "export", trail.toString(), "--format", "ecs");
        // Then
        assertThat(code).isEqualTo(65);
        assertThat(out.toString()).hasLineCount(1).contains("\"audit.start\"");
        assertThat(err.toString())
                .contains(trail + ":1: audit record: ", trail + ":3: audit record: no JSON object")
                .endsWith("pgweir audit export: 2 without a record\n")
                .doesNotContain("\tat ");
    }

    @Test
    void followShowsWhatComes() throws Exception {
        // Given
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread follower = Thread.ofPlatform()
                .start(() -> code.complete(
                        execute("audit", "tail", "-f", "-n", "0", trail.toString(), "--where", "type == 'cancel'")));
        String cancel = records.stream()
                .filter(record -> record.contains("\"cancel\""))
                .findFirst()
                .orElseThrow();
        // When
        Awaitility.await().until(() -> {
            Files.writeString(trail, cancel + "\n", StandardOpenOption.APPEND);
            return !out.toString().isEmpty();
        });
        follower.interrupt();
        // Then
        assertThat(code.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString().lines()).isNotEmpty().allMatch(cancel::equals);
    }

    @Test
    void aReaderThatWentAwayIsNoFault() {
        // Given
        PrintWriter closed = new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        // When
        int code = Main.execute(closed, new PrintWriter(err, true), "audit", "tail", trail.toString());
        // Then
        assertThat(code).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "audit # 64 # a command is missing (expected: ",
                "audit tail # 64 # one place to read is needed (expected: PATH, or --kafka",
                "audit tail TRAIL --topic t # 64 # --kafka is missing (expected: both",
                "audit tail --kafka h:1 # 64 # --topic is missing (expected: both",
                "audit tail TRAIL --kafka h:1 --topic t # 64 # one place to read is needed",
                "audit tail --kafka h --topic t # 74 # kafka",
                "audit tail TRAIL --format xml # 64 # \"xml\" (expected: pretty, native, ocsf, ecs)",
                "audit tail TRAIL -n -1 # 64 # --last: -1 (expected: 0 to 1000000)",
                "audit tail TRAIL --where clas=='DDL' # 64 # --where: column 1: undeclared reference to 'clas'",
                "audit export TRAIL --where class==5 # 64 # --where: column 6: found no matching overload",
                "audit tail TRAIL.none # 66 # TRAIL.none: no such file or directory",
                "audit tail TRAIL.none -f # 66 # TRAIL.none: no such file or directory",
                "audit export TRAIL --out TRAIL/x/y # 64 # --out: cannot be written",
            })
    void aWrongCommandLineIsOneLineAndAHint(String arguments, int expectedCode, String expected) {
        // When
        int code = execute(arguments.strip().replace("TRAIL", trail.toString()).split(" "));
        // Then
        assertThat(code).isEqualTo(expectedCode);
        assertThat(err.toString())
                .contains(expected.strip().replace("TRAIL", trail.toString()))
                .doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }
}
