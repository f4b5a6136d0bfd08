package io.pgweir.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
}
