package io.pgweir.audit.cloudwatch;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.SinkNotes;
import io.pgweir.audit.encode.ChunkText;
import io.pgweir.audit.encode.Fitter;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Puts records into one log stream, in batches within the limits of PutLogEvents. What CloudWatch Logs refuses because of its
 * time is put again with the present time: the record has its own inside. The sink's thread only.
 *
 * <p>Throttling, failures of the service and lost connections go to the caller, who waits longer each time. An interrupt is seen
 * between the client's tries, so within {@link #ANSWER_MAX}.
 */
public final class CloudWatchLogsSink implements AuditSink {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final AuditConfig.Sink.CloudWatchLogs config;
    private final Fitter fitter;
    private final SinkNotes notes;
    private final Clock clock;
    private final LogStream stream;

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
        this.stream = new LogStream(config, config.group(), config.stream(), answerMax);
    }

    @Override
    public String name() {
        return "cloudwatch-logs:" + config.group() + ":" + config.stream();
    }

    /** Asks nobody. */
    @Override
    public void open() throws IOException {
        stream.checkNames("");
        int bytes = config.recordBytes();
        if (bytes < Fitter.BYTES_MIN || bytes > AuditConfig.Sink.CloudWatchLogs.RECORD_BYTES_MAX) {
            throw new IOException("audit sink cloudwatch-logs: record-bytes: " + bytes + " (expected: "
                    + Fitter.BYTES_MIN + " to " + AuditConfig.Sink.CloudWatchLogs.RECORD_BYTES_MAX + ")");
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
            stream.discardClient();
            Thread.interrupted();
            throw (InterruptedException)
                    new InterruptedException("interrupted while sending to cloudwatch logs").initCause(stopped);
        } catch (SdkException fault) {
            stream.discardClient();
            throw stream.faultOf(fault);
        }
    }

    @Override
    public void close() {
        stream.discardClient();
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

    private void put(LogBatch batch, Refused refused) {
        refused.add(batch.events(), stream.put(batch));
    }

    private void restamp(Refused refused) throws IOException {
        long now = clock.millis();
        Refused again = new Refused();
        for (LogBatch put :
                LogBatch.of(refused.events.stream().map(event -> event.at(now)).toList())) {
            put(put, again);
        }
        if (!again.events.isEmpty()) {
            throw new IOException(stream + ": the present time is refused too, this host's clock is wrong: "
                    + Instant.ofEpochMilli(now));
        }
        refused.tell(this, notes);
    }
}
