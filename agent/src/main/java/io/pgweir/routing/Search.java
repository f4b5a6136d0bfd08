package io.pgweir.routing;

import io.pgweir.topology.Topology;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One session's search for a node: a first choice, and after each connect that failed the next, no more than the configuration
 * allows. Each choice sees the topology of its moment.
 *
 * <pre>
 *  next() -- chosen
 *         -- nobody: every node that fits is full -- await() --> waiting -- a session ends --> told; next() is what was found then
 *         -- nobody
 * </pre>
 *
 * Thread: the session's, but for what {@link #await} runs.
 */
public final class Search {
    private final Balancer balancer;
    private final Supplier<Topology> topology;
    private final Wish wish;
    private final Set<String> tried = new HashSet<>();
    private int left;
    private @Nullable Lease lease;

    /** What was found while it waited, and not taken yet. Guarded by {@link #balancer}, as all of this is while it waits. */
    private @Nullable Choice found;

    private Runnable onRoom = () -> {};

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
        synchronized (balancer) {
            Choice waitedFor = found;
            found = null;
            if (waitedFor != null) {
                return waitedFor;
            }
            balancer.goOn(nowNanos);
            return choose(nowNanos);
        }
    }

    private Choice choose(long nowNanos) {
        lease = null;
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

    /**
     * Waits until a node has room for this session, which is then counted as its own, or none is left that could have.
     *
     * @param then run once, by whoever makes room, or at once: {@link #next} has something to say
     */
    public void await(Runnable then, long nowNanos) {
        synchronized (balancer) {
            onRoom = then;
            balancer.await(this, nowNanos);
        }
    }

    /** Nobody wants a node any more. */
    public void giveUp(long nowNanos) {
        synchronized (balancer) {
            balancer.giveUp(this);
            if (found instanceof Choice.Chosen) {
                lease().onEnded(nowNanos);
            }
            found = null;
        }
    }

    Wish wish() {
        return wish;
    }

    boolean findsRoom(long nowNanos) {
        Choice choice = choose(nowNanos);
        if (choice instanceof Choice.Nobody nobody && nobody.isFull()) {
            return false;
        }
        found = choice;
        return true;
    }

    void tellRoom() {
        onRoom.run();
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
