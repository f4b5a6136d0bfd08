package io.pgweir.routing;

import io.pgweir.config.BreakerConfig;
import io.pgweir.config.EjectionConfig;
import org.jspecify.annotations.Nullable;

/** What is counted of one node, whatever its role or address becomes. Guarded by its {@link Balancer}. */
final class Tally {
    /** Sessions that it has or is being connected to for. */
    int sessions;

    /** Of the smooth weighted rotation. */
    long credit;

    /** When it was last chosen, in choices. */
    long chosen;

    boolean drained;

    final ConnectTime connectTime = new ConnectTime();

    @Nullable
    Ejector ejector;

    @Nullable
    Breaker breaker;

    void configure(@Nullable EjectionConfig ejection, @Nullable BreakerConfig breaking) {
        ejector = ejection == null ? null : new Ejector(ejection);
        breaker = breaking == null ? null : new Breaker(breaking);
    }

    boolean isForgettable() {
        return sessions == 0 && !drained;
    }

    boolean isEjected(long nowNanos) {
        return ejector != null && ejector.isEjected(nowNanos);
    }

    boolean admits(long nowNanos) {
        return breaker == null || breaker.admits(nowNanos);
    }
}
