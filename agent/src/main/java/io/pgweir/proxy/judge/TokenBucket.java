package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import java.util.concurrent.TimeUnit;

/** Turns that come back at a rate, up to a burst. Who finds none takes one ahead of time and waits for it. Any thread. */
final class TokenBucket implements Meters.Meter {
    private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private double perSecond;
    private double burst;
    private double tokens;
    private long nanos;

    TokenBucket(double perSecond, double burst, long now) {
        this.perSecond = perSecond;
        this.burst = burst;
        tokens = burst;
        nanos = now;
    }

    /** See {@link Meters#turnsNanos}; {@code throttle}'s rate and burst are those that hold now. */
    synchronized long takeNanos(Action.Throttle throttle, int turns, long now) {
        fill(now);
        perSecond = throttle.perSecond();
        burst = throttle.burst();
        double left = Math.min(burst, tokens) - turns;
        long wait = left >= 0 ? 0 : (long) (-left / perSecond * NANOS_A_SECOND);
        if (wait > throttle.waitMax().toNanos()) {
            return -1;
        }
        tokens = left;
        return wait;
    }

    private void fill(long now) {
        tokens = Math.min(burst, tokens + (now - nanos) / NANOS_A_SECOND * perSecond);
        nanos = now;
    }

    @Override
    public synchronized boolean isIdle(long now) {
        fill(now);
        return tokens >= burst;
    }
}
