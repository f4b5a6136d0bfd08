package io.pgweir.routing;

import io.pgweir.config.BreakerConfig;
import io.pgweir.config.EjectionConfig;
import io.pgweir.telemetry.Histogram;
import java.util.EnumMap;
import java.util.Map;
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

    /** How connects ended. */
    private final Map<NodeCounts.Outcome, Long> outcomes = new EnumMap<>(NodeCounts.Outcome.class);

    final Histogram connectTimes = new Histogram();

    @Nullable
    Ejector ejector;

    @Nullable
    Breaker breaker;

    Tally() {
        for (NodeCounts.Outcome outcome : NodeCounts.Outcome.values()) {
            outcomes.put(outcome, 0L);
        }
    }

    void configure(@Nullable EjectionConfig ejection, @Nullable BreakerConfig breaking) {
        ejector = ejection == null ? null : new Ejector(ejection);
        breaker = breaking == null ? null : new Breaker(breaking);
    }

    void onOutcome(NodeCounts.Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    NodeCounts counts(long nowNanos) {
        return new NodeCounts(
                sessions,
                outcomes,
                connectTimes.counts(),
                ejector == null ? null : isEjected(nowNanos),
                ejector == null ? 0 : ejector.total(),
                breaker == null ? null : breaker.state(nowNanos));
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
