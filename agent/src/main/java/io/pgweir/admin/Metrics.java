package io.pgweir.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All that {@link Telemetry} counts and the JVM's own figures, in Prometheus's text format. */
final class Metrics implements AutoCloseable {
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final Telemetry telemetry;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Metric, MultiGauge> labelled = new EnumMap<>(Metric.class);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    Metrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        for (Metric metric : Metric.values()) {
            register(metric);
        }
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void register(Metric metric) {
        switch (metric.kind()) {
            case COUNTER ->
                FunctionCounter.builder(metric.key(), telemetry, counters -> counters.value(metric))
                        .description(metric.help())
                        .register(registry);
            case GAUGE -> {
                String label = metric.label();
                if (label == null) {
                    Gauge.builder(metric.key(), telemetry, gauges -> gauges.value(metric))
                            .description(metric.help())
                            .register(registry);
                } else {
                    labelled.put(
                            metric,
                            MultiGauge.builder(metric.key())
                                    .description(metric.help())
                                    .register(registry));
                }
            }
        }
    }

    Endpoint endpoint() {
        return Endpoint.get("/metrics", "all metrics, for Prometheus", query -> scrape());
    }

    private Answer scrape() {
        labelled.forEach((metric, gauge) -> gauge.register(rows(metric), true));
        return new Answer(200, TEXT_FORMAT, registry.scrape().getBytes(StandardCharsets.UTF_8));
    }

    private List<MultiGauge.Row<?>> rows(Metric metric) {
        String label = String.valueOf(metric.label());
        return telemetry.labelled(metric).entrySet().stream()
                .<MultiGauge.Row<?>>map(row -> MultiGauge.Row.of(Tags.of(label, row.getKey()), row.getValue()))
                .toList();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
