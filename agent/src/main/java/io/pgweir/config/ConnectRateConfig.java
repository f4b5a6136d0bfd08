package io.pgweir.config;

import org.jspecify.annotations.Nullable;

/** How often a session may be asked for, at each listener and from each client address; null for as often as anybody likes. */
public record ConnectRateConfig(
        @Nullable RateConfig listener, @Nullable RateConfig clientAddress) {
    public static final ConnectRateConfig DEFAULT = new ConnectRateConfig(null, null);
}
