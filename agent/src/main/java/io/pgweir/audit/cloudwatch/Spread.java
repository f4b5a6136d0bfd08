package io.pgweir.audit.cloudwatch;

import io.pgweir.telemetry.Histogram;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A histogram as CloudWatch takes one: values, how often each, and what they add up to. From it CloudWatch makes every percentile, also
 * over many hosts and periods.
 *
 * <p>Of a bucket only the bounds are known. Each stands for one value inside it, all of them equally far between their bounds: so far
 * that the values add up to the true sum.
 *
 * <pre>
 *   0        1 µs        2.5 µs           5 µs
 *   |---x----|-----x-----|--------x-------|        counts 7, 2, 1 and sum: one place of x
 * </pre>
 */
final class Spread {
    /** Where there is no upper bound, the others take their middle and the rest is for it. */
    private static final double MIDDLE = 0.5;

    private Spread() {}

    /** @param counts of at least one */
    static Map<String, @Nullable Object> of(Histogram.Counts counts) {
        long[] each = counts.each();
        long[] bounds = Histogram.bounds();
        long open = each[bounds.length];
        double spare = Math.max(0, counts.sumNanos() - floorNanos(each, bounds));
        double room = roomNanos(each, bounds);
        double place = room == 0 ? 0 : Math.min(open == 0 ? 1 : MIDDLE, spare / room);

        List<Object> values = new ArrayList<>();
        List<Object> often = new ArrayList<>();
        for (int i = 0; i < each.length; i++) {
            if (each[i] > 0) {
                double above =
                        i < bounds.length ? place * (bounds[i] - lower(bounds, i)) : (spare - place * room) / open;
                values.add(seconds(lower(bounds, i) + Math.round(above)));
                often.add(each[i]);
            }
        }
        Map<String, @Nullable Object> spread = new LinkedHashMap<>();
        spread.put("Values", values);
        spread.put("Counts", often);
        spread.put("Min", values.getFirst());
        spread.put("Max", values.getLast());
        spread.put("Count", counts.total());
        spread.put("Sum", seconds(counts.sumNanos()));
        return spread;
    }

    /** What all take at least. */
    private static double floorNanos(long[] each, long[] bounds) {
        double floor = 0;
        for (int i = 0; i < each.length; i++) {
            floor += (double) each[i] * lower(bounds, i);
        }
        return floor;
    }

    /** What those with an upper bound may take beyond that. */
    private static double roomNanos(long[] each, long[] bounds) {
        double room = 0;
        for (int i = 0; i < bounds.length; i++) {
            room += (double) each[i] * (bounds[i] - lower(bounds, i));
        }
        return room;
    }

    private static long lower(long[] bounds, int i) {
        return i == 0 ? 0 : bounds[i - 1];
    }

    /** Exact, and as short as it goes. */
    static BigDecimal seconds(long nanos) {
        BigDecimal seconds = BigDecimal.valueOf(nanos, 9).stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }
}
