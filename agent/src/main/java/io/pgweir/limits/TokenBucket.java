package io.pgweir.limits;

import io.pgweir.config.RateConfig;
import java.util.concurrent.TimeUnit;

/** Turns that come back at a rate, up to a burst. Not for two threads at once. */
final class TokenBucket {
    private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RateConfig rate;
    private double tokens;
    private long nanos;

    TokenBucket(RateConfig rate, long now) {
        this.rate = rate;
        tokens = rate.burst();
        nanos = now;
    }

    boolean take(long now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Whether it is as it was when it was new. */
    boolean isFull(long now) {
        fill(now);
        return tokens >= rate.burst();
    }

    /** A clock that was read before the last turn was taken gives nothing back, and takes nothing. */
    private void fill(long now) {
        if (now - nanos > 0) {
            tokens = Math.min(rate.burst(), tokens + (now - nanos) / NANOS_A_SECOND * rate.perSecond());
            nanos = now;
        }
    }
}
