package io.pgweir.proxy.split;

import java.util.concurrent.atomic.AtomicInteger;

/** Sessions of one listener that wait for a leader: no more than so many at a time. Any thread. */
public final class Holds {
    private final int max;
    private final AtomicInteger count = new AtomicInteger();

    public Holds(int max) {
        this.max = max;
    }

    /** @return whether one more may wait; {@link #end} follows in any case */
    boolean begin() {
        return count.incrementAndGet() <= max;
    }

    void end() {
        count.decrementAndGet();
    }
}
