package io.pgweir.audit.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    private void onLine(byte[] line, long number) {
        lines.add(number + ":" + new String(line, UTF_8));
    }

    @Test
    void aLineIsWhatEndsOrIsTheLast() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("a"), "one\n\nthree\r\nfour");
        // When
        RecordFile.read(file, this::onLine);
        // Then
        assertThat(lines).containsExactly("1:one", "3:three", "4:four");
    }

    @Test
    void aLineMayBeLongerThanTheBuffer() throws IOException {
        // Given
        String line = "x".repeat(700_000);
        Path file = Files.writeString(directory.resolve("a"), line + "\n" + line);
        // When
        RecordFile.read(file, this::onLine);
        // Then
        assertThat(lines).containsExactly("1:" + line, "2:" + line);
    }

    @Test
    void gzipIsRead() throws IOException {
        // Given
        Path file = directory.resolve("a.ndjson.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("one\ntwo\n".getBytes(UTF_8));
        }
        // When
        RecordFile.read(file, this::onLine);
        // Then
        assertThat(lines).containsExactly("1:one", "2:two");
        assertThatIOException()
                .isThrownBy(() -> RecordFile.follow(file, this::onLine, () -> true, Duration.ofMillis(1)))
                .withMessageContaining("does not grow");
    }

    @Test
    void aFollowedFileGrowsIsRenamedAndIsCut() throws Exception {
        // Given
        Path file = Files.writeString(directory.resolve("a"), "one\ntw");
        AtomicBoolean enough = new AtomicBoolean();
        Thread follower = Thread.ofPlatform().start(() -> {
            try {
                RecordFile.follow(file, this::onLine, enough::get, Duration.ofMillis(2));
            } catch (IOException fault) {
                lines.add(fault.toString());
            }
        });
        try {
            await("1:one");
            // When
            Files.writeString(file, "o\nthree\n", StandardOpenOption.APPEND);
            // Then
            await("1:one", "2:two", "3:three");
            // When
            Path rotated = Files.move(file, directory.resolve("a.1"));
            Files.writeString(rotated, "four", StandardOpenOption.APPEND);
            Files.writeString(file, "first\n");
            // Then
            await("1:one", "2:two", "3:three", "4:four", "1:first");
            // When
            Files.writeString(file, "1st\n", StandardOpenOption.TRUNCATE_EXISTING);
            // Then
            await("1:one", "2:two", "3:three", "4:four", "1:first", "1:1st");
        } finally {
            enough.set(true);
            follower.join();
        }
    }

    private void await(String... expected) {
        Awaitility.await().untilAsserted(() -> assertThat(lines).containsExactly(expected));
    }
}
