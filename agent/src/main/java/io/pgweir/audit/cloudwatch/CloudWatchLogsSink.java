package io.pgweir.audit.cloudwatch;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.SinkNotes;
import io.pgweir.audit.encode.ChunkText;
import io.pgweir.audit.encode.Fitter;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClientBuilder;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * Puts records into one log stream, in batches within the limits of PutLogEvents. What CloudWatch Logs refuses because of its
 * time is put again with the present time: the record has its own inside. The sink's thread only.
 *
 * <p>The client library tries a call twice; throttling, failures of the service and lost connections then go to the caller,
 * who waits longer each time. After any failure the client is thrown away, so that the next one asks the whole chain of
 * credentials afresh. An interrupt is seen between tries, so within {@link #ANSWER_MAX}.
 */
public final class CloudWatchLogsSink implements AuditSink {
    private static final Pattern GROUP = Pattern.compile("[.\\-_/#A-Za-z0-9]{1,512}");
    private static final Pattern STREAM = Pattern.compile("[^:*]{1,512}");
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final int TRIES = 2;

    private final AuditConfig.Sink.CloudWatchLogs config;
    private final Fitter fitter;
    private final SinkNotes notes;
    private final Clock clock;
    private final Duration answerMax;
    private final CloudWatchFault faults;
    private @Nullable CloudWatchLogsClient client;

    public CloudWatchLogsSink(AuditConfig.Sink.CloudWatchLogs config, RecordFormat format, SinkNotes notes) {
        this(config, format, notes, Clock.systemUTC(), ANSWER_MAX);
    }

    /** With a clock of one's own, and less patience. */
    CloudWatchLogsSink(
            AuditConfig.Sink.CloudWatchLogs config,
            RecordFormat format,
            SinkNotes notes,
            Clock clock,
            Duration answerMax) {
        this.config = config;
        this.fitter = new Fitter(format);
        this.notes = notes;
        this.clock = clock;
        this.answerMax = answerMax;
        this.faults = new CloudWatchFault(config.group() + " " + config.stream());
    }

    @Override
    public String name() {
        return "cloudwatch-logs:" + config.group() + ":" + config.stream();
    }

    /** Asks nobody. */
    @Override
    public void open() throws IOException {
        check(GROUP.matcher(config.group()).matches(), "group", config.group(), "1 to 512 of a-z A-Z 0-9 _ - / . #");
        check(STREAM.matcher(config.stream()).matches(), "stream", config.stream(), "1 to 512 but : and *");
        int bytes = config.recordBytes();
        check(
                bytes >= Fitter.BYTES_MIN && bytes <= AuditConfig.Sink.CloudWatchLogs.RECORD_BYTES_MAX,
                "record-bytes",
                Integer.toString(bytes),
                Fitter.BYTES_MIN + " to " + AuditConfig.Sink.CloudWatchLogs.RECORD_BYTES_MAX);
    }

    private static void check(boolean fine, String key, String found, String expected) throws IOException {
        if (!fine) {
            throw new IOException(
                    "audit sink cloudwatch-logs: " + key + ": " + found + " (expected: " + expected + ")");
        }
    }

    @Override
    public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
        List<LogEvent> events = new ArrayList<>(batch.size());
        int oversized = 0;
        for (AuditRecord record : batch) {
            oversized += add(record, events);
        }
        try {
            Refused refused = new Refused();
            for (LogBatch put : LogBatch.of(events)) {
                put(put, refused);
            }
            if (!refused.events.isEmpty()) {
                restamp(refused);
            }
            if (oversized > 0) {
                notes.oversized(this, oversized);
            }
        } catch (AbortedException stopped) {
            discardClient();
            Thread.interrupted();
            throw (InterruptedException)
                    new InterruptedException("interrupted while sending to cloudwatch logs").initCause(stopped);
        } catch (SdkException fault) {
            discardClient();
            throw faults.of(fault);
        }
    }

    @Override
    public void close() {
        discardClient();
    }

    /** Returns how many records were too long. */
    private int add(AuditRecord record, List<LogEvent> events) {
        AuditRecord.Head head = Fitter.head(record);
        long millis = millis(head.time());
        byte[] words = fitter.whole(record);
        int bytesMax = config.recordBytes();
        if (words.length <= bytesMax) {
            events.add(event(record, millis, words));
            return 0;
        }
        switch (config.oversize()) {
            case TRUNCATE -> events.add(event(record, millis, fitter.cut(record, bytesMax)));
            case CHUNK -> {
                for (String piece : ChunkText.pieces(head, words, bytesMax)) {
                    events.add(event(record, millis, piece.getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
        return 1;
    }

    private static LogEvent event(AuditRecord record, long millis, byte[] words) {
        String message = new String(words, StandardCharsets.UTF_8);
        // What is no UTF-8 grows when it is read.
        boolean mended = message.indexOf('\ufffd') >= 0;
        int bytes = mended ? message.getBytes(StandardCharsets.UTF_8).length : words.length;
        return new LogEvent(record, millis, message, bytes);
    }

    private long millis(String time) {
        try {
            return Instant.parse(time).toEpochMilli();
        } catch (DateTimeException none) {
            return clock.millis();
        }
    }

    private void put(LogBatch batch, Refused refused) throws IOException {
        PutLogEventsResponse answer;
        try {
            answer = call(batch);
        } catch (ResourceNotFoundException missing) {
            if (!config.create()) {
                throw missing;
            }
            create();
            answer = call(batch);
        }
        refused.add(batch.events(), answer.rejectedLogEventsInfo());
    }

    private PutLogEventsResponse call(LogBatch batch) {
        List<InputLogEvent> events = new ArrayList<>(batch.events().size());
        for (LogEvent event : batch.events()) {
            events.add(InputLogEvent.builder()
                    .timestamp(event.millis())
                    .message(event.message())
                    .build());
        }
        return client().putLogEvents(request -> request.logGroupName(config.group())
                .logStreamName(config.stream())
                .logEvents(events));
    }

    private void create() {
        try {
            client().createLogGroup(request -> request.logGroupName(config.group()));
        } catch (ResourceAlreadyExistsException there) {
            // Only the stream was missing, or somebody was faster.
        }
        try {
            client().createLogStream(
                            request -> request.logGroupName(config.group()).logStreamName(config.stream()));
        } catch (ResourceAlreadyExistsException there) {
            // Somebody was faster.
        }
    }

    private void restamp(Refused refused) throws IOException {
        long now = clock.millis();
        Refused again = new Refused();
        for (LogBatch put :
                LogBatch.of(refused.events.stream().map(event -> event.at(now)).toList())) {
            put(put, again);
        }
        if (!again.events.isEmpty()) {
            throw new IOException("cloudwatch logs " + config.group() + " " + config.stream()
                    + ": the present time is refused too, this host's clock is wrong: " + Instant.ofEpochMilli(now));
        }
        refused.tell(this, notes);
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

    private void discardClient() {
        CloudWatchLogsClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }
}
