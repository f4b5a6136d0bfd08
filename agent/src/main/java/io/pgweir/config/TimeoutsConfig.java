package io.pgweir.config;

import java.time.Duration;

/**
 * How long a session may stay as it is; zero is for ever.
 *
 * @param idle between transactions
 * @param transactionIdle within one
 * @param query of one request, until the server has answered it
 */
public record TimeoutsConfig(Duration idle, Duration transactionIdle, Duration query) {
    public static final TimeoutsConfig NONE = new TimeoutsConfig(Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
