package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgweir.config.ConfigReader;
import io.pgweir.config.LogConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sessions as the HTTP side shows and ends them, in front of a real server. */
class AdminSessionsIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static PgServer server;

    @TempDir
    private Path dir;

    private Agent agent;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() throws Exception {
        agent = agent("");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Agent agent(String more) throws Exception {
        return agent("{nodes: [\"127.0.0.1:" + server.port() + "\"]}", more);
    }

    private Agent agent(String cluster, String more) throws Exception {
        return Agent.start(ConfigReader.read("f", """
                clusters: {c: %s}
                listeners: [{name: front, listen: "127.0.0.1:0", cluster: c}]
                audit: {sinks: [{file: {path: %s}}]}
                admin: {listen: "127.0.0.1:0"%s}
                """.formatted(cluster, dir.resolve("audit.ndjson"), more)));
    }

    private static PgWire login(Agent agent, String application) {
        int port = Objects.requireNonNull(agent.addresses().get("front")).getPort();
        return PgWire.login("127.0.0.1", port, Map.of("application_name", application), null);
    }

    private static HttpResponse<String> ask(Agent agent, String method, String path) {
        int port = Objects.requireNonNull(agent.adminAddress()).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static JsonNode session(Agent agent, String application) {
        for (JsonNode one :
                MAPPER.readTree(ask(agent, "GET", "/sessions").body()).get("sessions")) {
            if (one.path("application").asString("").equals(application)) {
                return one;
            }
        }
        return MAPPER.missingNode();
    }

    private static void awaitState(Agent agent, String application, String state) {
        await().untilAsserted(() -> assertThat(
                        session(agent, application).path("state").asString(""))
                .isEqualTo(state));
    }

    @Test
    void sessionsTellWhoWhereAndWhat() {
        // Given
        try (PgWire client = login(agent, "idler")) {
            client.query("select 'a secret', generate_series(1, 3)");
            // When
            JsonNode one = session(agent, "idler");
            // Then
            assertThat(one.get("state").asString()).isEqualTo("idle");
            assertThat(one.get("listener").asString()).isEqualTo("front");
            assertThat(one.get("cluster").asString()).isEqualTo("c");
            assertThat(one.get("node").asString()).isEqualTo("127.0.0.1:" + server.port());
            assertThat(one.get("backend_pid").asInt()).isEqualTo(client.pid());
            assertThat(one.get("statements").asInt()).isEqualTo(1);
            assertThat(one.get("rows").asInt()).isEqualTo(3);
            assertThat(one.get("bytes_from_server").asInt()).isPositive();
            assertThat(one.get("tls").get("client").asBoolean()).isFalse();
            assertThat(one.get("statement").get("class").asString()).isEqualTo("read");
            assertThat(one.get("statement").get("fingerprint").asString()).startsWith("fp1:");
            assertThat(one.toString()).doesNotContain("secret", "generate_series");
        }
    }

    @Test
    void statementsAreShownAsFarAsTheSettingSays() throws Exception {
        // Given
        try (Agent redacted = agent(", statement-text: redacted");
                Agent full = agent(", statement-text: full");
                PgWire one = login(redacted, "one");
                PgWire other = login(full, "other")) {
            // When
            one.query("select 'a secret', 1");
            other.query("select 'a secret', 1");
            // Then
            assertThat(session(redacted, "one").get("statement").get("text").asString())
                    .isEqualTo("select ?, ?");
            assertThat(session(full, "other").get("statement").get("text").asString())
                    .isEqualTo("select 'a secret', 1");
        }
    }

    @Test
    void statesAreThoseOfTheTransactionAndOfWhatRuns() {
        // Given
        try (PgWire open = login(agent, "open");
                PgWire failed = login(agent, "failed");
                PgWire busy = login(agent, "busy")) {
            // When
            open.query("begin");
            failed.query("begin");
            failed.query("select 1/0");
            busy.send(Frontend.query("select pg_sleep(60)"));
            // Then
            awaitState(agent, "open", "idle in transaction");
            awaitState(agent, "failed", "idle in failed transaction");
            awaitState(agent, "busy", "active");
            JsonNode statement = session(agent, "busy").get("statement");
            assertThat(statement.get("command").asString()).isEqualTo("SELECT");
            assertThat(session(agent, "busy").get("outstanding").asInt()).isEqualTo(1);
            assertThat(session(agent, "failed").get("errors").asInt()).isEqualTo(1);
        }
    }

    @Test
    void cancelStopsTheStatementAndLeavesTheSession() {
        // Given
        try (PgWire busy = login(agent, "busy")) {
            busy.send(Frontend.query("select pg_sleep(60)"));
            awaitState(agent, "busy", "active");
            String id = session(agent, "busy").get("id").asString();
            // When
            HttpResponse<String> answer = ask(agent, "POST", "/sessions/" + id + "/cancel");
            // Then
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(Reply.line(busy.readUntilReady())).contains("57014", "Z(I)");
            assertThat(busy.query("select 7")).contains("7");
        }
    }

    @Test
    void terminateTellsTheClientAndStopsTheStatement() {
        // Given
        try (PgWire idle = login(agent, "idle");
                PgWire busy = login(agent, "busy");
                PgWire watching = login(agent, "watching")) {
            idle.query("select 1");
            busy.send(Frontend.query("select pg_sleep(60), 'marker'"));
            awaitState(agent, "busy", "active");
            // When
            List<Integer> statuses = List.of(
                    ask(agent, "POST", "/sessions/" + id("idle") + "/terminate").statusCode(),
                    ask(agent, "POST", "/sessions/" + id("busy") + "/terminate").statusCode());
            // Then
            assertThat(statuses).containsOnly(202);
            assertThat(Reply.line(idle.readToEnd()))
                    .contains("FATAL", "57P01", "terminating connection due to administrator command");
            assertThat(Reply.line(busy.readToEnd())).contains("FATAL", "57P01");
            await().untilAsserted(() -> assertThat(
                            watching.query("select count(*) from pg_stat_activity where query like '%mark' || 'er%'"
                                    + " and pid <> pg_backend_pid()"))
                    .contains("D(0)"));
            assertThat(ask(agent, "GET", "/metrics").body())
                    .contains("pgweir_sessions_ended_total{cause=\"administrator\"} 2.0");
        }
    }

    private static PgWire ask(Agent agent, String application) {
        int port = Objects.requireNonNull(agent.addresses().get("front")).getPort();
        return PgWire.connect("127.0.0.1", port)
                .send(Frontend.startup(
                        Frontend.PROTOCOL_3_0, Map.of("user", "postgres", "application_name", application)));
    }

    private static String terminated(Agent agent, String application, PgWire client) {
        String id = session(agent, application).get("id").asString();
        assertThat(ask(agent, "POST", "/sessions/" + id + "/cancel").statusCode())
                .isEqualTo(404);
        assertThat(ask(agent, "POST", "/sessions/" + id + "/terminate").statusCode())
                .isEqualTo(202);
        return Reply.line(client.readToEnd());
    }

    @Test
    void whoWaitsForALimitIsShownAndCanBeEnded() throws Exception {
        // Given
        try (Agent narrow = agent(
                        "{nodes: [\"127.0.0.1:" + server.port() + "\"]}",
                        "}\nlimits: {connections: 1, queue: {sessions: 9, wait-max: 60s}");
                PgWire first = login(narrow, "first");
                PgWire second = ask(narrow, "second")) {
            awaitState(narrow, "second", "waiting for limit");
            JsonNode one = session(narrow, "second");
            // When
            String heard = terminated(narrow, "second", second);
            // Then
            assertThat(one.get("user").asString()).isEqualTo("postgres");
            assertThat(one.get("listener").asString()).isEqualTo("front");
            assertThat(one.has("node")).isFalse();
            assertThat(heard).contains("FATAL", "57P01", "terminating connection due to administrator command");
            assertThat(first.query("select 1")).endsWith("Z(I)");
            await().untilAsserted(() ->
                    assertThat(session(narrow, "second").isMissingNode()).isTrue());
            assertThat(ask(narrow, "GET", "/metrics").body()).contains("pgweir_sessions_waiting 0.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connecting", "starting", "authenticating"})
    void whoHasNoServerYetIsShownAndCanBeEnded(String state) throws Exception {
        // Given
        try (FakeServer slow = FakeServer.playing(client -> {
                    client.readStartup();
                    if (state.equals("authenticating")) {
                        client.send(Frontend.message('R', Frontend.int4(3)));
                    }
                    client.drain();
                });
                Agent other = agent(
                        "{nodes: [\"127.0.0.1:%d\", \"127.0.0.1:%d\"], connect-timeout: 60s, tls: {mode: %s}}"
                                .formatted(
                                        slow.port(), server.port(), state.equals("connecting") ? "require" : "disable"),
                        "");
                PgWire client = ask(other, "app")) {
            awaitState(other, "app", state);
            JsonNode one = session(other, "app");
            // When
            String heard = terminated(other, "app", client);
            // Then
            assertThat(one.get("node").asString()).isEqualTo("127.0.0.1:" + slow.port());
            assertThat(one.get("cluster").asString()).isEqualTo("c");
            assertThat(one.get("state_ms").asInt()).isNotNegative();
            assertThat(heard).contains("FATAL", "57P01", "terminating connection due to administrator command");
            await().untilAsserted(() -> assertThat(ask(other, "GET", "/metrics").body())
                    .contains("pgweir_sessions_open 0.0", "pgweir_sessions_ended_total{cause=\"administrator\"} 1.0"));
        }
    }

    @Test
    void aSessionLeavesOneLineInTheAccessLog() {
        // Given
        Logger access = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(LogSetup.ACCESS);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        access.addAppender(lines);
        LogSetup.apply(new LogConfig(LogConfig.Format.TEXT, true));
        try (PgWire client = login(agent, "an \"app\"")) {
            // When
            client.query("select generate_series(1, 3)");
            client.query("select 1/0");
            client.send(Frontend.terminate());
            // Then
            await().untilAsserted(() -> assertThat(lines.list).hasSize(1));
            assertThat(lines.list.getFirst().getKeyValuePairs().stream().map(String::valueOf))
                    .contains(
                            "application=\"an ?app?\"",
                            "listener=\"front\"",
                            "node=\"127.0.0.1:" + server.port() + "\"",
                            "cause=\"client-terminated\"",
                            "statements=\"2\"",
                            "errors=\"1\"",
                            "rows=\"3\"");
        } finally {
            access.setLevel(Level.OFF);
            access.detachAppender(lines);
        }
    }

    private String id(String application) {
        return session(agent, application).get("id").asString();
    }

    @Test
    void sessionsThatAreNoneAreNotFound() {
        // Then
        assertThat(ask(agent, "POST", "/sessions/" + UUID.randomUUID() + "/cancel")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(agent, "POST", "/sessions/" + UUID.randomUUID() + "/terminate")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(agent, "POST", "/sessions/7/terminate").statusCode()).isEqualTo(400);
    }
}
