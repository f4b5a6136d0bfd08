package io.pgweir.config;

import java.time.Duration;
import java.util.List;

/**
 * Metrics beside a sink of CloudWatch Logs, in a stream of their own.
 *
 * @param group the sink's, unless it says another
 * @param stream the sink's with {@code -metrics}, unless it says another
 * @param namespace that CloudWatch files them under
 * @param every how often
 * @param dimensions that figures are told apart by; what differs in others only is told as one
 */
public record CloudWatchMetricsConfig(
        String group, String stream, String namespace, Duration every, List<Dimension> dimensions) {
    public static final String NAMESPACE = "pgweir";
    public static final Duration EVERY = Duration.ofSeconds(60);

    public CloudWatchMetricsConfig {
        dimensions = List.copyOf(dimensions);
    }

    /** {@link #HOST} is of all figures, the others are labels of some. */
    public enum Dimension {
        HOST,
        LISTENER,
        CLUSTER,
        NODE,
        CLASS,
        OUTCOME,
        DIRECTION,
        SINK
    }
}
