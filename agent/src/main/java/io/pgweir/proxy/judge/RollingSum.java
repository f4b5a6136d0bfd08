package io.pgweir.proxy.judge;

import java.time.Duration;

/** Rows and bytes of the last while, in {@value #SLOTS} slots: what is told is at most one slot's time too old. Any thread. */
final class RollingSum implements Meters.Meter {
    private static final int SLOTS = 32;

    private final long slotNanos;
    private final long[] rows = new long[SLOTS];
    private final long[] bytes = new long[SLOTS];
    private final long originNanos;

    /** Number of the slot that is added to, since the beginning. */
    private long slot;

    private long rowsSum;
    private long bytesSum;

    RollingSum(Duration window, long now) {
        slotNanos = Math.max(1, window.toNanos() / (SLOTS - 1));
        originNanos = now;
    }

    synchronized void add(long moreRows, long moreBytes, long now) {
        forget(now);
        int at = (int) (slot % SLOTS);
        rows[at] += moreRows;
        bytes[at] += moreBytes;
        rowsSum += moreRows;
        bytesSum += moreBytes;
    }

    synchronized long rows(long now) {
        forget(now);
        return rowsSum;
    }

    synchronized long bytes(long now) {
        forget(now);
        return bytesSum;
    }

    @Override
    public synchronized boolean isIdle(long now) {
        forget(now);
        return rowsSum == 0 && bytesSum == 0;
    }

    private void forget(long now) {
        long current = Math.max(slot, (now - originNanos) / slotNanos);
        long gone = Math.min(SLOTS, current - slot);
        for (long i = 1; i <= gone; i++) {
            int at = (int) ((slot + i) % SLOTS);
            rowsSum -= rows[at];
            bytesSum -= bytes[at];
            rows[at] = 0;
            bytes[at] = 0;
        }
        slot = current;
    }
}
