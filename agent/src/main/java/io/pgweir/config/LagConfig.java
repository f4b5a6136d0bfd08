package io.pgweir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far behind the leader a standby may be that takes new sessions.
 *
 * @param maxBytes of WAL that it has not replayed; 0 for any number
 * @param maxTime since what it has replayed was written; any where null
 * @param readmitAfter how long a standby that was over a limit must stay well under it
 */
public record LagConfig(long maxBytes, @Nullable Duration maxTime, Unknown unknown, Duration readmitAfter) {
    public static final Duration READMIT_AFTER = Duration.ofSeconds(10);

    /** What becomes of a standby whose lag is not known. */
    public enum Unknown {
        EXCLUDE,
        ALLOW
    }
}
