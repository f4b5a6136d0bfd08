package io.pgweir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The login with which pgweir asks servers for role, timeline and position. No privileges are needed; {@code pg_monitor}
 * lets it tell synchronous standbys from others.
 *
 * @param password none where null, as with trust or a client certificate
 * @param poll from one asking to the next
 * @param timeout of the connect and of each answer
 */
public record MonitorConfig(
        String user, @Nullable SecretConfig password, String database, Duration poll, Duration timeout) {
    public static final String DATABASE = "postgres";
    public static final Duration POLL = Duration.ofSeconds(3);
    public static final Duration TIMEOUT = Duration.ofSeconds(2);
}
