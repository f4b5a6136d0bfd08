package io.pgweir.audit;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Who goes on when an event is on disk. {@link #add} and {@link #isDurable} any thread, all else the writer's. */
final class DurabilityWaiters {
    private final Queue<Waiter> added = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Waiter> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiter::ticket));

    /** Tickets below it are on disk. */
    private volatile long durable;

    private record Waiter(long ticket, Executor executor, Runnable then) {}

    boolean isDurable(long ticket) {
        return ticket < durable;
    }

    void add(long ticket, Executor executor, Runnable then) {
        added.add(new Waiter(ticket, executor, then));
    }

    boolean isEmpty() {
        return added.isEmpty() && waiting.isEmpty();
    }

    /** @param tickets events with smaller tickets are on disk */
    void onDurable(long tickets) {
        durable = tickets;
        for (Waiter waiter = added.poll(); waiter != null; waiter = added.poll()) {
            waiting.add(waiter);
        }
        while (!waiting.isEmpty() && waiting.peek().ticket() < tickets) {
            Waiter next = waiting.remove();
            try {
                next.executor().execute(next.then());
            } catch (RejectedExecutionException ended) {
                // Its event loop has been shut down, and its session with it.
            }
        }
    }
}
