package io.pgweir.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.boot.Agent;
import io.pgweir.config.ConfigReader;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.telemetry.Metric;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What is written of the HTTP side, in {@code schemas}, {@code docs} and {@code deploy}, held against a running one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminContractIT {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root", ".."));
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String TOKEN = "a-token-of-ours";
    private static final String MARKER = "m4rk3r";

    @TempDir
    private static Path dir;

    private final JsonNode contract = new YAMLMapper().readTree(ROOT.resolve("schemas/admin.openapi.yaml"));
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<PgWire> clients = new ArrayList<>();
    private PgServer server;
    private Agent agent;

    /** One request, and what it is to bring. */
    private record Exchange(String method, String path, String route, int status) {}

    @BeforeAll
    void start() throws Exception {
        server = PgServer.builder().start();
        Files.writeString(dir.resolve("token"), TOKEN);
        Files.writeString(dir.resolve("rules.yaml"), """
                version: 1
                rules:
                  - id: no-secret
                    why: nobody reads it
                    mode: enforce
                    at: statement
                    match: {relations: {read: secret}}
                    do: [{block: {message: no}}]
                  - id: watch
                    why: to see
                    mode: shadow
                    at: statement
                    match: {class: WRITE}
                    do: [alert]
                """);
        Files.createDirectory(dir.resolve("spool"));
        agent = Agent.start(ConfigReader.read("f", """
                clusters: {c: {nodes: ["127.0.0.1:%1$d"]}, spare: {nodes: ["spare:1"]}}
                listeners: [{name: front, listen: "127.0.0.1:0", cluster: c}]
                rules: {files: [%2$s/rules.yaml]}
                audit:
                  spool: {dir: %2$s/spool}
                  sinks:
                    - file: {path: %2$s/audit.ndjson}
                    - kafka:
                        bootstrap-servers: ["127.0.0.1:1"]
                        topic: t
                        properties:
                          linger.ms: "7"
                          sasl.jaas.config: %3$s
                          ssl.key.password: %3$s
                          ssl.keystore.password: %3$s
                          ssl.keystore.key: %3$s
                          ssl.truststore.password: %3$s
                          sasl.oauthbearer.client.credentials.client.secret: %3$s
                    - cloudwatch-logs: {group: g, stream: s, region: eu-central-1, endpoint-override: "http://u:%3$s@127.0.0.1:1/"}
                admin: {listen: "127.0.0.1:0", token-file: %2$s/token}
                capture: {dir: %2$s/captures}
                """.formatted(server.port(), dir, MARKER)));
        PgWire client = login();
        client.query("create table secret (x int)");
        client.query("insert into secret values (1)");
        client.query("select * from secret");
        client.query("select 1/0");
        PgWire busy = login();
        busy.send(Frontend.query("select pg_sleep(60)"));
    }

    @AfterAll
    void stop() {
        clients.forEach(PgWire::close);
        agent.close();
        server.close();
        http.close();
    }

    private PgWire login() {
        int port = Objects.requireNonNull(agent.addresses().get("front")).getPort();
        PgWire client = PgWire.login("127.0.0.1", port, Map.of("application_name", "contract"), null);
        clients.add(client);
        return client;
    }

    private HttpResponse<String> ask(int port, String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String method, String path, String body, String... more) throws Exception {
        String[] headers = Arrays.copyOf(more, more.length + 2);
        headers[more.length] = "Authorization";
        headers[more.length + 1] = "Bearer " + TOKEN;
        return ask(Objects.requireNonNull(agent.adminAddress()).getPort(), method, path, body, headers);
    }

    private Schema schema(JsonNode schema) {
        ObjectNode whole = MAPPER.createObjectNode();
        whole.set("components", contract.get("components"));
        whole.set("allOf", MAPPER.createArrayNode().add(schema));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString());
    }

    private JsonNode response(String route, String method, int status) {
        JsonNode responses = contract.get("paths").get(route).get(method).get("responses");
        JsonNode found = responses.path(Integer.toString(status));
        assertThat(found.isMissingNode())
                .as(method + " " + route + " " + status + " is documented")
                .isFalse();
        return found.has("$ref") ? contract.at(found.get("$ref").asString().substring(1)) : found;
    }

    private void check(Exchange exchange, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(exchange.toString()).isEqualTo(exchange.status);
        JsonNode content =
                response(exchange.route, exchange.method, exchange.status).get("content");
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        assertThat(content.propertyNames()).as(exchange.toString()).containsExactly(type);
        if (type.endsWith("json")) {
            assertThat(schema(content.get(type).get("schema")).validate(MAPPER.readTree(answer.body())))
                    .as(exchange + ": " + answer.body())
                    .isEmpty();
        }
    }

    @Test
    void everyPathAndStatusIsDocumentedAndEveryDocumentedOneIsGiven() throws Exception {
        // Given
        Set<String> seen = new TreeSet<>();
        String id = MAPPER.readTree(ask("GET", "/sessions", "").body())
                .get("sessions")
                .get(1)
                .get("id")
                .asString();
        // When
        for (JsonNode endpoint : MAPPER.readTree(ask("GET", "/", "").body()).get("endpoints")) {
            String route = endpoint.get("path").asString();
            String method = endpoint.get("method").asString();
            for (String status : statuses(route, method)) {
                Exchange exchange = new Exchange(
                        method.toLowerCase(Locale.ROOT), path(route, status, id), route, Integer.parseInt(status));
                check(exchange, answer(exchange));
                seen.add(method + " " + route + " " + status);
            }
        }
        // Then
        Set<String> documented = new TreeSet<>();
        contract.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    for (String status : operation.getValue().path("responses").propertyNames()) {
                        if (!status.equals("default")) {
                            documented.add(
                                    operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey() + " " + status);
                        }
                    }
                }));
        assertThat(seen).isEqualTo(documented);
    }

    private List<String> statuses(String route, String method) {
        JsonNode operation = contract.path("paths").path(route).path(method.toLowerCase(Locale.ROOT));
        assertThat(operation.isMissingNode())
                .as(method + " " + route + " is documented")
                .isFalse();
        return operation.get("responses").propertyNames().stream()
                .filter(status -> !status.equals("default"))
                .toList();
    }

    private static String path(String route, String status, String id) {
        boolean nobody = status.equals("404") && !route.contains("{node}");
        String wrong = route.endsWith("/pause") ? "?max-seconds=0" : route.endsWith("/start") ? "?sample=0" : "";
        String query = status.equals("400") ? wrong : "";
        return route.replace("{cluster}", nobody ? "nobody" : "spare")
                .replace("{node}", status.equals("404") ? "nobody" : "spare:1")
                .replace(
                        "{id}",
                        status.equals("400")
                                ? "nonsense"
                                : status.equals("404") ? UUID.randomUUID().toString() : id)
                .concat(query);
    }

    private HttpResponse<String> answer(Exchange exchange) throws Exception {
        String method = exchange.method.toUpperCase(Locale.ROOT);
        String body = exchange.route.equals("/loglevel") && method.equals("PUT") ? """
                {"logger": "io.pgweir.some", "level": "debug", "for": "1h"}""" : "";
        return switch (exchange.status) {
            case 401 -> ask(Objects.requireNonNull(agent.adminAddress()).getPort(), method, exchange.path, body);
            case 403 -> ask(method, exchange.path, body, "Origin", "http://evil.example");
            case 413 -> ask(method, exchange.path, "x".repeat(70_000));
            case 400 -> ask(method, exchange.path, "{nonsense");
            case 422 -> refused(exchange);
            case 503 -> unready(exchange);
            default -> ask(method, exchange.path, body);
        };
    }

    /** With a rule file that is no good. */
    private HttpResponse<String> refused(Exchange exchange) throws Exception {
        Path rules = dir.resolve("rules.yaml");
        String good = Files.readString(rules);
        try {
            Files.writeString(rules, good + "nonsense: 1\n");
            return ask("POST", exchange.path, "");
        } finally {
            Files.writeString(rules, good);
        }
    }

    private HttpResponse<String> unready(Exchange exchange) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (AdminServer unready = AdminServer.start(
                AdminServer.bind(any, null), null, "1", List.of(Endpoint.ready(() -> List.of("stopping"))))) {
            return ask(unready.address().getPort(), "GET", exchange.path, "");
        }
    }

    @Test
    void noSecretIsShown() throws Exception {
        // When
        String config = ask("GET", "/config", "").body();
        // Then
        assertThat(config).doesNotContain(MARKER, TOKEN);
        JsonNode sinks = MAPPER.readTree(config).get("audit").get("sinks");
        JsonNode properties = sinks.get(1).get("kafka").get("properties");
        assertThat(properties.get("linger.ms").asString()).isEqualTo("7");
        assertThat(properties.get("sasl.jaas.config").asString()).isEqualTo("[redacted]");
        assertThat(sinks.get(2).get("cloudwatch-logs").get("endpoint-override").asString())
                .isEqualTo("http://[redacted]@127.0.0.1:1/");
        assertThat(MAPPER.readTree(config)
                        .get("clusters")
                        .get("c")
                        .get("connect-timeout")
                        .asString())
                .isEqualTo("5s");
    }

    @Test
    void rulesTellTheirHits() throws Exception {
        // When
        JsonNode rules = MAPPER.readTree(ask("GET", "/rules", "").body()).get("rules");
        // Then
        assertThat(rules.get(0).get("hits").toString())
                .isEqualTo("[{\"mode\":\"enforce\",\"action\":\"block\",\"count\":1}]");
        assertThat(rules.get(1).get("hits").toString())
                .isEqualTo("[{\"mode\":\"shadow\",\"action\":\"alert\",\"count\":1}]");
    }

    @Test
    void aLogLevelGoesBackByItself() throws Exception {
        // When
        JsonNode changed = level(ask("PUT", "/loglevel", """
                {"logger": "io.pgweir.lately", "level": "debug", "for": "50ms"}""").body());
        // Then
        assertThat(changed.get("level").asString()).isEqualTo("debug");
        assertThat(changed.get("then").asString()).isEqualTo("inherited");
        await().until(() -> level(ask("GET", "/loglevel", "").body()).isMissingNode());
        assertThat(ask("PUT", "/loglevel", "{\"logger\": \"x\", \"level\": \"loud\"}")
                        .body())
                .contains("level: loud (expected: off, error, warn, info, debug, trace)");
        assertThat(ask("PUT", "/loglevel", "{\"logger\": \"x\", \"lvel\": \"info\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    private static JsonNode level(String body) {
        for (JsonNode one : MAPPER.readTree(body).get("loggers")) {
            if (one.get("logger").asString().equals("io.pgweir.lately")) {
                return one;
            }
        }
        return MAPPER.missingNode();
    }

    /** Names as scraped, of what has a value. */
    private Set<String> scraped() throws Exception {
        return Pattern.compile("^# TYPE (\\S+) (\\S+)$", Pattern.MULTILINE)
                .matcher(ask("GET", "/metrics", "").body())
                .results()
                .flatMap(type -> names(type).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> names(MatchResult type) {
        String name = type.group(1);
        return type.group(2).equals("histogram")
                ? List.of(name, name + "_bucket", name + "_sum", name + "_count")
                : List.of(name);
    }

    @Test
    void everyQueryOfTheDashboardAsksForMetricsThatExist() throws Exception {
        // Given
        Set<String> known = new TreeSet<>(scraped());
        for (Metric metric : Metric.values()) {
            known.add(metric.exported() + (metric.kind() == Metric.Kind.COUNTER ? "_total" : ""));
        }
        JsonNode dashboard = MAPPER.readTree(ROOT.resolve("deploy/grafana/pgweir.json"));
        // When
        List<String> queries = dashboard.findValuesAsString("expr");
        // Then
        assertThat(queries).hasSizeGreaterThan(20);
        for (String query : queries) {
            Set<String> asked = Pattern.compile("\\b(pgweir|jvm|process|system)_[a-z0-9_]+")
                    .matcher(query)
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toSet());
            assertThat(asked).as(query).isNotEmpty();
            assertThat(known).as(query).containsAll(asked);
            assertThat(query.chars().filter(c -> c == '(').count())
                    .as(query)
                    .isEqualTo(query.chars().filter(c -> c == ')').count());
        }
    }

    @Test
    void theTableOfMetricsIsWhatIsExported() throws Exception {
        // Given
        List<String> table = Files.readAllLines(ROOT.resolve("docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `pgweir_"))
                .toList();
        List<String> jvm = Files.readAllLines(ROOT.resolve("docs/metrics.md")).stream()
                .filter(line ->
                        line.startsWith("| `jvm_") || line.startsWith("| `process_") || line.startsWith("| `system_"))
                .map(line -> line.split("`")[1])
                .toList();
        // Then
        assertThat(table)
                .containsExactlyElementsOf(Arrays.stream(Metric.values())
                        .map(AdminContractIT::row)
                        .sorted()
                        .toList());
        Set<String> names = new TreeSet<>(jvm);
        table.forEach(line -> names.add(line.split("`")[1]));
        assertThat(scraped().stream().filter(name -> !name.matches(".*_(bucket|sum|count)")))
                .allMatch(names::contains);
    }

    private static String row(Metric metric) {
        String labels = metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + metric.exported() + (metric.kind() == Metric.Kind.COUNTER ? "_total" : "") + "` | "
                + metric.kind().name().toLowerCase(Locale.ROOT) + " | " + (labels.isEmpty() ? "" : labels + " ") + "| "
                + metric.help() + " |";
    }
}
