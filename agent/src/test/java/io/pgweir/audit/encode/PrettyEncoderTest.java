package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.Sample;
import io.pgweir.config.AuditConfig.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrettyEncoderTest {

    private static String written(boolean colours, List<AuditEvent> events) throws IOException {
        PrettyEncoder encoder = new PrettyEncoder(Sample.config(Content.REDACTED), colours);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (AuditEvent event : events) {
            encoder.encode(event, 1, 2, lines);
        }
        return lines.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aDayReadsAsInTheGoldenFile() throws IOException {
        // When
        String written = written(false, Sample.day());
        // Then
        try (InputStream golden = getClass().getResourceAsStream("pretty.txt")) {
            assertThat(written)
                    .isEqualTo(new String(Objects.requireNonNull(golden).readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(written.lines()).allMatch(line -> line.length() <= PrettyLine.COLUMNS);
    }

    @Test
    void coloursAreForTerminalsAndChangeNoText() throws IOException {
        // When
        String coloured = written(true, Sample.day());
        // Then
        assertThat(coloured).contains("\u001b[31m");
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(written(false, Sample.day()));
    }

    @Test
    void noTextMovesTheCursorOfATerminal() throws IOException {
        // Given
        AuditEvent event =
                Sample.statement(1, Sample.simple("SELECT \"\u001b[2J\u009b2J\u202e\r\n" + "x".repeat(500) + "\""));
        // When
        String written = written(false, List.of(event));
        // Then
        assertThat(written).doesNotContain("\u001b", "\u009b", "\u202e", "\r").contains("…\n");
        assertThat(written.lines()).hasSize(1);
    }
}
