package io.pgweir.audit;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * UUIDs of version 7 (RFC 9562), each greater than the one before: 48 bits of milliseconds, then 12 bits that count on where
 * the clock stands still (section 6.2, method 1), then 62 random bits. Any thread.
 *
 * <pre>
 * high  milliseconds (48) | 7 (4) | count (12)
 * low   2 (2) | random (62)
 * </pre>
 */
final class Uuids {
    private static final int COUNT_BITS = 12;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    private final TimeSource time;

    /** Milliseconds and count of the newest, side by side: a full count runs into the next millisecond. */
    private final AtomicLong newest = new AtomicLong();

    Uuids(TimeSource time) {
        this.time = time;
    }

    UUID next() {
        return new UUID(nextHigh(), nextLow());
    }

    /** The upper half of the next UUID: its order. */
    long nextHigh() {
        long now = (time.wallMicros() / 1000) << COUNT_BITS;
        long last;
        long next;
        do {
            last = newest.get();
            next = Math.max(now, last + 1);
        } while (!newest.compareAndSet(last, next));
        return ((next & ~COUNT_MASK) << 4) | 0x7000L | (next & COUNT_MASK);
    }

    /** A lower half: 62 bits of chance. Ids are names, not secrets. */
    static long nextLow() {
        return (ThreadLocalRandom.current().nextLong() >>> 2) | Long.MIN_VALUE;
    }
}
