package io.pgweir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every bound of a session, with its default.
 *
 * @param connections sessions at once; more wait, or are refused with 53300
 * @param failedLogins null: nobody counts them
 * @param handshakes connections at once that are no sessions yet, waiting ones too; more are closed without a word
 * @param startupTimeout from the connect to the startup packet
 * @param timeouts of sessions that have begun
 * @param keepalive null: as the kernel does it
 * @param messageBytes of a message that pgweir looks at whole; longer ones stream, their records say so
 * @param outstandingRequests of one session that await the server's answer; more, and pgweir stops reading its client
 */
public record LimitsConfig(
        int connections,
        ConnectionsPerConfig connectionsPer,
        ConnectRateConfig connectRate,
        @Nullable FailedLoginsConfig failedLogins,
        QueueConfig queue,
        int handshakes,
        Duration startupTimeout,
        TimeoutsConfig timeouts,
        @Nullable KeepaliveConfig keepalive,
        int messageBytes,
        int outstandingRequests) {
    public static final int HANDSHAKES = 10_000;
    public static final LimitsConfig DEFAULT = new LimitsConfig(2000, Duration.ofSeconds(60), 1 << 20, 16384);

    /** The rest as where nothing is said. */
    public LimitsConfig(int connections, Duration startupTimeout, int messageBytes, int outstandingRequests) {
        this(
                connections,
                ConnectionsPerConfig.DEFAULT,
                ConnectRateConfig.DEFAULT,
                null,
                QueueConfig.NONE,
                HANDSHAKES,
                startupTimeout,
                TimeoutsConfig.NONE,
                null,
                messageBytes,
                outstandingRequests);
    }
}
