package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditSchema;
import io.pgweir.audit.cloudwatch.FakeCloudWatchLogs;
import io.pgweir.audit.kafka.KafkaBroker;
import io.pgweir.config.ConfigReader;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** An agent started from YAML with a spool and every sink there is, in front of a real server. */
@Timeout(120)
class AllSinksIT {
    private static final Map<String, String> CREDENTIALS =
            Map.of("aws.accessKeyId", "AKIATEST", "aws.secretAccessKey", "secret");

    @TempDir
    private Path dir;

    @BeforeEach
    void giveCredentials() {
        CREDENTIALS.forEach(System::setProperty);
    }

    @AfterEach
    void takeCredentials() {
        CREDENTIALS.keySet().forEach(System::clearProperty);
    }

    @Test
    void everySinkGetsTheSameRecordsInTheSameOrder() throws Exception {
        // Given
        KafkaBroker kafka = KafkaBroker.start();
        try (PgServer server = PgServer.builder().start();
                FakeCloudWatchLogs cloudwatch = new FakeCloudWatchLogs()) {
            kafka.topic("audit", 1, Map.of());
            Agent agent = Agent.start(ConfigReader.read("pgweir.yaml", yaml(server.port(), kafka, cloudwatch)));

            // When
            int port = agent.addresses().values().iterator().next().getPort();
            try (PgWire client = PgWire.login("127.0.0.1", port, Map.of(), null)) {
                client.query("create table t (i int)");
                client.query("insert into t select generate_series(1, 10)");
                client.query("select * from nowhere");
                await().until(() -> metrics(cloudwatch)
                        .anyMatch(event -> event.path("listener").asString("").equals("l")
                                && event.path("cluster").asString("").equals("c")
                                && event.path("pgweir_listener_sessions").asLong() == 1));
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(dir.resolve("audit.ndjson")).contains("\"session.end\""));
            agent.close();

            // Then
            List<String> file = Files.readAllLines(dir.resolve("audit.ndjson"));
            assertThat(file.stream().map(AuditSchema::validated).map(AllSinksIT::command))
                    .containsSubsequence(
                            "audit.start",
                            "session.start",
                            "CREATE TABLE",
                            "INSERT",
                            "SELECT",
                            "session.end",
                            "audit.stop");
            assertThat(kafka.read("audit").stream().map(record -> new String(record.value(), StandardCharsets.UTF_8)))
                    .containsExactlyElementsOf(file);
            assertThat(cloudwatch.stored("/pgweir/test", "audit").stream().map(FakeCloudWatchLogs.Stored::message))
                    .containsExactlyElementsOf(file);
            assertThat(told(cloudwatch, "pgweir_sessions_started")).isEqualTo(1);
            assertThat(told(cloudwatch, "pgweir_statements")).isEqualTo(3);
        } finally {
            kafka.end();
        }
    }

    private static Stream<JsonNode> metrics(FakeCloudWatchLogs cloudwatch) {
        return cloudwatch.stored("/pgweir/test", "audit-metrics").stream()
                .map(FakeCloudWatchLogs.Stored::message)
                .map(new ObjectMapper()::readTree);
    }

    /** In all events together. */
    private static long told(FakeCloudWatchLogs cloudwatch, String name) {
        return metrics(cloudwatch).mapToLong(event -> event.path(name).asLong()).sum();
    }

    private static String command(JsonNode record) {
        JsonNode command = record.get("command");
        return command == null ? record.get("type").asString() : command.asString();
    }

    private String yaml(int serverPort, KafkaBroker kafka, FakeCloudWatchLogs cloudwatch) {
        return """
                version: 1
                clusters:
                  c:
                    nodes: ["127.0.0.1:%d"]
                    tls: {mode: disable}
                listeners:
                  - {name: l, listen: "127.0.0.1:0", cluster: c}
                audit:
                  spool: {dir: %s}
                  sinks:
                    - kafka: {bootstrap-servers: ["%s"], topic: audit}
                    - cloudwatch-logs:
                        region: eu-central-1
                        group: /pgweir/test
                        stream: audit
                        endpoint-override: "%s"
                        metrics: {every: 1s, dimensions: [listener, cluster, class, outcome]}
                    - file: {path: %s}
                """.formatted(
                serverPort, dir.resolve("spool"), kafka.servers(), cloudwatch.endpoint(), dir.resolve("audit.ndjson"));
    }
}
