package io.pgweir.config;

import java.util.Map;

/**
 * Who of the nodes that fit takes a session.
 *
 * @param retries on other nodes when a connect fails
 * @param weights by name of a node, or {@code host:port}; 1 where it has none. Heard by {@link Strategy#WEIGHTED}
 * @param panicPercent when fewer of the fitting nodes than this are neither ejected nor behind an open breaker, ejections and
 *     breakers are overlooked; 0 for never
 */
public record BalanceConfig(Strategy strategy, int retries, Map<String, Integer> weights, int panicPercent) {
    /** Every node, one after another, as ever. */
    public static final BalanceConfig IN_ORDER = of(Strategy.IN_ORDER);

    public static final int RETRIES_MAX = 1000;
    public static final int PANIC_PERCENT = 50;

    public BalanceConfig {
        weights = Map.copyOf(weights);
    }

    public static BalanceConfig of(Strategy strategy) {
        return new BalanceConfig(strategy, strategy.retries(), Map.of(), PANIC_PERCENT);
    }

    public enum Strategy {
        /** The first that can be connected to. */
        IN_ORDER,
        LEAST_CONNECTIONS,
        /** The one with fewer connections of two drawn at random. */
        POWER_OF_TWO,
        ROUND_ROBIN,
        /** The least product of recent connect time and connections. */
        LATENCY,
        WEIGHTED;

        /** Where nothing is said: all nodes in order, else one more node. */
        public int retries() {
            return this == IN_ORDER ? RETRIES_MAX : 1;
        }
    }
}
