package io.pgweir.routing;

import io.pgweir.topology.Node;
import java.util.List;

/** Who takes a session, and why nobody else did. */
public sealed interface Choice {

    List<Exclusion> excluded();

    /**
     * @param fallback whether no node had a wanted role
     * @param panic whether ejections and breakers were overlooked, because too few nodes had none
     */
    record Chosen(Node node, int candidates, boolean fallback, boolean panic, List<Exclusion> excluded)
            implements Choice {
        public Chosen {
            excluded = List.copyOf(excluded);
        }
    }

    record Nobody(List<Exclusion> excluded) implements Choice {
        public Nobody {
            excluded = List.copyOf(excluded);
        }

        /** Whether it is a limit that keeps the session from a node that would take it. */
        public boolean isFull() {
            for (Exclusion exclusion : excluded) {
                if (exclusion.reason() == Exclusion.Reason.FULL) {
                    return true;
                }
            }
            return false;
        }

        /** {@code pg-1: role: LEADER; pg-2: lag: ...}. */
        public String text() {
            StringBuilder text = new StringBuilder(excluded.isEmpty() ? "the cluster has no nodes" : "");
            for (Exclusion exclusion : excluded) {
                text.append(text.isEmpty() ? "" : "; ")
                        .append(exclusion.node())
                        .append(": ")
                        .append(exclusion.text());
            }
            return text.toString();
        }
    }
}
