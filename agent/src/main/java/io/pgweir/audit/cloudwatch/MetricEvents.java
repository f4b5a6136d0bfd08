package io.pgweir.audit.cloudwatch;

import io.pgweir.audit.encode.JsonTree;
import io.pgweir.config.CloudWatchMetricsConfig;
import io.pgweir.config.CloudWatchMetricsConfig.Dimension;
import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What goes to CloudWatch of all that {@link Telemetry} knows, as events in Embedded Metric Format: one for each set of dimensions.
 *
 * <p>Counters and histograms are told as what came since the last event that was {@linkplain #onDelivered delivered}, so that nothing is
 * lost with one that was not; gauges as they are. What has labels is told from its first count on: CloudWatch charges for zeros too.
 * Names are those of /metrics without {@code _total}. One thread at a time.
 */
final class MetricEvents {
    /** Fewer than the hundred that one event may have. */
    static final Set<Metric> TOLD = Collections.unmodifiableSet(EnumSet.of(
            Metric.SESSIONS_OPEN,
            Metric.SESSIONS_WAITING,
            Metric.SESSIONS_STARTED,
            Metric.SESSIONS_REFUSED,
            Metric.HANDSHAKES_REFUSED,
            Metric.LISTENER_SESSIONS,
            Metric.TRAFFIC,
            Metric.STATEMENTS,
            Metric.STATEMENT_SERVER_TIME,
            Metric.STATEMENT_OWN_TIME,
            Metric.TOPOLOGY_AGE,
            Metric.TOPOLOGY_NODES_OUT,
            Metric.TOPOLOGY_LAG,
            Metric.TOPOLOGY_LAG_BYTES,
            Metric.TOPOLOGY_TRANSITIONS,
            Metric.RULES_BLOCKED,
            Metric.AUDIT_RECORDS,
            Metric.AUDIT_DROPPED,
            Metric.AUDIT_FAULTS,
            Metric.AUDIT_QUEUED,
            Metric.AUDIT_SPOOL_BYTES,
            Metric.AUDIT_SINK_BEHIND,
            Metric.AUDIT_SINK_LAG,
            Metric.AUDIT_SINK_FAILURES,
            Metric.AUDIT_SINK_LOST,
            Metric.AUDIT_JOURNAL_FAILURES,
            Metric.CLOUDWATCH_DROPPED));

    /** Gauges of which a sum says nothing. */
    private static final Set<Metric> WORST = Collections.unmodifiableSet(
            EnumSet.of(Metric.TOPOLOGY_AGE, Metric.TOPOLOGY_LAG, Metric.TOPOLOGY_LAG_BYTES, Metric.AUDIT_SINK_LAG));

    private static final int RESOLUTION_HIGH = 1;
    private static final int RESOLUTION_STANDARD = 60;

    private final Telemetry telemetry;
    private final String namespace;
    private final int resolution;
    private final Map<String, String> everywhere = new TreeMap<>();
    private final Set<Dimension> dimensions;

    /** What CloudWatch has been told of what only grows, by metric and dimensions. */
    private final Map<Series, Figure> delivered = new HashMap<>();

    private record Series(Metric metric, Map<String, String> dimensions) {}

    /** @param host null where it is not known */
    MetricEvents(CloudWatchMetricsConfig config, @Nullable String host, Telemetry telemetry) {
        this.telemetry = telemetry;
        namespace = config.namespace();
        resolution = config.every().compareTo(Duration.ofMinutes(1)) < 0 ? RESOLUTION_HIGH : RESOLUTION_STANDARD;
        dimensions = EnumSet.noneOf(Dimension.class);
        dimensions.addAll(config.dimensions());
        if (dimensions.contains(Dimension.HOST)) {
            everywhere.put(label(Dimension.HOST), DimensionText.of(host == null ? "unknown" : host));
        }
    }

    private static String label(Dimension dimension) {
        return dimension.name().toLowerCase(Locale.ROOT);
    }

    /** All that there is to tell at this moment. */
    List<MetricEvent> at(long millis) {
        Map<Map<String, String>, Map<Metric, Figure>> all = new LinkedHashMap<>();
        for (Metric metric : TOLD) {
            figures(metric)
                    .forEach((labels, figure) -> all.computeIfAbsent(dimensions(metric, labels), _ -> new TreeMap<>())
                            .merge(metric, figure, Figure::and));
        }
        List<MetricEvent> events = new ArrayList<>(all.size());
        all.forEach((dimensioned, figures) -> {
            Map<String, Object> values = values(dimensioned, figures);
            if (!values.isEmpty()) {
                events.add(new MetricEvent(dimensioned, figures, millis, message(dimensioned, values, millis)));
            }
        });
        return events;
    }

    /** CloudWatch has it. */
    void onDelivered(MetricEvent event) {
        event.figures().forEach((metric, figure) -> {
            if (figure instanceof Figure.Total || figure instanceof Figure.Times) {
                delivered.put(new Series(metric, event.dimensions()), figure);
            }
        });
    }

    private Map<List<String>, Figure> figures(Metric metric) {
        Map<List<String>, Figure> figures =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        switch (metric.kind()) {
            case COUNTER -> values(metric).forEach((labels, value) -> figures.put(labels, new Figure.Total(value)));
            case GAUGE ->
                values(metric)
                        .forEach((labels, value) -> figures.put(
                                labels, WORST.contains(metric) ? new Figure.Worst(value) : new Figure.Level(value)));
            case HISTOGRAM ->
                telemetry.counts(metric).forEach((labels, counts) -> figures.put(labels, new Figure.Times(counts)));
        }
        return figures;
    }

    private Map<List<String>, Long> values(Metric metric) {
        return metric.labels().isEmpty() ? Map.of(List.of(), telemetry.value(metric)) : telemetry.series(metric);
    }

    private Map<String, String> dimensions(Metric metric, List<String> labels) {
        Map<String, String> own = new TreeMap<>(everywhere);
        for (Dimension dimension : dimensions) {
            int at = metric.labels().indexOf(label(dimension));
            if (at >= 0) {
                own.put(label(dimension), DimensionText.of(labels.get(at)));
            }
        }
        return own;
    }

    /** By the metrics' names; what has nothing to say is not there. */
    private Map<String, Object> values(Map<String, String> dimensioned, Map<Metric, Figure> figures) {
        Map<String, Object> values = new LinkedHashMap<>();
        figures.forEach((metric, figure) -> {
            Object value = value(metric, figure, delivered.get(new Series(metric, dimensioned)));
            if (value != null) {
                values.put(metric.exported(), value);
            }
        });
        return values;
    }

    private static @Nullable Object value(Metric metric, Figure figure, @Nullable Figure before) {
        return switch (figure) {
            case Figure.Level(long value) -> number(metric, value);
            case Figure.Worst(long value) -> number(metric, value);
            case Figure.Total(long value) ->
                value == 0 && !metric.labels().isEmpty()
                        ? null
                        : (Object) (value - (before instanceof Figure.Total(long told) ? told : 0));
            case Figure.Times(Histogram.Counts counts) -> {
                Histogram.Counts since =
                        before instanceof Figure.Times(Histogram.Counts told) ? counts.minus(told) : counts;
                yield since.total() == 0 ? null : Spread.of(since);
            }
        };
    }

    private static Object number(Metric metric, long value) {
        return metric.isTime() ? Spread.seconds(value) : (Object) value;
    }

    private byte[] message(Map<String, String> dimensioned, Map<String, Object> values, long millis) {
        List<Object> metrics = new ArrayList<>();
        for (Metric metric : TOLD) {
            if (values.containsKey(metric.exported())) {
                Map<String, Object> definition = new LinkedHashMap<>();
                definition.put("Name", metric.exported());
                definition.put("Unit", unit(metric));
                definition.put("StorageResolution", resolution);
                metrics.add(definition);
            }
        }
        Map<String, Object> directive = new LinkedHashMap<>();
        directive.put("Namespace", namespace);
        directive.put("Dimensions", List.of(List.copyOf(dimensioned.keySet())));
        directive.put("Metrics", metrics);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("Timestamp", millis);
        metadata.put("CloudWatchMetrics", List.of(directive));
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("_aws", metadata);
        event.putAll(dimensioned);
        event.putAll(values);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        JsonTree.write(event, bytes);
        return bytes.toByteArray();
    }

    /** As CloudWatch spells it. */
    private static String unit(Metric metric) {
        return switch (metric.unit()) {
            case "seconds" -> "Seconds";
            case "bytes" -> "Bytes";
            default -> "Count";
        };
    }
}
