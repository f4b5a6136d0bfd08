package io.pgweir.admin;

import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import tools.jackson.core.JsonGenerator;

/**
 * Totals since the start, and rates and latencies of the last minute, for people. {@link #sample} is called every {@value
 * #SAMPLE_SECONDS} seconds. Any thread.
 */
final class Stats {
    static final int SAMPLE_SECONDS = 5;
    private static final int SAMPLES_MAX = 60 / SAMPLE_SECONDS + 1;
    private static final double SECOND = 1e9;
    private static final double MILLI = 1e6;

    private final Telemetry telemetry;
    private final LongSupplier nanos;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Sample first;

    /** What there was at one moment. */
    private record Sample(
            long nanos,
            long statements,
            long transactions,
            long sessions,
            long bytes,
            Histogram.Counts server,
            Histogram.Counts own,
            Histogram.Counts loops) {}

    Stats(Telemetry telemetry, LongSupplier nanos) {
        this.telemetry = telemetry;
        this.nanos = nanos;
        first = now();
        samples.add(first);
    }

    private Sample now() {
        return new Sample(
                nanos.getAsLong(),
                telemetry.value(Metric.STATEMENTS),
                telemetry.value(Metric.TRANSACTIONS),
                telemetry.value(Metric.SESSIONS_STARTED),
                telemetry.value(Metric.TRAFFIC),
                all(Metric.STATEMENT_SERVER_TIME),
                all(Metric.STATEMENT_OWN_TIME),
                all(Metric.LOOP_DELAY));
    }

    private Histogram.Counts all(Metric histogram) {
        return telemetry.counts(histogram).values().stream().reduce(Histogram.Counts.NONE, Histogram.Counts::plus);
    }

    synchronized void sample() {
        samples.add(now());
        if (samples.size() > SAMPLES_MAX) {
            samples.removeFirst();
        }
    }

    Endpoint endpoint() {
        return Endpoint.get("/stats", "totals since the start, rates and latencies of the last minute", request -> {
            Sample now = now();
            Sample before = oldest();
            return Answer.json(200, json -> write(json, now, before));
        });
    }

    private synchronized Sample oldest() {
        return samples.getFirst();
    }

    private void write(JsonGenerator json, Sample now, Sample before) {
        double seconds = Math.max(1e-3, (now.nanos - before.nanos) / SECOND);
        json.writeNumberProperty("uptime_s", Math.round((now.nanos - first.nanos) / SECOND));
        json.writeNumberProperty("window_s", rounded(seconds));
        json.writeObjectPropertyStart("sessions");
        number(json, "open", Metric.SESSIONS_OPEN);
        number(json, "started", Metric.SESSIONS_STARTED);
        number(json, "refused", Metric.SESSIONS_REFUSED);
        json.writeNumberProperty("started_per_second", rounded((now.sessions - before.sessions) / seconds));
        byLabel(json, "ended", Metric.SESSIONS_ENDED, 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("statements");
        json.writeNumberProperty("total", now.statements);
        json.writeNumberProperty("per_second", rounded((now.statements - before.statements) / seconds));
        number(json, "rows", Metric.STATEMENT_ROWS);
        byLabel(json, "by_class", Metric.STATEMENTS, 0);
        byLabel(json, "by_outcome", Metric.STATEMENTS, 1);
        latencies(json, "server_ms", now.server.minus(before.server));
        latencies(json, "own_ms", now.own.minus(before.own));
        json.writeEndObject();
        json.writeObjectPropertyStart("transactions");
        json.writeNumberProperty("total", now.transactions);
        json.writeNumberProperty("per_second", rounded((now.transactions - before.transactions) / seconds));
        byLabel(json, "by_outcome", Metric.TRANSACTIONS, 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("traffic_bytes");
        json.writeNumberProperty("total", now.bytes);
        json.writeNumberProperty("per_second", rounded((now.bytes - before.bytes) / seconds));
        byLabel(json, "by_direction", Metric.TRAFFIC, 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("rules");
        byLabel(json, "verdicts", Metric.RULES_VERDICTS, 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("audit");
        number(json, "records", Metric.AUDIT_RECORDS);
        number(json, "queued", Metric.AUDIT_QUEUED);
        number(json, "dropped", Metric.AUDIT_DROPPED);
        number(json, "left_out", Metric.AUDIT_LEFT_OUT);
        number(json, "spool_bytes", Metric.AUDIT_SPOOL_BYTES);
        byLabel(json, "sinks_behind_bytes", Metric.AUDIT_SINK_BEHIND, 0);
        json.writeEndObject();
        latencies(json, "loop_delay_ms", now.loops.minus(before.loops));
    }

    private void number(JsonGenerator json, String name, Metric metric) {
        json.writeNumberProperty(name, telemetry.value(metric));
    }

    /** Of each label the sum over all others; what is 0 is left out. */
    private void byLabel(JsonGenerator json, String name, Metric metric, int label) {
        Map<String, Long> sums = new TreeMap<>();
        for (Map.Entry<List<String>, Long> one : telemetry.series(metric).entrySet()) {
            if (one.getValue() != 0) {
                sums.merge(one.getKey().get(label), one.getValue(), Long::sum);
            }
        }
        json.writeObjectPropertyStart(name);
        sums.forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void latencies(JsonGenerator json, String name, Histogram.Counts counts) {
        long total = counts.total();
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", total);
        if (total > 0) {
            json.writeNumberProperty("mean", rounded(counts.sumNanos() / MILLI / total));
            json.writeNumberProperty("p50", rounded(counts.quantileNanos(0.5) / MILLI));
            json.writeNumberProperty("p95", rounded(counts.quantileNanos(0.95) / MILLI));
            json.writeNumberProperty("p99", rounded(counts.quantileNanos(0.99) / MILLI));
        }
        json.writeEndObject();
    }

    /** To thousandths: what people read. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
