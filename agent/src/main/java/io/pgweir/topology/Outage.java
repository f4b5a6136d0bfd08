package io.pgweir.topology;

import java.time.Instant;
import java.util.Locale;

/**
 * Why a node takes no new session.
 *
 * @param text one line for people
 * @param since the first judgement with this reason
 */
public record Outage(Reason reason, String text, Instant since) {

    public enum Reason {
        /** It could not be connected to. */
        UNREACHABLE,
        /** It starts, stops, is being made or has failed. */
        NOT_SERVING,
        /** Patroni, the server itself and the timelines do not agree on what it is. */
        ROLE_UNPROVEN,
        /** It holds another cluster's data. */
        FOREIGN,
        /** Patroni's tag noloadbalance; never of a leader. */
        NO_LOAD_BALANCE,
        LAG,
        LAG_UNKNOWN;

        private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String label() {
            return label;
        }
    }
}
