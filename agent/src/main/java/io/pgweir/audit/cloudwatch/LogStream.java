package io.pgweir.audit.cloudwatch;

import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClientBuilder;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.RejectedLogEventsInfo;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * One stream of a log group, and a connection to it of its own. One thread at a time.
 *
 * <p>The client library tries a call twice. After any failure the caller throws the client away, so that the next one asks the whole
 * chain of credentials afresh.
 */
final class LogStream {
    private static final Pattern GROUP = Pattern.compile("[.\\-_/#A-Za-z0-9]{1,512}");
    private static final Pattern STREAM = Pattern.compile("[^:*]{1,512}");
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int TRIES = 2;

    private final AuditConfig.Sink.CloudWatchLogs config;
    private final String group;
    private final String stream;
    private final Duration answerMax;
    private @Nullable CloudWatchLogsClient client;

    /** @param config says where AWS is, and whether what is not there may be created */
    LogStream(AuditConfig.Sink.CloudWatchLogs config, String group, String stream, Duration answerMax) {
        this.config = config;
        this.group = group;
        this.stream = stream;
        this.answerMax = answerMax;
    }

    /**
     * Asks nobody.
     *
     * @param section of the sink, with its dot, that the names are from; empty for the sink itself
     */
    void checkNames(String section) throws IOException {
        check(GROUP.matcher(group).matches(), section + "group", group, "1 to 512 of a-z A-Z 0-9 _ - / . #");
        check(STREAM.matcher(stream).matches(), section + "stream", stream, "1 to 512 but : and *");
    }

    private static void check(boolean fine, String key, String found, String expected) throws IOException {
        if (!fine) {
            throw new IOException(
                    "audit sink cloudwatch-logs: " + key + ": " + found + " (expected: " + expected + ")");
        }
    }

    /**
     * Creates what is not there, where it may.
     *
     * @return which events were left out because of their time; null for none
     * @throws SdkException where nothing was taken
     */
    @Nullable
    RejectedLogEventsInfo put(LogBatch batch) {
        try {
            return call(batch).rejectedLogEventsInfo();
        } catch (ResourceNotFoundException missing) {
            if (!config.create()) {
                throw missing;
            }
            create();
            return call(batch).rejectedLogEventsInfo();
        }
    }

    private PutLogEventsResponse call(LogBatch batch) {
        List<InputLogEvent> events = new ArrayList<>(batch.events().size());
        for (LogEvent event : batch.events()) {
            events.add(InputLogEvent.builder()
                    .timestamp(event.millis())
                    .message(event.message())
                    .build());
        }
        return client().putLogEvents(request ->
                request.logGroupName(group).logStreamName(stream).logEvents(events));
    }

    /** The group only where it is missing: who may create streams in it may seldom create groups. */
    private void create() {
        try {
            createStream();
        } catch (ResourceNotFoundException noGroup) {
            try {
                client().createLogGroup(request -> request.logGroupName(group));
            } catch (ResourceAlreadyExistsException there) {
                // Somebody was faster.
            }
            createStream();
        }
    }

    private void createStream() {
        try {
            client().createLogStream(request -> request.logGroupName(group).logStreamName(stream));
        } catch (ResourceAlreadyExistsException there) {
            // Somebody was faster.
        }
    }

    private CloudWatchLogsClient client() {
        CloudWatchLogsClient open = client;
        if (open == null) {
            CloudWatchLogsClientBuilder builder = CloudWatchLogsClient.builder()
                    // A provider of its own: the shared one keeps what it found.
                    .credentialsProvider(DefaultCredentialsProvider.builder().build())
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(CONNECT_MAX)
                            .socketTimeout(answerMax))
                    .overrideConfiguration(all -> all.retryStrategy(retry -> retry.maxAttempts(TRIES)));
            URI endpoint = config.endpointOverride();
            if (endpoint != null) {
                builder.endpointOverride(endpoint);
            }
            String region = config.region();
            if (region != null) {
                builder.region(Region.of(region));
            }
            open = builder.build();
            client = open;
        }
        return open;
    }

    void discardClient() {
        CloudWatchLogsClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }

    /** In words for an operator. */
    IOException faultOf(SdkException fault) {
        return new IOException(this + ": " + CloudWatchFault.reason(fault), fault);
    }

    @Override
    public String toString() {
        return "cloudwatch logs " + group + " " + stream;
    }
}
