package io.pgweir.config;

import java.time.Duration;

/**
 * Where sessions wait that find a limit full.
 *
 * @param sessions that may wait; 0: all are refused at once
 * @param waitMax longest that one waits
 */
public record QueueConfig(int sessions, Duration waitMax) {
    public static final Duration WAIT_MAX = Duration.ofSeconds(5);

    public static final QueueConfig NONE = new QueueConfig(0, WAIT_MAX);
}
