package io.pgweir.replay;

import java.util.Arrays;

/**
 * How many there were in each stretch of time. There are no more than {@value #STRETCHES_MAX} stretches: when time goes beyond the last, two
 * become one. One thread.
 */
public final class Timeline {
    static final int STRETCHES_MAX = 600;

    /** All stretches are this, doubled so and so often: those of two lines fit into each other. */
    private static final long FIRST_NANOS = 1_000_000;

    private final long[] counts = new long[STRETCHES_MAX];
    private long stretchNanos = FIRST_NANOS;
    private int used;

    public Timeline() {}

    /** @throws IllegalArgumentException where no line has such stretches */
    public Timeline(long stretchNanos, long[] counts) {
        boolean doubled = stretchNanos >= FIRST_NANOS
                && stretchNanos % FIRST_NANOS == 0
                && Long.bitCount(stretchNanos / FIRST_NANOS) == 1;
        if (!doubled || counts.length > STRETCHES_MAX) {
            throw new IllegalArgumentException(counts.length + " stretches of " + stretchNanos
                    + " ns (expected: at most " + STRETCHES_MAX + " of " + FIRST_NANOS + " ns, doubled)");
        }
        this.stretchNanos = stretchNanos;
        used = counts.length;
        System.arraycopy(counts, 0, this.counts, 0, used);
    }

    /** @param nanos since the line begins; what was before counts as its first moment */
    void add(long nanos, long count) {
        long since = Math.max(0, nanos);
        while (since / stretchNanos >= STRETCHES_MAX) {
            fold();
        }
        int at = (int) (since / stretchNanos);
        counts[at] += count;
        used = Math.max(used, at + 1);
    }

    private void fold() {
        for (int i = 0; i < STRETCHES_MAX / 2; i++) {
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        }
        Arrays.fill(counts, STRETCHES_MAX / 2, STRETCHES_MAX, 0);
        stretchNanos *= 2;
        used = (used + 1) / 2;
    }

    /** All of a line that begins at the same moment. */
    void add(Timeline other) {
        while (stretchNanos < other.stretchNanos) {
            fold();
        }
        for (int i = 0; i < other.used; i++) {
            add(i * other.stretchNanos, other.counts[i]);
        }
    }

    public long stretchNanos() {
        return stretchNanos;
    }

    /** Of each stretch, up to the last that has any. */
    public long[] counts() {
        return Arrays.copyOf(counts, used);
    }

    Timeline copy() {
        return new Timeline(stretchNanos, counts());
    }
}
