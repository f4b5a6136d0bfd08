package io.pgweir.audit.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.pgweir.config.AuditConfig.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosedFilesTest {
    private static final Instant NOW = Instant.parse("2026-01-31T23:59:59.123456Z");

    @TempDir
    Path dir;

    private Path path() {
        return dir.resolve("audit.ndjson");
    }

    private ClosedFiles files(Compression compression, int keep) throws IOException {
        ClosedFiles files = new ClosedFiles(path(), compression, keep, InstantSource.fixed(NOW));
        files.open();
        return files;
    }

    private void close(ClosedFiles files, String content) throws IOException {
        Files.writeString(path(), content);
        files.close();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    private String text(InputStream in) throws IOException {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private InputStream in(String name) throws IOException {
        return Files.newInputStream(dir.resolve(name));
    }

    @Test
    void namesAFileAfterTheMomentItWasClosed() throws IOException {
        // Given
        ClosedFiles files = files(Compression.NONE, 0);
        // When
        close(files, "a\n");
        close(files, "b\n");
        // Then
        assertThat(names()).containsExactly("audit.ndjson.20260131T235959.123Z", "audit.ndjson.20260131T235959.124Z");
        assertThat(dir.resolve("audit.ndjson.20260131T235959.124Z")).hasContent("b\n");
    }

    @Test
    void compressesWithGzip() throws IOException {
        close(files(Compression.GZIP, 0), "a\n".repeat(100_000));
        assertThat(names()).containsExactly("audit.ndjson.20260131T235959.123Z.gz");
        assertThat(text(new GZIPInputStream(in(names().getFirst())))).isEqualTo("a\n".repeat(100_000));
    }

    @Test
    void compressesWithZstd() throws IOException {
        close(files(Compression.ZSTD, 0), "a\n".repeat(100_000));
        assertThat(names()).containsExactly("audit.ndjson.20260131T235959.123Z.zst");
        assertThat(text(new ZstdInputStream(in(names().getFirst())))).isEqualTo("a\n".repeat(100_000));
    }

    @Test
    void finishesWhatACrashInterrupted() throws IOException {
        // Given: closed only; half compressed; compressed and on disk, but the old one still there
        Files.writeString(dir.resolve("audit.ndjson.20260101T000000.000Z"), "one\n");
        Files.writeString(dir.resolve("audit.ndjson.20260102T000000.000Z"), "two\n");
        Files.writeString(dir.resolve("audit.ndjson.20260102T000000.000Z.gz.tmp"), "half");
        Files.writeString(dir.resolve("audit.ndjson.20260103T000000.000Z"), "three\n");
        Files.writeString(dir.resolve("audit.ndjson.20260103T000000.000Z.gz"), "three, compressed");
        // When
        files(Compression.GZIP, 0);
        // Then
        assertThat(names())
                .containsExactly(
                        "audit.ndjson.20260101T000000.000Z.gz",
                        "audit.ndjson.20260102T000000.000Z.gz",
                        "audit.ndjson.20260103T000000.000Z.gz");
        assertThat(text(new GZIPInputStream(in("audit.ndjson.20260102T000000.000Z.gz"))))
                .isEqualTo("two\n");
        assertThat(dir.resolve("audit.ndjson.20260103T000000.000Z.gz")).hasContent("three, compressed");
    }

    @Test
    void keepsTheNewestAndTouchesNothingElse() throws IOException {
        // Given
        List<String> others = List.of(
                "audit.ndjson.1",
                "audit.ndjson.bak",
                "other.ndjson.20260101T000000.000Z",
                "audit.ndjson.20260101T000000.000Z.xz",
                "my-audit.ndjson.20260101T000000.000Z");
        for (String other : others) {
            Files.writeString(dir.resolve(other), "not ours");
        }
        for (int day = 1; day <= 4; day++) {
            Files.writeString(dir.resolve("audit.ndjson.2026010" + day + "T000000.000Z"), "" + day);
        }
        // When
        close(files(Compression.NONE, 2), "new\n");
        // Then
        assertThat(names())
                .containsAll(others)
                .contains("audit.ndjson.20260104T000000.000Z", "audit.ndjson.20260131T235959.123Z")
                .hasSize(others.size() + 2);
    }

    @Test
    void aFileThatCannotBeCompressedStays() throws IOException {
        // Given: the name of the compressed file's beginning is taken by a directory that holds something
        Path taken = Files.createDirectory(dir.resolve("audit.ndjson.20260131T235959.123Z.gz.tmp"));
        Files.writeString(taken.resolve("x"), "x");
        // When
        close(files(Compression.GZIP, 0), "a\n");
        // Then
        assertThat(dir.resolve("audit.ndjson.20260131T235959.123Z")).hasContent("a\n");
    }
}
