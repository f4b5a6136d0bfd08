package io.pgweir.config;

import java.time.Duration;

/**
 * How sessions leave a node that is no longer theirs, and an agent that stops: each at the end of its transaction.
 *
 * @param deadline after which what runs on is ended all the same
 * @param onLag whether sessions leave a standby that has fallen too far behind, or only new ones keep away
 */
public record DrainConfig(Duration deadline, boolean onLag) {
    public static final DrainConfig DEFAULT = new DrainConfig(Duration.ofSeconds(20), true);
}
