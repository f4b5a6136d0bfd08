package io.pgweir.config;

import java.time.Duration;

/**
 * When a node that fails too large a share of its connects is given no more for a while.
 *
 * @param window that connects are counted in
 * @param attemptsMin in the window, before a share means anything
 * @param failurePercent of them that opens the breaker
 * @param openTime after which one connect may try
 */
public record BreakerConfig(Duration window, int attemptsMin, int failurePercent, Duration openTime) {
    public static final BreakerConfig DEFAULT =
            new BreakerConfig(Duration.ofSeconds(30), 10, 50, Duration.ofSeconds(10));
}
