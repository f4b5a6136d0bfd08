package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
