package io.pgweir.routing;

import java.util.Locale;

/**
 * Why a node was not chosen from.
 *
 * @param text one line for people
 */
public record Exclusion(String node, Reason reason, String text) {

    public enum Reason {
        /** It has none of the roles that are wanted. */
        ROLE,
        /** It takes no new sessions: the topology says why. */
        OUT,
        /** Somebody is emptying it. */
        DRAINED,
        /** It has as many sessions as it may have. */
        FULL,
        /** This session could not connect to it. */
        TRIED,
        /** It kept failing, and is left alone for a while. */
        EJECTED,
        /** Too large a share of its connects failed. */
        BREAKER;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }

        /** Whether it comes from what connects made of the node, so that a panic overlooks it. */
        boolean isPassive() {
            return this == EJECTED || this == BREAKER;
        }
    }
}
