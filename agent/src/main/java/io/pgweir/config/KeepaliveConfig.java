package io.pgweir.config;

import java.time.Duration;

/**
 * How the kernel finds out that the other end of a TCP connection is gone, in whole seconds.
 *
 * @param idle silence after which it asks
 * @param interval between questions
 * @param count of questions without an answer
 */
public record KeepaliveConfig(Duration idle, Duration interval, int count) {
    /** Linux's own interval and count. */
    public static final Duration INTERVAL = Duration.ofSeconds(75);

    public static final int COUNT = 9;
}
