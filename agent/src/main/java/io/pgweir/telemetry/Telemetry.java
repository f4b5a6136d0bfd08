package io.pgweir.telemetry;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The counters and gauges of one agent. Any thread. */
public final class Telemetry {
    /** Filled once, then only read. */
    private final Map<Metric, LongAdder> counters = new EnumMap<>(Metric.class);

    private final Map<Metric, LongSupplier> gauges = new ConcurrentHashMap<>();
    private final Map<Metric, Map<String, LongSupplier>> labelled = new ConcurrentHashMap<>();

    public Telemetry() {
        for (Metric metric : Metric.values()) {
            if (metric.kind() == Metric.Kind.COUNTER) {
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
        labelled.computeIfAbsent(gauge, any -> new ConcurrentSkipListMap<>()).put(label, now);
        gauge(
                gauge,
                () -> labelled(gauge).values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    /** What a gauge says at this moment for each of its labels, in their order; empty where it has none. */
    public Map<String, Long> labelled(Metric gauge) {
        Map<String, Long> values = new TreeMap<>();
        labelled.getOrDefault(gauge, Map.of()).forEach((label, now) -> values.put(label, now.getAsLong()));
        return values;
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

    /** At this moment; 0 for a gauge nobody gave. */
    public long value(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER -> counter(metric).sum();
            case GAUGE -> {
                LongSupplier now = gauges.get(metric);
                yield now == null ? 0 : now.getAsLong();
            }
        };
    }
}
