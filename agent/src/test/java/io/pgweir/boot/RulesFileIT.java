package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditSchema;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rules from files that the configuration names: at the start, and when they change. */
@Timeout(60)
class RulesFileIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static PgServer server;

    @TempDir
    private Path dir;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
        server.query("create table t(i int)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private Path rules(String rule) throws IOException {
        return Files.writeString(dir.resolve("rules.yaml"), "version: 1\nrules:\n  - " + rule + "\n");
    }

    private Agent start() throws AgentStartException, ConfigException {
        return Agent.start(ConfigReader.read(
                "pgweir.yaml", """
                clusters: {c: {nodes: ["127.0.0.1:%d"]}}
                listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
                rules: {files: ["%s"]}
                audit: {sinks: [{file: {path: "%s"}}]}
                """.formatted(server.port(), dir.resolve("rules.yaml"), dir.resolve("audit.ndjson"))));
    }

    private static PgWire login(Agent agent) {
        int port = agent.addresses().values().iterator().next().getPort();
        return PgWire.login("127.0.0.1", port, Map.of(), null);
    }

    private List<JsonNode> records(String type) throws IOException {
        return Files.readAllLines(dir.resolve("audit.ndjson"), StandardCharsets.UTF_8).stream()
                .map(AuditSchema::validated)
                .filter(record -> record.get("type").asString().equals(type))
                .toList();
    }

    @Test
    void aFileThatChangesIsReadAgainAndABadOneChangesNothing() throws Exception {
        // Given
        rules("{id: one, why: a test, mode: enforce, match: {command: DELETE}, do: [{block: {message: one}}]}");
        try (Agent agent = start();
                PgWire client = login(agent)) {
            String first = client.query("delete from t");

            // When
            rules("{id: two, why: a test, mode: enforce, match: {command: DELETE}, do: [{block: {message: second}}]}");
            await().atMost(SOON).until(() -> client.query("delete from t").contains("second"));
            rules("{id: two, why: a test, mode: enforced, match: {command: DELETE}, do: [block]}");
            await().atMost(SOON).until(() -> records("audit.reload").size() == 3);
            String last = client.query("delete from t");

            // Then
            assertThat(first).isEqualTo("E(ERROR 42501 one) Z(I)");
            assertThat(last).isEqualTo("E(ERROR 42501 second) Z(I)");
        }
        List<JsonNode> reloads = records("audit.reload");
        JsonNode start = reloads.getFirst().get("reload");
        JsonNode good = reloads.get(1).get("reload");
        JsonNode bad = reloads.getLast().get("reload");
        assertThat(start.has("before")).isFalse();
        assertThat(good.get("before")).isEqualTo(start.get("after"));
        assertThat(good.get("outcome").asString()).isEqualTo("success");
        assertThat(bad.get("outcome").asString()).isEqualTo("failure");
        assertThat(bad.get("before")).isEqualTo(good.get("after"));
        assertThat(bad.get("error").asString()).contains("rules.yaml:3:").contains("mode");
        JsonNode refused = records("statement").getFirst();
        assertThat(refused.at("/rules/set")).isEqualTo(good.get("before"));
        assertThat(refused.at("/rules/action").asString()).isEqualTo("block");
        assertThat(refused.at("/rules/matched/0/id").asString()).isEqualTo("one");
        assertThat(refused.at("/outcome").asString()).isEqualTo("error");
    }

    @Test
    void parametersAreJudgedWhenTheyAreBound() throws Exception {
        // Given
        rules("{id: big, why: a test, mode: enforce, at: bind, match: {command: INSERT},"
                + " when: \"'4711' in bind.values\", do: [{block: {message: too big}}]}");
        try (Agent agent = start();
                PgWire client = login(agent)) {
            client.send(Frontend.parse("i", "insert into t values ($1)", 23), Frontend.sync());
            client.readUntilReady();

            // When
            client.send(Frontend.bind("", "i", "4711"), Frontend.execute("", 0), Frontend.sync());
            String text = client.line();
            client.send(
                    Frontend.bind("", "i", new int[] {1}, new byte[][] {Frontend.int4(4711)}, new int[0]),
                    Frontend.execute("", 0),
                    Frontend.sync());
            String binary = client.line();
            client.send(Frontend.bind("", "i", "17"), Frontend.execute("", 0), Frontend.sync());

            // Then
            assertThat(text).isEqualTo("E(ERROR 42501 too big) Z(I)");
            assertThat(binary).isEqualTo(text);
            assertThat(client.line()).isEqualTo("2 C(INSERT 0 1) Z(I)");
        }
    }

    @Test
    void whatIsWrongAtTheStartStopsIt() throws IOException {
        // Given
        rules("{id: one, why: a test, match: {comand: DELETE}, do: [block]}");

        // Then
        assertThatThrownBy(this::start).isInstanceOf(ConfigException.class).hasMessageContaining("comand");
    }
}
