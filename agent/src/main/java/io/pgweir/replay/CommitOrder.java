package io.pgweir.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Which of the captured writes, commits among them, have been done again. They are numbered from 1 in the order in which they were
 * answered: {@link CommitTurns}; who waits for one waits for all before it. Any thread.
 */
final class CommitOrder {
    /** Where nothing is done for so long and somebody waits, a lock of the target's stands in another order than it did: it goes on. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** All up to there. */
    private long done;

    private final TreeSet<Long> ahead = new TreeSet<>();
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::number));
    private long movedNanos;
    private long givenUp;

    private record Waiter(long number, Runnable then) {}

    /**
     * Whether all writes up to {@code number} are done.
     *
     * @param then called once, on any thread, when they are, where they are not yet
     */
    synchronized boolean isDone(long number, Runnable then, long now) {
        if (number <= done) {
            return true;
        }
        if (waiters.isEmpty()) {
            movedNanos = now;
        }
        waiters.add(new Waiter(number, then));
        return false;
    }

    void onDone(long number, long now) {
        List<Waiter> ready;
        synchronized (this) {
            if (number <= done) {
                return;
            }
            ahead.add(number);
            while (ahead.remove(done + 1)) {
                done++;
            }
            movedNanos = now;
            ready = takeReady();
        }
        ready.forEach(each -> each.then.run());
    }

    /** To be called every second or so. */
    void look(long now) {
        List<Waiter> ready;
        synchronized (this) {
            Waiter first = waiters.peek();
            if (first == null || now - movedNanos < STUCK_NANOS) {
                return;
            }
            givenUp++;
            done = Math.max(done, first.number);
            ahead.headSet(done, true).clear();
            while (ahead.remove(done + 1)) {
                done++;
            }
            movedNanos = now;
            ready = takeReady();
        }
        ready.forEach(each -> each.then.run());
    }

    private List<Waiter> takeReady() {
        List<Waiter> ready = new ArrayList<>();
        for (Waiter first = waiters.peek(); first != null && first.number <= done; first = waiters.peek()) {
            ready.add(waiters.remove());
        }
        return ready;
    }

    /** How often somebody went on before his turn. */
    synchronized long givenUp() {
        return givenUp;
    }
}
