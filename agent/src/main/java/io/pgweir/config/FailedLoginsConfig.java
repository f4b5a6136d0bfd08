package io.pgweir.config;

import java.time.Duration;

/**
 * When a client address has failed to log in too often.
 *
 * @param max failures
 * @param within which they count
 * @param refuse for how long its sessions are then refused
 */
public record FailedLoginsConfig(int max, Duration within, Duration refuse) {
    public static final Duration WITHIN = Duration.ofMinutes(1);
    public static final Duration REFUSE = Duration.ofMinutes(1);
}
