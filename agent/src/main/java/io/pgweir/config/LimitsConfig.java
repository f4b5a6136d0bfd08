package io.pgweir.config;

import java.time.Duration;

/**
 * Every bound of a session, with its default.
 *
 * @param connections client connections at once; more are refused with 53300
 * @param startupTimeout from the connect to the startup packet, as PostgreSQL's authentication_timeout
 * @param messageBytes of a message that pgweir looks at whole; longer ones stream, their records say so
 * @param outstandingRequests of one session that await the server's answer; more, and pgweir stops reading its client
 */
public record LimitsConfig(int connections, Duration startupTimeout, int messageBytes, int outstandingRequests) {
    public static final LimitsConfig DEFAULT = new LimitsConfig(2000, Duration.ofSeconds(60), 1 << 20, 16384);
}
