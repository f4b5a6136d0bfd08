package io.pgweir.audit.spool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next attempt: anything up to a bound that doubles, so that many do not come back at once. One thread. */
final class Backoff {
    private final long firstNanos;
    private final long maxNanos;
    private long boundNanos;

    Backoff(Duration first, Duration max) {
        firstNanos = first.toNanos();
        maxNanos = max.toNanos();
        boundNanos = firstNanos;
    }

    long nextNanos() {
        long bound = boundNanos;
        boundNanos = Math.min(maxNanos, bound * 2);
        return ThreadLocalRandom.current().nextLong(bound + 1);
    }

    void reset() {
        boundNanos = firstNanos;
    }
}
