package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;

/** The server of the tests refuses what AWS does: one more of everything than the sink's tests put. */
class FakeCloudWatchLogsIT {
    private FakeCloudWatchLogs aws;
    private CloudWatchLogsClient client;
    private final long now = System.currentTimeMillis();

    @BeforeEach
    void start() throws IOException {
        aws = new FakeCloudWatchLogs();
        aws.create("g", "s");
        client = CloudWatchLogsClient.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        aws.close();
    }

    private void put(InputLogEvent... events) {
        client.putLogEvents(
                request -> request.logGroupName("g").logStreamName("s").logEvents(events));
    }

    private static InputLogEvent event(long millis, int bytes) {
        return InputLogEvent.builder()
                .timestamp(millis)
                .message("x".repeat(bytes))
                .build();
    }

    @Test
    void refusesOneMoreOfEverything() {
        int half = (1_048_576 - 2 * 26) / 2;
        put(event(now, half), event(now, half));
        refuses("Upload too large: 1048577", event(now, half), event(now, half + 1));
        put(event(now, 1_048_550));
        refuses("Log event too large", event(now, 1_048_551));
        long dayAgo = now - Duration.ofDays(1).toMillis();
        put(event(dayAgo, 1), event(now, 1));
        refuses("span more than 24 hours", event(dayAgo - 1, 1), event(now, 1));
        refuses("chronological", event(now, 1), event(now - 1, 1));
        List<InputLogEvent> many =
                IntStream.range(0, 10_001).mapToObj(i -> event(now, 1)).toList();
        put(many.subList(0, 10_000).toArray(InputLogEvent[]::new));
        refuses("10001", many.toArray(InputLogEvent[]::new));
        assertThat(aws.stored("g", "s")).hasSize(2 + 1 + 2 + 10_000);
    }

    private void refuses(String why, InputLogEvent... events) {
        assertThatThrownBy(() -> put(events))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining(why);
    }
}
