package io.pgweir.topology;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One change of a topology, with what was known when it was judged.
 *
 * @param node null where it concerns the cluster as a whole
 * @param from what it was; empty where it was not
 * @param to what it is; empty where it is no more
 * @param evidence one line a witness
 */
public record Transition(
        String cluster, @Nullable String node, Kind kind, String from, String to, List<String> evidence, Instant at) {

    public Transition {
        evidence = List.copyOf(evidence);
    }

    public enum Kind {
        /** Another node leads, or none does, or one does again. */
        LEADER,
        NODE_ADDED,
        NODE_REMOVED,
        /** The same name at another address. */
        NODE_MOVED,
        ROLE,
        /** It takes no new sessions, or for another reason than before. */
        OUT,
        /** It takes new sessions again. */
        IN,
        /** The cluster holds other data than before. */
        IDENTITY,
        /** Those who know could not be heard: the last topology stands. */
        AWAY,
        BACK;

        private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String label() {
            return label;
        }
    }
}
