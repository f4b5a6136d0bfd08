package io.pgweir.config;

import org.jspecify.annotations.Nullable;

/**
 * What one listener does otherwise than {@link LimitsConfig} says of each; null for as that says.
 *
 * @param connections sessions at once
 */
public record ListenerLimitsConfig(
        @Nullable Integer connections,
        @Nullable RateConfig connectRate,
        @Nullable TimeoutsConfig timeouts) {
    public static final ListenerLimitsConfig NONE = new ListenerLimitsConfig(null, null, null);
}
