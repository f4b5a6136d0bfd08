package io.pgweir.routing;

import io.pgweir.telemetry.Histogram;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of one node, at one moment.
 *
 * @param sessions that it has or is being connected to for
 * @param connects how often, by how they ended
 * @param connectTime of those that reached it
 * @param ejected whether it is left alone now; null where nobody ever is
 * @param ejections so far
 * @param breaker null where there is none
 */
public record NodeCounts(
        int sessions,
        Map<Outcome, Long> connects,
        Histogram.Counts connectTime,
        @Nullable Boolean ejected,
        long ejections,
        @Nullable BreakerState breaker) {

    public NodeCounts {
        connects = Map.copyOf(connects);
    }

    /** What became of a connect. */
    public enum Outcome {
        CONNECTED,
        FAILED,
        /** The server took the connection, and not the session. */
        TURNED_AWAY,
        /** Nobody waited for it any more. */
        ABANDONED;

        private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String label() {
            return label;
        }
    }

    /** Of a {@link Breaker}. */
    public enum BreakerState {
        CLOSED,
        OPEN,
        HALF_OPEN;

        private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String label() {
            return label;
        }
    }
}
