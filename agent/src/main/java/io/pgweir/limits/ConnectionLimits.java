package io.pgweir.limits;

import io.pgweir.config.ConnectionsPerConfig;
import io.pgweir.config.LimitsConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many sessions there are, of each kind that is limited, and who waits for one of them to end.
 *
 * <p>Who waits goes in the order of asking, past those whose own limits are still full. At any time nobody waits who could
 * go on, so that who comes later takes nobody's place. What is counted by a name is forgotten with its last session:
 * memory is bounded by sessions and the queue.
 *
 * <p>Any thread. One lock, held for a few additions; for a walk along the queue where a session ends while others wait.
 */
public final class ConnectionLimits {
    private ConnectionsPerConfig per;
    private int queueMax;

    private final ReentrantLock lock = new ReentrantLock();
    private final Count agent;
    private final Map<Key, Count> counts = new HashMap<>();
    private final LinkedHashSet<Admission> queue = new LinkedHashSet<>();

    /** Sessions that have a place here, and wait for one at a node. */
    private int waitingForNodes;

    private record Key(Scope scope, String name) {}

    public ConnectionLimits(LimitsConfig limits) {
        per = limits.connectionsPer();
        queueMax = limits.queue().sessions();
        agent = new Count(Scope.AGENT, "", limits.connections());
    }

    /**
     * Other limits from now on: who has a place keeps it. Sessions of a kind that was not limited before are counted from now on.
     */
    public void configure(LimitsConfig limits) {
        List<Admission> next;
        lock.lock();
        try {
            per = limits.connectionsPer();
            queueMax = limits.queue().sessions();
            agent.max = limits.connections();
            for (Count count : counts.values()) {
                count.max = max(count.scope, count.max);
            }
            next = goOn();
        } finally {
            lock.unlock();
        }
        for (Admission admitted : next) {
            tell(admitted);
        }
    }

    /** A listener's is told with each that asks. */
    private int max(Scope scope, int listener) {
        int max = switch (scope) {
            case CLIENT_ADDRESS -> per.clientAddress();
            case USER -> per.user();
            case DATABASE -> per.database();
            case CLUSTER -> per.cluster();
            default -> listener;
        };
        return max == ConnectionsPerConfig.UNLIMITED ? Integer.MAX_VALUE : max;
    }

    /**
     * Asks for a place.
     *
     * @param onHeld run once, where the place comes later, by the thread whose session ended
     */
    public Admission ask(Caller caller, Runnable onHeld) {
        lock.lock();
        try {
            List<Count> asked = counts(caller);
            Count full = firstFull(asked);
            if (full == null) {
                return held(asked, onHeld);
            }
            if (queue.size() + waitingForNodes >= queueMax) {
                forget(asked);
                return new Admission(this, List.of(), Standing.REFUSED, full, onHeld);
            }
            Admission waiting = new Admission(this, asked, Standing.WAITING, full, onHeld);
            queue.add(waiting);
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private Admission held(List<Count> asked, Runnable onHeld) {
        hold(asked);
        return new Admission(this, asked, Standing.HELD, null, onHeld);
    }

    private List<Count> counts(Caller caller) {
        List<Count> asked = new ArrayList<>(6);
        agent.users++;
        asked.add(agent);
        add(asked, Scope.CLIENT_ADDRESS, caller.address(), per.clientAddress());
        add(asked, Scope.USER, caller.user(), per.user());
        add(asked, Scope.DATABASE, caller.database(), per.database());
        add(asked, Scope.LISTENER, caller.listener(), caller.listenerMax());
        add(asked, Scope.CLUSTER, caller.cluster(), per.cluster());
        return asked;
    }

    private void add(List<Count> asked, Scope scope, String name, int max) {
        if (max != ConnectionsPerConfig.UNLIMITED) {
            Count count = counts.computeIfAbsent(new Key(scope, name), key -> new Count(scope, name, max));
            count.max = max;
            count.users++;
            asked.add(count);
        }
    }

    private static @Nullable Count firstFull(List<Count> asked) {
        for (Count count : asked) {
            if (count.isFull()) {
                return count;
            }
        }
        return null;
    }

    private static void hold(List<Count> asked) {
        for (Count count : asked) {
            count.held++;
        }
    }

    private void forget(List<Count> asked) {
        for (Count count : asked) {
            if (--count.users == 0) {
                counts.remove(new Key(count.scope, count.name));
            }
        }
    }

    void release(Admission admission) {
        List<Admission> next = List.of();
        lock.lock();
        try {
            Standing was = admission.standing;
            admission.standing = Standing.OVER;
            switch (was) {
                case WAITING -> {
                    queue.remove(admission);
                    forget(admission.counts);
                }
                case HELD -> {
                    for (Count count : admission.counts) {
                        count.held--;
                    }
                    forget(admission.counts);
                    next = goOn();
                }
                case REFUSED, OVER -> {
                    // It holds nothing.
                }
            }
        } finally {
            lock.unlock();
        }
        for (Admission admitted : next) {
            tell(admitted);
        }
    }

    /** Whether one that has a place here may wait for one at a node; then {@link #onNodeFound} follows. */
    public boolean awaitNode() {
        lock.lock();
        try {
            boolean room = queue.size() + waitingForNodes < queueMax;
            waitingForNodes += room ? 1 : 0;
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** It has one, or wants none any more. */
    public void onNodeFound() {
        lock.lock();
        try {
            waitingForNodes--;
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Admission admitted) {
        try {
            admitted.tellHeld();
        } catch (RejectedExecutionException stopped) {
            // Its loop has ended, and closed its socket: nobody waits there.
        }
    }

    /** Everybody in the queue who has room now. */
    private List<Admission> goOn() {
        if (queue.isEmpty()) {
            return List.of();
        }
        List<Admission> next = new ArrayList<>(1);
        for (var waiting = queue.iterator(); waiting.hasNext() && !agent.isFull(); ) {
            Admission admission = waiting.next();
            admission.full = firstFull(admission.counts);
            if (admission.full == null) {
                waiting.remove();
                hold(admission.counts);
                admission.standing = Standing.HELD;
                next.add(admission);
            }
        }
        return next;
    }

    Standing standingOf(Admission admission) {
        lock.lock();
        try {
            return admission.standing;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Full fullOf(Admission admission) {
        lock.lock();
        try {
            Count full = admission.full;
            return full == null ? null : new Full(full.scope, full.name, full.max);
        } finally {
            lock.unlock();
        }
    }

    /** Sessions that have a place. */
    public int held() {
        lock.lock();
        try {
            return agent.held;
        } finally {
            lock.unlock();
        }
    }

    public int waiting() {
        lock.lock();
        try {
            return queue.size() + waitingForNodes;
        } finally {
            lock.unlock();
        }
    }

    /** What is counted by a name at this moment: none without sessions. */
    int names() {
        lock.lock();
        try {
            return counts.size();
        } finally {
            lock.unlock();
        }
    }
}
