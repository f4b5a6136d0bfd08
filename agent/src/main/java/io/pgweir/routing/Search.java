package io.pgweir.routing;

import io.pgweir.topology.Topology;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One session's search for a node: a first choice, and after each connect that failed the next, no more than the configuration
 * allows. Each choice sees the topology of its moment. Thread: the session's.
 */
public final class Search {
    private final Balancer balancer;
    private final Supplier<Topology> topology;
    private final Wish wish;
    private final Set<String> tried = new HashSet<>();
    private int left;
    private @Nullable Lease lease;

    public Search(Balancer balancer, Supplier<Topology> topology, Wish wish) {
        this.balancer = balancer;
        this.topology = topology;
        this.wish = wish;
        this.left = balancer.attemptsMax();
    }

    /**
     * Nobody, where no node fits or no attempt is left; its exclusions then name those that were tried. A chosen node has the
     * session counted as its own from now on: see {@link #lease}.
     */
    public Choice next(long nowNanos) {
        lease = null;
        synchronized (balancer) {
            Choice choice = balancer.choose(topology.get(), wish, tried, nowNanos);
            if (!(choice instanceof Choice.Chosen chosen)) {
                return choice;
            }
            if (left == 0) {
                return new Choice.Nobody(chosen.excluded());
            }
            left--;
            tried.add(chosen.node().name());
            lease = balancer.lease(chosen.node(), nowNanos);
            return choice;
        }
    }

    /** Of the node that was chosen last: to be told how the connect ended, and the session. */
    public Lease lease() {
        return Objects.requireNonNull(lease, "nobody was chosen");
    }

    /** Nodes tried so far. */
    public int attempts() {
        return tried.size();
    }
}
