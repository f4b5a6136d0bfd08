package io.pgweir.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordFormat;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
    @TempDir
    Path dir;

    private Path path() {
        return dir.resolve("audit.ndjson");
    }

    /** One record. */
    private static List<AuditRecord> lines(String text) {
        return List.of(new AuditRecord(text.strip().getBytes(StandardCharsets.UTF_8)));
    }

    private FileSink open() throws IOException {
        FileSink sink = new FileSink(path(), RecordFormat.NATIVE);
        sink.open();
        return sink;
    }

    @Test
    void appendsToWhatIsThere() throws IOException {
        // Given
        Files.writeString(path(), "old\n");
        FileSink sink = open();
        // When
        sink.write(lines("a\n"));
        sink.write(lines("b\n"));
        sink.close();
        // Then
        assertThat(path()).hasContent("old\na\nb\n");
    }

    @Test
    void followsARotation() throws IOException {
        // Given
        FileSink sink = open();
        sink.write(lines("a\n"));
        Path rotated = dir.resolve("audit.ndjson.1");
        Files.move(path(), rotated);
        // When
        sink.write(lines("b\n"));
        sink.write(lines("c\n"));
        sink.close();
        // Then
        assertThat(rotated).hasContent("a\n");
        assertThat(path()).hasContent("b\nc\n");
    }

    @Test
    void followsARotationThatMadeTheNewFileItself() throws IOException {
        // Given
        FileSink sink = open();
        sink.write(lines("a\n"));
        Files.move(path(), dir.resolve("audit.ndjson.1"));
        Files.createFile(path());
        // When
        sink.write(lines("b\n"));
        sink.close();
        // Then
        assertThat(path()).hasContent("b\n");
    }

    @Test
    void endsALineThatACrashTore() throws IOException {
        // Given
        Files.writeString(path(), "{\"torn");
        FileSink sink = open();
        // When
        sink.write(lines("a\n"));
        sink.close();
        // Then
        assertThat(Files.readString(path())).isEqualTo("{\"torn\na\n");
    }

    @Test
    void comesBackWhenItsDirectoryDoes() throws IOException {
        // Given
        Path home = Files.createDirectory(dir.resolve("home"));
        FileSink sink = new FileSink(home.resolve("audit.ndjson"), RecordFormat.NATIVE);
        sink.open();
        Files.delete(home.resolve("audit.ndjson"));
        Files.delete(home);
        assertThatThrownBy(() -> sink.write(lines("lost\n"))).isInstanceOf(IOException.class);
        // When
        Files.createDirectory(home);
        sink.write(lines("a\n"));
        sink.close();
        // Then
        assertThat(home.resolve("audit.ndjson")).hasContent("a\n");
    }

    @Test
    void saysWhatIsWrongWithThePath() {
        assertThatThrownBy(() -> new FileSink(dir.resolve("missing/audit.ndjson"), RecordFormat.NATIVE).open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("its directory does not exist")
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> new FileSink(dir, RecordFormat.NATIVE).open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be opened");
    }

    private FileSink open(
            long rotateBytes, Duration rotateInterval, Compression compression, AtomicReference<Instant> now)
            throws IOException {
        FileSink sink = new FileSink(
                new AuditConfig.Sink.File(
                        path(), AuditConfig.Format.NDJSON, rotateBytes, rotateInterval, compression, 0),
                RecordFormat.NATIVE,
                true,
                now::get);
        sink.open();
        return sink;
    }

    /** Closed files and then the open one. */
    private List<String> contents() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            List<Path> files = new ArrayList<>(all.sorted().toList());
            files.remove(path());
            files.add(path());
            List<String> contents = new ArrayList<>();
            for (Path file : files) {
                contents.add(Files.readString(file));
            }
            return contents;
        }
    }

    @Test
    void beginsANewFileWhereABatchWouldMakeItTooLong() throws IOException {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        FileSink sink = open(10, Duration.ZERO, Compression.NONE, now);
        // When
        for (String record : List.of("1234", "12345", "1", "a long record goes whole", "2")) {
            sink.write(lines(record));
        }
        sink.close();
        // Then
        assertThat(contents()).containsExactly("1234\n", "12345\n1\n", "a long record goes whole\n", "2\n");
    }

    @Test
    void aFileOfExactlyThatLengthIsNotTooLong() throws IOException {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        FileSink sink = open(10, Duration.ZERO, Compression.NONE, now);
        // When
        sink.write(lines("1234"));
        sink.write(lines("1234"));
        sink.close();
        // Then
        assertThat(contents()).containsExactly("1234\n1234\n");
    }

    @Test
    void beginsANewFileWhenTheOldOneIsOldEnough() throws IOException {
        // Given
        Instant start = Instant.now();
        AtomicReference<Instant> now = new AtomicReference<>(start);
        FileSink sink = open(0, Duration.ofHours(1), Compression.NONE, now);
        sink.write(lines("a"));
        now.set(start.plusSeconds(3599));
        sink.write(lines("b"));
        // When
        now.set(start.plusSeconds(3600));
        sink.write(lines("c"));
        now.set(start.plusSeconds(7199));
        sink.write(lines("d"));
        sink.close();
        // Then
        assertThat(contents()).containsExactly("a\nb\n", "c\nd\n");
    }

    @Test
    void goesOnWithAFileAndItsAgeAfterARestart() throws IOException {
        // Given
        Instant start = Instant.now();
        AtomicReference<Instant> now = new AtomicReference<>(start);
        FileSink before = open(0, Duration.ofHours(1), Compression.NONE, now);
        before.write(lines("a"));
        before.close();
        // When
        now.set(start.plus(Duration.ofHours(2)));
        FileSink after = open(0, Duration.ofHours(1), Compression.NONE, now);
        after.write(lines("b"));
        after.close();
        // Then
        assertThat(contents()).containsExactly("a\n", "b\n");
    }

    @Test
    void compressesWhatItCloses() throws IOException {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-31T23:59:59.123Z"));
        FileSink sink = open(3, Duration.ZERO, Compression.GZIP, now);
        // When
        sink.write(lines("a"));
        sink.write(lines("b"));
        sink.close();
        // Then
        Path closed = dir.resolve("audit.ndjson.20260131T235959.123Z.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(closed))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("a\n");
        }
        assertThat(path()).hasContent("b\n");
    }

    @Test
    void somebodyElsesRotationIsStillFollowed() throws IOException {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        FileSink sink = open(4, Duration.ZERO, Compression.NONE, now);
        sink.write(lines("a"));
        Files.move(path(), dir.resolve("audit.ndjson.1"));
        // When
        sink.write(lines("b"));
        sink.write(lines("c"));
        sink.close();
        // Then
        assertThat(contents()).containsExactly("a\n", "b\nc\n");
    }

    @Test
    void aRecordWithoutWordsDoesNotStopTheOthers() throws IOException {
        // Given
        RecordFormat picky = (record, to) -> {
            if (record.json().length > 1) {
                throw new IllegalArgumentException("no words");
            }
            to.writeBytes(record.json());
        };
        FileSink sink = new FileSink(path(), picky);
        sink.open();
        // When
        sink.write(List.of(
                lines("a").getFirst(), lines("bb").getFirst(), lines("c").getFirst()));
        sink.close();
        // Then
        assertThat(path()).hasContent("a\nbb\nc\n");
    }
}
