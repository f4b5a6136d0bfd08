package io.pgweir.audit.cloudwatch;

import io.pgweir.config.AuditConfig;
import io.pgweir.config.CloudWatchMetricsConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Brings metrics to CloudWatch, again and again, on a thread of its own, {@code cloudwatch-metrics}: with the settings of a sink, over a
 * connection that is not the sink's, so that neither ever waits for the other. Nothing of it is an audit record.
 *
 * <p>What CloudWatch does not take in {@value #TRIES} tries is dropped and counted; what it counted goes with the next. A call whose
 * answer was lost may have been taken: it is tried again, and counted twice then.
 */
public final class MetricsSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsSender.class);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES = 3;

    /** Of the last event. */
    public static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final MetricEvents metrics;
    private final LogStream stream;
    private final Telemetry telemetry;
    private final long everyNanos;
    private final Duration pause;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private boolean down;

    /**
     * Of each sink that has any.
     *
     * @param host null where it is not known
     */
    public static List<MetricsSender> of(AuditConfig config, @Nullable String host, Telemetry telemetry) {
        List<MetricsSender> senders = new ArrayList<>();
        for (AuditConfig.Sink sink : config.sinks()) {
            if (sink instanceof AuditConfig.Sink.CloudWatchLogs logs && logs.metrics() != null) {
                senders.add(new MetricsSender(logs, host, telemetry, ANSWER_MAX, PAUSE));
            }
        }
        return senders;
    }

    /** With less patience; {@code sink} has metrics. */
    MetricsSender(
            AuditConfig.Sink.CloudWatchLogs sink,
            @Nullable String host,
            Telemetry telemetry,
            Duration answerMax,
            Duration pause) {
        CloudWatchMetricsConfig config = Objects.requireNonNull(sink.metrics());
        this.metrics = new MetricEvents(config, host, telemetry);
        this.stream = new LogStream(sink, config.group(), config.stream(), answerMax);
        this.telemetry = telemetry;
        this.everyNanos = config.every().toNanos();
        this.pause = pause;
        thread = Thread.ofPlatform().daemon().name("cloudwatch-metrics").unstarted(this::run);
    }

    /** @throws IOException where group or stream is no name of one; CloudWatch is not asked */
    public void start() throws IOException {
        stream.checkNames("metrics.");
        thread.start();
    }

    /** Sends what there is, in one try; gives up after {@link #CLOSE_MAX}. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(CLOSE_MAX.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }

    private void run() {
        try {
            long due = System.nanoTime() + everyNanos;
            while (!stopping.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                send();
                due = Math.max(due + everyNanos, System.nanoTime());
            }
            send();
        } catch (InterruptedException givenUp) {
            LOG.atDebug().log("metrics stop with some not sent");
        } finally {
            stream.discardClient();
        }
    }

    private void send() throws InterruptedException {
        List<MetricEvent> events;
        try {
            events = metrics.at(System.currentTimeMillis());
        } catch (RuntimeException fault) {
            // This thread's end would be the end of all metrics.
            failed(1, fault);
            return;
        }
        // All have one time, so that batches keep their order.
        int next = 0;
        for (LogBatch batch :
                LogBatch.of(events.stream().map(MetricEvent::toLogEvent).toList())) {
            Exception fault = put(batch);
            if (fault != null) {
                failed(events.size() - next, fault);
                return;
            }
            int end = next + batch.events().size();
            events.subList(next, end).forEach(metrics::onDelivered);
            telemetry.add(Metric.CLOUDWATCH_EVENTS, end - next);
            next = end;
        }
        worked();
    }

    /** Null where all was taken. */
    private @Nullable Exception put(LogBatch batch) throws InterruptedException {
        long nanos = pause.toNanos();
        for (int left = TRIES - 1; ; left--) {
            try {
                return stream.put(batch) == null
                        ? null
                        : new IOException(stream + ": the present time is refused, this host's clock is wrong");
            } catch (SdkException fault) {
                stream.discardClient();
                if (left == 0 || isStopping()) {
                    return stream.faultOf(fault);
                }
            } catch (RuntimeException fault) {
                stream.discardClient();
                return fault;
            }
            boolean _ = stopping.await(nanos, TimeUnit.NANOSECONDS);
            nanos *= 2;
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void failed(int events, Exception fault) {
        telemetry.add(Metric.CLOUDWATCH_DROPPED, events);
        if (!down) {
            down = true;
            LOG.atWarn()
                    .addKeyValue("fault", fault.toString())
                    .log("metrics do not reach CloudWatch: what they count goes with the next that do");
        }
    }

    private void worked() {
        if (down) {
            down = false;
            LOG.atInfo().log("metrics reach CloudWatch again");
        }
    }
}
