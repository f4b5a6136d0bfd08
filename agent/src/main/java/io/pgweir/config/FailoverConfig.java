package io.pgweir.config;

import java.time.Duration;

/**
 * Of a listener in {@code mode: split}: what becomes of sessions whose leader goes.
 *
 * @param holdMax how long a statement waits for the next leader; zero where sessions end with theirs
 * @param holdSessions how many may wait at a time
 * @param retryReads whether what has not been answered, and cannot have had an effect, is run again
 */
public record FailoverConfig(Duration holdMax, int holdSessions, boolean retryReads) {
    public static final FailoverConfig DEFAULT = new FailoverConfig(Duration.ofSeconds(15), 10_000, true);

    public boolean isOn() {
        return holdMax.isPositive();
    }
}
