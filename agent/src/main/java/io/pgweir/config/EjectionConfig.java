package io.pgweir.config;

import java.time.Duration;

/**
 * When a node that keeps failing to be connected to is left alone for a while.
 *
 * @param failures one after another
 * @param baseTime of the first ejection; each further one is longer by as much
 * @param maxTime of any ejection
 * @param maxPercent of a cluster's nodes that are ejected at once; one always may be
 */
public record EjectionConfig(int failures, Duration baseTime, Duration maxTime, int maxPercent) {
    public static final EjectionConfig DEFAULT =
            new EjectionConfig(5, Duration.ofSeconds(30), Duration.ofMinutes(5), 50);
}
