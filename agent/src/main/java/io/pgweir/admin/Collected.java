package io.pgweir.admin;

import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** All that {@link Telemetry} knows at the moment of a scrape, as Prometheus's library takes it. Any thread. */
final class Collected implements MultiCollector {
    private static final double NANOS = 1e9;
    private static final double[] BOUNDS_SECONDS = boundsSeconds();

    private final Telemetry telemetry;

    Collected(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The last is of what is longer than all the others. */
    private static double[] boundsSeconds() {
        long[] nanos = Histogram.bounds();
        double[] seconds = Arrays.copyOf(
                Arrays.stream(nanos).mapToDouble(one -> one / NANOS).toArray(), nanos.length + 1);
        seconds[nanos.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (Metric metric : Metric.values()) {
            all.metricSnapshot(collected(metric));
        }
        return all.build();
    }

    private MetricSnapshot collected(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER -> counter(metric);
            case GAUGE -> gauge(metric);
            case HISTOGRAM -> histogram(metric);
        };
    }

    private MetricSnapshot counter(Metric metric) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(metric.exported()).help(metric.help());
        values(metric)
                .forEach((labels, value) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels(metric, labels))
                        .value(value(metric, value))
                        .build()));
        return counter.build();
    }

    private MetricSnapshot gauge(Metric metric) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(metric.exported()).help(metric.help());
        values(metric)
                .forEach((labels, value) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels(metric, labels))
                        .value(value(metric, value))
                        .build()));
        return gauge.build();
    }

    private MetricSnapshot histogram(Metric metric) {
        HistogramSnapshot.Builder histogram =
                HistogramSnapshot.builder().name(metric.exported()).help(metric.help());
        telemetry
                .counts(metric)
                .forEach((labels, counts) -> histogram.dataPoint(HistogramDataPointSnapshot.builder()
                        .labels(labels(metric, labels))
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, counts.each()))
                        .sum(counts.sumNanos() / NANOS)
                        .build()));
        return histogram.build();
    }

    private Map<List<String>, Long> values(Metric metric) {
        return metric.labels().isEmpty() ? Map.of(List.of(), telemetry.value(metric)) : telemetry.series(metric);
    }

    private static Labels labels(Metric metric, List<String> values) {
        return Labels.of(metric.labels(), values);
    }

    private static double value(Metric metric, long value) {
        return metric.isTime() ? value / NANOS : value;
    }
}
