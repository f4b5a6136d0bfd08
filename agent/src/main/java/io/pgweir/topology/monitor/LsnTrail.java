package io.pgweir.topology.monitor;

import java.util.Arrays;

/**
 * Where a leader's WAL ended, and when: turns the position of a standby into a time without asking any transaction, so a
 * leader that writes nothing makes nobody look late.
 *
 * <p>Bounded: when full, every second sample goes, which can only make an answer larger. Thread: the monitor's.
 */
final class LsnTrail {
    static final int SAMPLES_MAX = 1024;

    private final long[] lsns = new long[SAMPLES_MAX];

    /** The last time at which the WAL ended there. */
    private final long[] nanos = new long[SAMPLES_MAX];

    private int size;

    void record(long lsn, long nowNanos) {
        if (size > 0 && lsn < lsns[size - 1]) {
            clear();
        }
        if (size > 0 && lsn == lsns[size - 1]) {
            nanos[size - 1] = nowNanos;
            return;
        }
        if (size == SAMPLES_MAX) {
            thin();
        }
        lsns[size] = lsn;
        nanos[size] = nowNanos;
        size++;
    }

    void clear() {
        size = 0;
    }

    /** Where the WAL ended when somebody last looked; -1 where nobody did. */
    long last() {
        return size == 0 ? -1 : lsns[size - 1];
    }

    /** Since {@link #last} was true. */
    long lastAgeNanos(long nowNanos) {
        return size == 0 ? Long.MAX_VALUE : nowNanos - nanos[size - 1];
    }

    /** No more than this long ago {@code lsn} was the end of the WAL, or before it; -1 where that is not known. */
    long ageNanos(long lsn, long nowNanos) {
        int found = Arrays.binarySearch(lsns, 0, size, lsn);
        int atOrBelow = found >= 0 ? found : -found - 2;
        return atOrBelow < 0 ? -1 : nowNanos - nanos[atOrBelow];
    }

    private void thin() {
        for (int i = 0; i < SAMPLES_MAX / 2; i++) {
            lsns[i] = lsns[2 * i];
            nanos[i] = nanos[2 * i];
        }
        size = SAMPLES_MAX / 2;
    }
}
