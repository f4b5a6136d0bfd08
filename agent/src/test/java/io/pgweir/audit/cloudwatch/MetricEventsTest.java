package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.CloudWatchMetricsConfig;
import io.pgweir.config.CloudWatchMetricsConfig.Dimension;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class MetricEventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> UNITS = Set.of("Seconds", "Bytes", "Count");
    private static final long MILLIS = 1_798_000_000_000L;

    private final Telemetry telemetry = new Telemetry();

    private MetricEvents events(Duration every, Dimension... dimensions) {
        return new MetricEvents(
                new CloudWatchMetricsConfig("g", "s", "pgweir", every, List.of(dimensions)), "db-proxy-1", telemetry);
    }

    private static JsonNode json(MetricEvent event) {
        return JSON.readTree(event.message());
    }

    /** The one with all of {@code dimensions}, {@code name=value} each, and no others. */
    private static JsonNode of(List<MetricEvent> events, String... dimensions) {
        return events.stream()
                .filter(event -> event.dimensions().entrySet().stream()
                        .map(Object::toString)
                        .toList()
                        .equals(List.of(dimensions)))
                .map(MetricEventsTest::json)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEventIsEmbeddedMetricFormat() {
        // Given
        telemetry.gauge(Metric.SESSIONS_OPEN, () -> 7);
        telemetry.add(Metric.SESSIONS_STARTED, 12);
        telemetry.histogram(Metric.STATEMENT_OWN_TIME).record(2_000);
        // When
        List<MetricEvent> events = events(Duration.ofMinutes(1), Dimension.HOST).at(MILLIS);
        JsonNode event = of(events, "host=db-proxy-1");
        // Then
        assertThat(event.at("/_aws/Timestamp").asLong()).isEqualTo(MILLIS);
        JsonNode directive = event.at("/_aws/CloudWatchMetrics/0");
        assertThat(directive.get("Namespace").asString()).isEqualTo("pgweir");
        assertThat(directive.get("Dimensions").toString()).isEqualTo("[[\"host\"]]");
        assertThat(directive.get("Metrics").get(0).toString())
                .isEqualTo("{\"Name\":\"pgweir_sessions_open\",\"Unit\":\"Count\",\"StorageResolution\":60}");
        assertThat(event.get("host").asString()).isEqualTo("db-proxy-1");
        assertThat(event.get("pgweir_sessions_open").asInt()).isEqualTo(7);
        assertThat(event.get("pgweir_sessions_started").asInt()).isEqualTo(12);
        assertThat(new String(events.getFirst().message(), StandardCharsets.UTF_8))
                .contains(
                        "\"pgweir_statement_own_time_seconds\":{\"Values\":[0.000002],\"Counts\":[1],\"Min\":0.000002,"
                                + "\"Max\":0.000002,\"Count\":1,\"Sum\":0.000002}");
    }

    @Test
    void whatIsToldOftenerThanOnceAMinuteIsKeptSo() {
        // When
        List<MetricEvent> events =
                events(Duration.ofSeconds(10), Dimension.HOST).at(MILLIS);
        // Then
        assertThat(json(events.getFirst()).at("/_aws/CloudWatchMetrics/0/Metrics"))
                .allSatisfy(metric ->
                        assertThat(metric.get("StorageResolution").asInt()).isEqualTo(1));
    }

    @Test
    void everythingAtOnceIsWithinTheLimits() {
        // Given
        for (Metric metric : Metric.values()) {
            String[] labels =
                    metric.labels().stream().map(label -> label + "-1").toArray(String[]::new);
            switch (metric.kind()) {
                case COUNTER -> {
                    if (labels.length > 0) {
                        telemetry.counter(metric, labels).increment();
                    }
                }
                case GAUGE -> {
                    if (labels.length > 0) {
                        telemetry.gauge(metric, List.of(labels), () -> Long.MAX_VALUE);
                    } else {
                        telemetry.gauge(metric, () -> Long.MIN_VALUE);
                    }
                }
                case HISTOGRAM -> telemetry.histogram(metric, labels).record(1);
            }
        }
        // When
        List<MetricEvent> events =
                events(Duration.ofMinutes(1), Dimension.values()).at(MILLIS);
        // Then
        Set<String> names = new TreeSet<>();
        for (MetricEvent one : events) {
            JsonNode event = json(one);
            assertThat(one.message().length).isLessThan(1 << 20);
            JsonNode directive = event.at("/_aws/CloudWatchMetrics/0");
            assertThat(directive.get("Metrics").size()).isBetween(1, 100);
            assertThat(directive.get("Dimensions").get(0).size()).isBetween(1, 30);
            directive
                    .get("Dimensions")
                    .get(0)
                    .forEach(name ->
                            assertThat(event.get(name.asString()).isString()).isTrue());
            directive.get("Metrics").forEach(metric -> {
                names.add(metric.get("Name").asString());
                assertThat(UNITS).contains(metric.get("Unit").asString());
                JsonNode value = event.get(metric.get("Name").asString());
                assertThat(value.isNumber() || value.get("Values").size() <= 100)
                        .isTrue();
            });
            assertThat(event.size())
                    .isEqualTo(1
                            + directive.get("Dimensions").get(0).size()
                            + directive.get("Metrics").size());
        }
        assertThat(names)
                .containsExactlyElementsOf(new TreeSet<>(
                        MetricEvents.TOLD.stream().map(Metric::exported).toList()));
    }

    @Test
    void aCounterIsToldAsWhatCameSinceTheLastThatWasDelivered() {
        // Given
        MetricEvents events = events(Duration.ofMinutes(1), Dimension.HOST);
        telemetry.add(Metric.SESSIONS_STARTED, 5);
        telemetry.histogram(Metric.STATEMENT_OWN_TIME).record(3_000);
        events.at(MILLIS);
        telemetry.add(Metric.SESSIONS_STARTED, 2);
        // When
        List<MetricEvent> second = events.at(MILLIS + 1);
        second.forEach(events::onDelivered);
        telemetry.add(Metric.SESSIONS_STARTED, 3);
        // Then
        assertThat(of(second, "host=db-proxy-1").get("pgweir_sessions_started").asInt())
                .isEqualTo(7);
        JsonNode third = of(events.at(MILLIS + 2), "host=db-proxy-1");
        assertThat(third.get("pgweir_sessions_started").asInt()).isEqualTo(3);
        assertThat(third.get("pgweir_audit_records").asInt()).isZero();
        assertThat(third.has("pgweir_statement_own_time_seconds")).isFalse();
    }

    @Test
    void whatNeverCountedIsNotPaidFor() {
        // Given
        MetricEvents events = events(Duration.ofMinutes(1), Dimension.CLASS);
        telemetry.counter(Metric.STATEMENTS, "ddl", "ok").add(0);
        telemetry.counter(Metric.STATEMENTS, "read", "ok").add(1);
        List<MetricEvent> first = events.at(MILLIS);
        // When
        first.forEach(events::onDelivered);
        List<MetricEvent> second = events.at(MILLIS + 1);
        // Then
        assertThat(first).extracting(event -> event.dimensions().toString()).containsExactly("{}", "{class=read}");
        assertThat(of(second, "class=read").get("pgweir_statements").asInt()).isZero();
    }

    @Test
    void whatIsNoDimensionIsToldTogether() {
        // Given
        telemetry.counter(Metric.STATEMENTS, "read", "ok").add(4);
        telemetry.counter(Metric.STATEMENTS, "read", "error").add(1);
        telemetry.counter(Metric.STATEMENTS, "write", "ok").add(2);
        telemetry.histogram(Metric.STATEMENT_SERVER_TIME, "read").record(2_000);
        telemetry.histogram(Metric.STATEMENT_SERVER_TIME, "write").record(4_000);
        telemetry.gauge(Metric.LISTENER_SESSIONS, List.of("rw", "orders"), () -> 3);
        telemetry.gauge(Metric.LISTENER_SESSIONS, List.of("ro", "orders"), () -> 4);
        telemetry.gauge(Metric.TOPOLOGY_LAG, List.of("orders", "pg1"), () -> 0);
        telemetry.gauge(Metric.TOPOLOGY_LAG, List.of("orders", "pg2"), () -> 1_500_000_000L);
        // When
        List<MetricEvent> events = events(Duration.ofMinutes(1), Dimension.CLASS, Dimension.CLUSTER)
                .at(MILLIS);
        // Then
        assertThat(of(events, "class=read").get("pgweir_statements").asInt()).isEqualTo(5);
        assertThat(of(events, "class=write").get("pgweir_statements").asInt()).isEqualTo(2);
        assertThat(of(events, "cluster=orders").get("pgweir_listener_sessions").asInt())
                .isEqualTo(7);
        assertThat(of(events, "cluster=orders")
                        .get("pgweir_topology_lag_seconds")
                        .toString())
                .isEqualTo("1.5");
        List<MetricEvent> none = events(Duration.ofMinutes(1), Dimension.SINK).at(MILLIS);
        assertThat(of(none).at("/_aws/CloudWatchMetrics/0/Dimensions").toString())
                .isEqualTo("[[]]");
        assertThat(of(none).at("/pgweir_statement_server_time_seconds/Count").asInt())
                .isEqualTo(2);
    }

    @Test
    void namesThatAreNoAsciiAreEscapedAndStayApart() {
        // Given
        List<String> clusters = List.of("k\u00e4se\n", "k\u00f6se\n", " ", "\ud800", "\"q\\", "x".repeat(2000));
        clusters.forEach(name -> telemetry.gauge(Metric.TOPOLOGY_NODES_OUT, name, () -> 1));
        // When
        List<MetricEvent> events =
                events(Duration.ofMinutes(1), Dimension.CLUSTER).at(MILLIS);
        // Then
        List<String> told = events.stream()
                .map(event -> json(event).path("cluster").asString(""))
                .filter(name -> !name.isEmpty())
                .toList();
        assertThat(told).containsExactlyInAnyOrder("k%C3%A4se%0A", "k%C3%B6se%0A", "-", "?", "\"q\\", "x".repeat(1024));
    }

    @Test
    void thereIsNoNumberThatIsNone() {
        // Given
        telemetry.gauge(Metric.TOPOLOGY_LAG, List.of("c", "n"), () -> Long.MAX_VALUE);
        telemetry.gauge(Metric.TOPOLOGY_AGE, "c", () -> -1);
        telemetry.histogram(Metric.STATEMENT_OWN_TIME).record(-5);
        telemetry.histogram(Metric.STATEMENT_OWN_TIME).record(Long.MAX_VALUE);
        // When
        List<MetricEvent> events =
                events(Duration.ofMinutes(1), Dimension.values()).at(MILLIS);
        // Then
        for (MetricEvent event : events) {
            String numbers = new String(event.message(), StandardCharsets.UTF_8).replaceAll("\"[^\"]*\"", "");
            assertThat(numbers.split("[:,\\[\\]{}]+"))
                    .filteredOn(token -> !token.isEmpty())
                    .isNotEmpty()
                    .allMatch(token -> token.matches("-?[0-9]+([.][0-9]+)?(E-?[0-9]+)?"));
        }
    }

    /** Alarms name no dimensions, and the module has `listener` alone told apart: what has it is another metric to CloudWatch. */
    @Test
    void alarmsOfTheTerraformModuleAreOfMetricsThatAreToldWithoutDimensions() throws Exception {
        // Given
        Path module = Path.of(System.getProperty("pgweir.root", "..")).resolve("deploy/terraform");
        String text = Files.readString(module.resolve("alarms.tf")) + Files.readString(module.resolve("ecs.tf"));
        // When
        Set<String> named = new TreeSet<>();
        Pattern.compile("\"(pgweir_\\w+)\"").matcher(text).results().forEach(found -> named.add(found.group(1)));
        // Then
        assertThat(Files.readString(module.resolve("main.tf"))).contains("dimensions = [\"listener\"]");
        assertThat(named)
                .hasSizeGreaterThan(5)
                .isSubsetOf(MetricEvents.TOLD.stream()
                        .filter(metric -> !metric.labels().contains("listener"))
                        .map(Metric::exported)
                        .toList());
    }
}
