package io.pgweir.telemetry;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often something took how long. Recording allocates nothing and waits for nobody. Any thread.
 *
 * <pre>
 *   1 µs  2.5  5  10 .. 500  |  1 ms  2.5  5 .. 500  |  1 s  2.5  5  10  30  60  |  longer
 * </pre>
 */
public final class Histogram {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    /** Upper bounds in nanoseconds, inclusive; what is longer than the last has a place of its own. */
    private static final long[] BOUNDS = {
        MICRO, 2_500, 5 * MICRO, 10 * MICRO, 25 * MICRO, 50 * MICRO, 100 * MICRO, 250 * MICRO, 500 * MICRO,
        MILLI, 2_500_000, 5 * MILLI, 10 * MILLI, 25 * MILLI, 50 * MILLI, 100 * MILLI, 250 * MILLI, 500 * MILLI,
        SECOND, 2_500_000_000L, 5 * SECOND, 10 * SECOND, 30 * SECOND, 60 * SECOND
    };

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder sumNanos = new LongAdder();

    public Histogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** What lies before now counts as no time at all: clocks of two cores may differ. */
    public void record(long nanos) {
        int i = 0;
        while (i < BOUNDS.length && nanos > BOUNDS[i]) {
            i++;
        }
        counts[i].increment();
        sumNanos.add(Math.max(0, nanos));
    }

    /** Upper bounds in nanoseconds, inclusive. */
    public static long[] bounds() {
        return BOUNDS.clone();
    }

    /** At this moment; what is being recorded meanwhile is in it or not. */
    public Counts counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return new Counts(now, sumNanos.sum());
    }

    /**
     * What was recorded until one moment.
     *
     * @param each one more than there are {@link #bounds}: the last is of what is longer than all of them
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one reader
    public record Counts(long[] each, long sumNanos) {
        public static final Counts NONE = new Counts(new long[BOUNDS.length + 1], 0);

        public long total() {
            long total = 0;
            for (long one : each) {
                total += one;
            }
            return total;
        }

        /** Both. */
        public Counts plus(Counts other) {
            return combined(other, 1);
        }

        /** What was recorded since {@code earlier}. */
        public Counts minus(Counts earlier) {
            return combined(earlier, -1);
        }

        private Counts combined(Counts other, int sign) {
            long[] all = each.clone();
            for (int i = 0; i < all.length; i++) {
                all[i] += sign * other.each[i];
            }
            return new Counts(all, sumNanos + sign * other.sumNanos);
        }

        /**
         * What {@code share} of all took no longer than, in nanoseconds: between two bounds in a straight line, as Prometheus
         * does; 0 where nothing was recorded, the last bound for all that is longer.
         */
        public double quantileNanos(double share) {
            double rank = share * total();
            long below = 0;
            for (int i = 0; i < BOUNDS.length; i++) {
                if (each[i] > 0 && below + each[i] >= rank) {
                    long from = i == 0 ? 0 : BOUNDS[i - 1];
                    return from + (BOUNDS[i] - from) * ((rank - below) / each[i]);
                }
                below += each[i];
            }
            return total() == 0 ? 0 : BOUNDS[BOUNDS.length - 1];
        }
    }
}
