package io.pgweir.routing;

/**
 * An average of connect times in which what is old weighs less: half as much each {@value #HALF_LIFE_NANOS} ns. Not thread safe.
 */
final class ConnectTime {
    private static final long HALF_LIFE_NANOS = 10_000_000_000L;

    private double nanos;
    private long atNanos;
    private boolean known;

    void record(long tookNanos, long nowNanos) {
        if (known) {
            double old = Math.pow(0.5, Math.max(0, nowNanos - atNanos) / (double) HALF_LIFE_NANOS);
            // A burst must not freeze the average: one sample counts for a fifth at least.
            double keep = Math.min(old, 0.8);
            nanos = keep * nanos + (1 - keep) * tookNanos;
        } else {
            nanos = tookNanos;
            known = true;
        }
        atNanos = nowNanos;
    }

    /** 0 where it was never measured: who is not known is tried first. */
    double nanos() {
        return nanos;
    }
}
