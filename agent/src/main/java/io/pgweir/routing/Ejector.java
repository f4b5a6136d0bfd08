package io.pgweir.routing;

import io.pgweir.config.EjectionConfig;

/**
 * Counts one node's failures in a row, and how long it is left alone for them. Each further ejection is longer, until connects
 * have gone well for as long as the last one took. Not thread safe.
 */
final class Ejector {
    private final EjectionConfig config;
    private int failures;
    private int ejections;
    private long total;
    private boolean ejected;
    private long untilNanos;
    private long lastTookNanos;

    Ejector(EjectionConfig config) {
        this.config = config;
    }

    void onSuccess(long nowNanos) {
        failures = 0;
        if (ejections > 0 && nowNanos - untilNanos >= lastTookNanos) {
            ejections = 0;
        }
    }

    /** @param mayEject whether the cluster can do without one more node */
    void onFailure(long nowNanos, boolean mayEject) {
        failures++;
        if (failures >= config.failures() && mayEject && !isEjected(nowNanos)) {
            ejections++;
            total++;
            failures = 0;
            lastTookNanos = Math.min(
                    config.maxTime().toNanos(), ejections * config.baseTime().toNanos());
            untilNanos = nowNanos + lastTookNanos;
            ejected = true;
        }
    }

    boolean isEjected(long nowNanos) {
        ejected = ejected && nowNanos - untilNanos < 0;
        return ejected;
    }

    /** Ejections so far. */
    long total() {
        return total;
    }

    /** Of the ejection under way. */
    long leftNanos(long nowNanos) {
        return untilNanos - nowNanos;
    }
}
