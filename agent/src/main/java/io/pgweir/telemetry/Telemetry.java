package io.pgweir.telemetry;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The counters, gauges and histograms of one agent. Any thread. What has labels is looked up once, by whoever counts often, and kept.
 */
public final class Telemetry {
    /** Of one metric; further ones share one whose labels say {@link #OTHER}. */
    public static final int SERIES_MAX = 1000;

    public static final String OTHER = "other";

    /** Filled once, then only read. */
    private final Map<Metric, LongAdder> counters = new EnumMap<>(Metric.class);

    private final Map<Metric, LongSupplier> gauges = new ConcurrentHashMap<>();
    private final Map<Metric, Map<List<String>, LongSupplier>> labelledGauges = new ConcurrentHashMap<>();
    private final Map<Metric, Map<List<String>, LongAdder>> labelledCounters = new ConcurrentHashMap<>();
    private final Map<Metric, Map<List<String>, Histogram>> histograms = new ConcurrentHashMap<>();

    /** Of what comes and goes: asked anew each time. */
    private final Map<Metric, Supplier<Map<List<String>, Long>>> asked = new ConcurrentHashMap<>();

    private final Map<Metric, Supplier<Map<List<String>, Histogram.Counts>>> askedCounts = new ConcurrentHashMap<>();

    public Telemetry() {
        for (Metric metric : Metric.values()) {
            if (metric.kind() == Metric.Kind.COUNTER && metric.labels().isEmpty()) {
                counters.put(metric, new LongAdder());
            }
        }
    }

    public void increment(Metric counter) {
        counter(counter).increment();
    }

    public void add(Metric counter, long amount) {
        counter(counter).add(amount);
    }

    /** {@code now} is asked by whoever takes a snapshot, on that thread; a later one for the same gauge takes its place. */
    public void gauge(Metric gauge, LongSupplier now) {
        gauges.put(gauge, now);
    }

    /** The same, one of several that differ by {@code label}; a snapshot has their sum. */
    public void gauge(Metric gauge, String label, LongSupplier now) {
        gauge(gauge, List.of(label), now);
    }

    /** @param labels one for each that the metric names */
    public void gauge(Metric gauge, List<String> labels, LongSupplier now) {
        check(gauge, labels);
        labelledGauges.computeIfAbsent(gauge, any -> new ConcurrentHashMap<>()).put(labels, now);
        gauge(gauge, () -> sum(series(gauge)));
    }

    /** Forgets what was given for {@code labels}, unless it is another's by now. */
    public void removeGauge(Metric gauge, List<String> labels, LongSupplier given) {
        labelledGauges.getOrDefault(gauge, Map.of()).remove(labels, given);
    }

    /** {@code now} has all series of a counter or gauge with labels, and is asked by whoever takes a snapshot: what it leaves out is gone. */
    public void series(Metric metric, Supplier<Map<List<String>, Long>> now) {
        asked.put(metric, now);
        if (metric.kind() == Metric.Kind.GAUGE) {
            gauge(metric, () -> sum(series(metric)));
        }
    }

    /** The same of a histogram. */
    public void counts(Metric histogram, Supplier<Map<List<String>, Histogram.Counts>> now) {
        askedCounts.put(histogram, now);
    }

    /** To be counted with, for as long as this lives; {@code labels} one for each that the metric names. */
    public LongAdder counter(Metric counter, String... labels) {
        return series(labelledCounters, counter, List.of(labels), LongAdder::new);
    }

    /** To be recorded with, for as long as this lives; {@code labels} one for each that the metric names. */
    public Histogram histogram(Metric histogram, String... labels) {
        return series(histograms, histogram, List.of(labels), Histogram::new);
    }

    private static <S> S series(
            Map<Metric, Map<List<String>, S>> all, Metric metric, List<String> labels, Supplier<S> made) {
        check(metric, labels);
        Map<List<String>, S> known = all.computeIfAbsent(metric, any -> new ConcurrentHashMap<>());
        boolean room = known.size() < SERIES_MAX || known.containsKey(labels);
        List<String> key = room ? labels : Collections.nCopies(labels.size(), OTHER);
        return known.computeIfAbsent(key, any -> made.get());
    }

    private static void check(Metric metric, List<String> labels) {
        if (labels.size() != metric.labels().size()) {
            throw new IllegalArgumentException(
                    metric.key() + ": labels " + labels + " (expected: " + metric.labels() + ")");
        }
    }

    /** What a gauge with one label says at this moment, in the labels' order; empty where it has none. */
    public Map<String, Long> labelled(Metric gauge) {
        Map<String, Long> values = new TreeMap<>();
        series(gauge).forEach((labels, value) -> values.put(labels.getFirst(), value));
        return values;
    }

    /** What a counter or gauge with labels says at this moment; empty where nobody gave any. */
    public Map<List<String>, Long> series(Metric metric) {
        Map<List<String>, Long> values = new ConcurrentHashMap<>();
        labelledGauges.getOrDefault(metric, Map.of()).forEach((labels, now) -> values.put(labels, now.getAsLong()));
        labelledCounters.getOrDefault(metric, Map.of()).forEach((labels, count) -> values.put(labels, count.sum()));
        Supplier<Map<List<String>, Long>> now = asked.get(metric);
        if (now != null) {
            values.putAll(now.get());
        }
        return values;
    }

    /** What a histogram says at this moment. */
    public Map<List<String>, Histogram.Counts> counts(Metric histogram) {
        Map<List<String>, Histogram.Counts> counts = new ConcurrentHashMap<>();
        histograms.getOrDefault(histogram, Map.of()).forEach((labels, one) -> counts.put(labels, one.counts()));
        Supplier<Map<List<String>, Histogram.Counts>> now = askedCounts.get(histogram);
        if (now != null) {
            counts.putAll(now.get());
        }
        return counts;
    }

    /** All metrics with their values at this moment; a gauge nobody gave reads 0. */
    public Map<Metric, Long> snapshot() {
        Map<Metric, Long> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            values.put(metric, value(metric));
        }
        return values;
    }

    private LongAdder counter(Metric metric) {
        return Objects.requireNonNull(counters.get(metric), metric::key);
    }

    /** At this moment, of all labels together; 0 for a gauge nobody gave; how often, of a histogram. */
    public long value(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER -> metric.labels().isEmpty() ? counter(metric).sum() : sum(series(metric));
            case GAUGE -> {
                LongSupplier now = gauges.get(metric);
                yield now == null ? 0 : now.getAsLong();
            }
            case HISTOGRAM ->
                counts(metric).values().stream()
                        .mapToLong(Histogram.Counts::total)
                        .sum();
        };
    }

    private static long sum(Map<List<String>, Long> values) {
        return values.values().stream().mapToLong(Long::longValue).sum();
    }
}
