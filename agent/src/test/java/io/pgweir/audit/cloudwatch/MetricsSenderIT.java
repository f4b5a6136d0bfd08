package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.cloudwatch.FakeCloudWatchLogs.Fault;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Oversize;
import io.pgweir.config.CloudWatchMetricsConfig;
import io.pgweir.config.CloudWatchMetricsConfig.Dimension;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The sender, with the real client, against a server that enforces what AWS documents. */
@Timeout(60)
class MetricsSenderIT {
    private static final String GROUP = "/pgweir/orders";
    private static final String STREAM = "agent-1-metrics";
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(200);
    private static final Fault THROTTLED = new Fault.Answer(400, "ThrottlingException");

    private final Telemetry telemetry = new Telemetry();
    private FakeCloudWatchLogs aws;
    private @Nullable MetricsSender sender;

    @BeforeEach
    void start() throws IOException {
        aws = new FakeCloudWatchLogs();
        System.setProperty("aws.accessKeyId", "AKIDGOOD");
        System.setProperty("aws.secretAccessKey", "secret");
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.sharedCredentialsFile", "/nonexistent");
        System.setProperty("aws.configFile", "/nonexistent");
    }

    @AfterEach
    void stop() {
        aws.release();
        if (sender != null) {
            sender.close();
        }
        aws.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private MetricsSender open(URI endpoint, String stream, Duration every) throws IOException {
        MetricsSender opened = new MetricsSender(
                new AuditConfig.Sink.CloudWatchLogs(
                        "eu-central-1",
                        GROUP,
                        "agent-1",
                        AuditConfig.Format.NDJSON,
                        endpoint,
                        true,
                        1 << 20,
                        Oversize.TRUNCATE,
                        new CloudWatchMetricsConfig(GROUP, stream, "pgweir", every, List.of(Dimension.HOST))),
                "h",
                telemetry,
                Duration.ofMillis(500),
                Duration.ofMillis(20));
        sender = opened;
        opened.start();
        return opened;
    }

    private MetricsSender open(Duration every) throws IOException {
        return open(aws.endpoint(), STREAM, every);
    }

    private List<JsonNode> stored() {
        ObjectMapper json = new ObjectMapper();
        return aws.stored(GROUP, STREAM).stream()
                .map(FakeCloudWatchLogs.Stored::message)
                .map(json::readTree)
                .toList();
    }

    private long startedInAll() {
        return stored().stream()
                .mapToLong(event -> event.get("pgweir_sessions_started").asLong())
                .sum();
    }

    @Test
    void tellsAgainAndAgainAndCreatesItsStream() throws Exception {
        // Given
        telemetry.add(Metric.SESSIONS_STARTED, 5);
        // When
        open(OFTEN);
        await().until(() -> stored().size() >= 2);
        telemetry.add(Metric.SESSIONS_STARTED, 4);
        await().until(() -> startedInAll() == 9);
        // Then
        JsonNode first = stored().getFirst();
        assertThat(first.get("pgweir_sessions_started").asLong()).isEqualTo(5);
        assertThat(first.at("/_aws/Timestamp").asLong())
                .isEqualTo(aws.stored(GROUP, STREAM).getFirst().millis());
        assertThat(aws.calls()).filteredOn("CreateLogGroup"::equals).hasSize(1);
        assertThat(telemetry.value(Metric.CLOUDWATCH_DROPPED)).isZero();
        assertThat(telemetry.value(Metric.CLOUDWATCH_EVENTS)).isPositive();
    }

    @Test
    void whatIsThrottledIsTriedAgain() throws Exception {
        // Given: all tries of the client, twice
        telemetry.add(Metric.SESSIONS_STARTED, 5);
        aws.create(GROUP, STREAM);
        aws.fail(THROTTLED, THROTTLED, THROTTLED, THROTTLED);
        // When
        open(OFTEN);
        await().until(() -> startedInAll() == 5);
        // Then
        assertThat(telemetry.value(Metric.CLOUDWATCH_DROPPED)).isZero();
    }

    @Test
    void whatIsRefusedTooOftenIsDroppedAndCountedAndItsCountsGoWithTheNext() throws Exception {
        // Given: all tries of the client, three times
        telemetry.add(Metric.SESSIONS_STARTED, 5);
        aws.create(GROUP, STREAM);
        aws.fail(THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED);
        // When
        open(OFTEN);
        await().until(() -> telemetry.value(Metric.CLOUDWATCH_DROPPED) == 1);
        telemetry.add(Metric.SESSIONS_STARTED, 3);
        await().until(() -> startedInAll() == 8);
        // Then
        assertThat(stored().getFirst().get("pgweir_cloudwatch_dropped").asLong())
                .isEqualTo(1);
    }

    @Test
    void anEndpointThatIsDownCostsNothingButWhatIsCounted() throws Exception {
        // Given
        URI nobody = aws.endpoint();
        aws.close();
        // When
        MetricsSender opened = open(nobody, STREAM, OFTEN);
        await().until(() -> telemetry.value(Metric.CLOUDWATCH_DROPPED) >= 2);
        long start = System.nanoTime();
        opened.close();
        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(telemetry.value(Metric.CLOUDWATCH_EVENTS)).isZero();
    }

    @Test
    void aTimeThatIsRefusedIsNotTriedAgain() throws Exception {
        // Given
        aws.create(GROUP, STREAM);
        aws.skew(Duration.ofHours(-5));
        // When
        MetricsSender opened = open(NEVER);
        opened.close();
        // Then
        assertThat(telemetry.value(Metric.CLOUDWATCH_DROPPED)).isEqualTo(1);
        assertThat(aws.calls()).containsExactly("PutLogEvents");
        assertThat(stored()).isEmpty();
    }

    @Test
    void theLastEventGoesOutWhenTheAgentStops() throws Exception {
        // Given
        MetricsSender opened = open(NEVER);
        telemetry.add(Metric.SESSIONS_STARTED, 7);
        // When
        opened.close();
        // Then
        assertThat(startedInAll()).isEqualTo(7);
    }

    @Test
    void aStopDoesNotWaitForWhoDoesNotAnswer() throws Exception {
        // Given
        aws.create(GROUP, STREAM);
        aws.fail(new Fault.Hang(), new Fault.Hang(), new Fault.Hang(), new Fault.Hang());
        MetricsSender opened = open(NEVER);
        long start = System.nanoTime();
        // When
        opened.close();
        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aStreamThatIsNoNameStopsTheStart() {
        // When // Then
        assertThatThrownBy(() -> open(aws.endpoint(), "a:b", NEVER))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("audit sink cloudwatch-logs: metrics.stream: a:b ");
    }
}
