package io.pgweir.audit.cloudwatch;

import io.pgweir.telemetry.Metric;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Figures of one set of dimensions at one moment, in Embedded Metric Format.
 *
 * @param dimensions their values by name
 * @param figures that it was made of
 * @param message JSON
 */
record MetricEvent(Map<String, String> dimensions, Map<Metric, Figure> figures, long millis, byte[] message) {
    LogEvent toLogEvent() {
        return new LogEvent(this, millis, new String(message, StandardCharsets.UTF_8), message.length);
    }
}
