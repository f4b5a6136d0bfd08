package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSchema;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.Sample;
import io.pgweir.audit.seal.Chain;
import io.pgweir.config.AuditConfig.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PrettyFormatTest {
    private static final Path EXAMPLES = Path.of(System.getProperty("pgweir.root"), "schemas", "examples", "native");

    private static String line(boolean colours, String type) throws IOException {
        String record = new JsonMapper()
                .readTree(Files.readString(EXAMPLES.resolve(type + ".json")))
                .toString();
        return AuditSchema.formatted(new PrettyFormat(colours), record);
    }

    @Test
    void anExecutionIsALine() throws IOException {
        assertThat(line(false, "statement"))
                .isEqualTo(
                        "09:30:00.250 app@orders         WRITE       12345     3.3 s success     UPDATE orders SET total = $1 WHERE id = $2");
    }

    @Test
    void aDayReadsAsInTheGoldenFile() throws IOException {
        // When
        String written = written(Sample.day());
        // Then
        try (InputStream golden = getClass().getResourceAsStream("pretty.txt")) {
            assertThat(written)
                    .isEqualTo(new String(Objects.requireNonNull(golden).readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(written.lines()).allMatch(line -> line.length() <= PrettyLine.COLUMNS);
    }

    @Test
    void noTextMovesTheCursorOfATerminal() {
        // Given
        AuditEvent event =
                Sample.statement(1, Sample.simple("SELECT \"\u001b[2J\u009b2J\u202e\r\n" + "x".repeat(500) + "\""));
        // When
        String written = written(List.of(event));
        // Then
        assertThat(written).doesNotContain("\u001b", "\u009b", "\u202e", "\r").contains("…\n");
        assertThat(written.lines()).hasSize(1);
    }

    private static String written(List<AuditEvent> events) {
        JsonEncoder encoder =
                new JsonEncoder(Sample.config(Content.REDACTED), Sample.AGENT, Tokens.ofKey(new byte[32]));
        Chain chain = new Chain("0195512a-1c00-7000-8000-0000000000c1");
        PrettyFormat format = new PrettyFormat(false);
        RecordBuffer lines = new RecordBuffer(1024);
        for (AuditEvent event : events) {
            RecordBuffer record = new RecordBuffer(1024);
            encoder.encode(event, 1, 2, chain, record);
            format.append(new AuditRecord(record.toByteArray()), lines);
            lines.write('\n');
        }
        return lines.toString(StandardCharsets.UTF_8);
    }

    @Test
    void coloursChangeNoText() throws IOException {
        assertThat(line(true, "statement")).contains("\u001b[32m");
        assertThat(line(true, "statement").replaceAll("\u001b\\[\\d+m", "")).isEqualTo(line(false, "statement"));
    }

    @Test
    void theTrailTellsOfItself() throws IOException {
        assertThat(line(false, "audit.checkpoint")).endsWith("checkpoint over 1..15");
        assertThat(line(false, "sink.up")).endsWith("sink kafka:pgweir.audit is up after 2.0 s");
        assertThat(line(true, "sink.down")).contains("\u001b[31msink kafka:pgweir.audit is down: TimeoutException");
        assertThat(line(false, "statement.intent"))
                .contains("app@orders")
                .endsWith("intent      is to run UPDATE orders SET total = $1 WHERE id = $2");
    }
}
