package io.pgweir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminServerTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<String> reasons = new ArrayList<>();
    private final List<String> posted = new ArrayList<>();
    private final Telemetry telemetry = new Telemetry();
    private final Metrics metrics = new Metrics(telemetry);
    private @Nullable AdminServer server;

    private URI start(@Nullable String token) throws IOException {
        AdminServer started = AdminServer.start(
                AdminServer.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null),
                token,
                "1.2.3",
                List.of(
                        Endpoint.health(),
                        Endpoint.ready(() -> List.copyOf(reasons)),
                        metrics.endpoint(),
                        new Endpoint("POST", "/do", "does it", false, request -> {
                            posted.add(String.valueOf(request.parameter("what")));
                            return Answer.text(200, "done\n");
                        }),
                        Endpoint.post(
                                "/things/{id}/end",
                                "ends it",
                                request -> Answer.text(200, request.part("id") + " " + request.body().length)),
                        Endpoint.get("/broken", "is not", request -> {
                            throw new IOException("secret of the inside");
                        })));
        server = started;
        return URI.create("http://127.0.0.1:" + started.address().getPort());
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        metrics.close();
    }

    private static HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpRequest.Builder get(URI base, String path) {
        return HttpRequest.newBuilder(base.resolve(path));
    }

    private static HttpRequest.Builder post(URI base, String path) {
        return get(base, path).POST(HttpRequest.BodyPublishers.noBody());
    }

    @Test
    void rootListsAllThereIs() throws Exception {
        // When
        HttpResponse<String> answer = ask(get(start(null), "/"));
        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode index = MAPPER.readTree(answer.body());
        assertThat(index.get("version").asString()).isEqualTo("1.2.3");
        assertThat(index.get("endpoints").values().stream()
                        .map(endpoint -> endpoint.get("path").asString()))
                .containsExactlyInAnyOrder(
                        "/", "/broken", "/do", "/healthz", "/metrics", "/readyz", "/things/{id}/end");
    }

    @Test
    void readinessNamesItsReasons() throws Exception {
        // Given
        URI base = start(null);
        // When
        HttpResponse<String> ready = ask(get(base, "/readyz"));
        reasons.add("stopping");
        reasons.add("the audit queue is full");
        HttpResponse<String> unready = ask(get(base, "/readyz"));
        // Then
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(MAPPER.readTree(unready.body())).isEqualTo(MAPPER.readTree("""
                        {"ready": false, "reasons": ["stopping", "the audit queue is full"]}"""));
        assertThat(ask(get(base, "/healthz")).statusCode()).isEqualTo(200);
    }

    @Test
    void metricsHaveEveryCounterAndALineForEachLabel() throws Exception {
        // Given
        telemetry.add(Metric.AUDIT_RECORDS, 41);
        telemetry.gauge(Metric.AUDIT_SINK_BEHIND, "kafka \"a\"", () -> 7);
        telemetry.gauge(Metric.AUDIT_SINK_BEHIND, "file", () -> 0);
        telemetry.gauge(Metric.TOPOLOGY_AGE, "orders", () -> 3);
        telemetry.gauge(Metric.TOPOLOGY_NODES_OUT, "orders", () -> 1);
        URI base = start(null);
        // When
        String text = ask(get(base, "/metrics")).body();
        // Then
        for (Metric metric : Metric.values()) {
            if (metric.labels().isEmpty() && metric.kind() != Metric.Kind.HISTOGRAM) {
                assertThat(text).contains("# HELP " + metric.exported());
            }
        }
        assertThat(text)
                .contains("\npgweir_audit_records_total 41.0\n")
                .contains("\npgweir_audit_sink_behind_bytes{sink=\"file\"} 0.0\n")
                .contains("\npgweir_audit_sink_behind_bytes{sink=\"kafka \\\"a\\\"\"} 7.0\n")
                .contains("\njvm_memory_used_bytes{")
                .contains("\nprocess_uptime_seconds ");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 404, no such path",
        "GET, /do, 405, 'method: GET (expected: POST)'",
        "POST, /metrics, 405, 'method: POST (expected: GET)'",
        "DELETE, /metrics, 405, 'method: DELETE'",
        "GET, /broken, 500, a fault of pgweir itself",
        "GET, /things/a/b/end, 404, no such path",
        "GET, /things//end, 404, no such path",
    })
    void whatCannotBeAnsweredSaysWhy(String method, String path, int status, String text) throws Exception {
        // Given
        URI base = start(null);
        // When
        HttpResponse<String> answer = ask(get(base, path).method(method, HttpRequest.BodyPublishers.noBody()));
        // Then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = MAPPER.readTree(answer.body());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).contains(text).doesNotContain("secret");
    }

    @Test
    void pathsHavePartsAndBodiesHaveABound() throws Exception {
        // Given
        URI base = start(null);
        // When
        HttpResponse<String> most = ask(get(base, "/things/7%2F8/end").POST(bytes(64 << 10)));
        HttpResponse<String> more = ask(get(base, "/things/7/end").POST(bytes((64 << 10) + 1)));
        // Then
        assertThat(most.body()).isEqualTo("7/8 65536");
        assertThat(more.statusCode()).isEqualTo(413);
    }

    private static HttpRequest.BodyPublisher bytes(int count) {
        return HttpRequest.BodyPublishers.ofByteArray(new byte[count]);
    }

    @Test
    void postOfAWebPageIsNotTaken() throws Exception {
        // Given
        URI base = start(null);
        // When
        HttpResponse<String> page = ask(post(base, "/do?what=it").header("Origin", "http://evil.example"));
        HttpResponse<String> tool = ask(post(base, "/do?what=a+b%26c&what=no"));
        // Then
        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(tool.statusCode()).isEqualTo(200);
        assertThat(posted).containsExactly("a b&c");
    }

    @Test
    void tokenIsAskedOfAllButProbes() throws Exception {
        // Given
        URI base = start("tokenofmine");
        // When
        List<Integer> without = List.of(
                ask(get(base, "/")).statusCode(),
                ask(get(base, "/metrics")).statusCode(),
                ask(get(base, "/nowhere")).statusCode(),
                ask(get(base, "/metrics").header("Authorization", "Bearer tokenofmin"))
                        .statusCode(),
                ask(get(base, "/metrics").header("Authorization", "Basic tokenofmine"))
                        .statusCode(),
                ask(post(base, "/do")).statusCode());
        List<Integer> with = List.of(
                ask(get(base, "/healthz")).statusCode(),
                ask(get(base, "/readyz")).statusCode(),
                ask(get(base, "/metrics").header("Authorization", "bearer tokenofmine"))
                        .statusCode(),
                ask(post(base, "/do").header("Authorization", "Bearer tokenofmine"))
                        .statusCode());
        // Then
        assertThat(without).containsOnly(401);
        assertThat(with).containsOnly(200);
    }

    @Test
    void headHasNoBody() throws Exception {
        // When
        HttpResponse<String> answer =
                ask(get(start(null), "/healthz").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }
}
