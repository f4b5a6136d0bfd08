package io.pgweir.replay.report;

import io.pgweir.replay.Timeline;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** What is drawn of times: how answers are spread, their percentiles, and how many came when. Time goes by powers of ten. */
final class Plots {
    private static final int STEPS_A_DECADE = 12;
    private static final double[] PERCENTILES = {0, 50, 90, 99, 99.9, 99.99};
    private static final int CURVE_POINTS = 200;
    private static final int RATE_STEPS = 120;
    private static final int TICKS = 5;

    static final String BEFORE = "before";
    static final String NOW = "now";

    private Plots() {}

    /** Powers of ten that hold all values of some histograms. */
    private record Decades(int from, int to) {
        static Decades of(Histogram... histograms) {
            long least = Long.MAX_VALUE;
            long most = 1;
            for (Histogram each : histograms) {
                if (each.getTotalCount() > 0) {
                    least = Math.min(least, Math.max(1_000, each.getMinValue()));
                    most = Math.max(most, each.getMaxValue());
                }
            }
            int from = (int) Math.floor(Math.log10((double) Math.min(least, most)));
            return new Decades(from, Math.max(from + 1, (int) Math.ceil(Math.log10((double) most))));
        }

        double share(long nanos) {
            return (Math.log10((double) Math.max(1, nanos)) - from) / (to - from);
        }
    }

    /** How many answers took how long. */
    static String spread(Histogram before, Histogram now) {
        Decades decades = Decades.of(before, now);
        int steps = (decades.to - decades.from) * STEPS_A_DECADE;
        double[] beforeShares = shares(before, decades, steps);
        double[] nowShares = shares(now, decades, steps);
        double top = Math.max(1e-9, Math.max(max(beforeShares), max(nowShares)));
        Plot plot = new Plot("How long answers took: captured and replayed");
        for (int power = decades.from; power <= decades.to; power++) {
            plot.xTick(decades.share((long) Math.pow(10, power)), Figures.roundTime(Math.pow(10, power)));
        }
        for (double each : ticks(100 * top)) {
            plot.yTick(each / (100 * top), Figures.round(each) + " %");
        }
        double[] edges = new double[2 * steps];
        for (int i = 0; i < steps; i++) {
            edges[2 * i] = (double) i / steps;
            edges[2 * i + 1] = (double) (i + 1) / steps;
        }
        plot.area(BEFORE, edges, stairs(beforeShares, top)).area(NOW, edges, stairs(nowShares, top));
        plot.line(BEFORE, edges, stairs(beforeShares, top)).line(NOW, edges, stairs(nowShares, top));
        plot.mark(BEFORE, decades.share(before.getValueAtPercentile(50)));
        plot.mark(NOW, decades.share(now.getValueAtPercentile(50)));
        return plot.xName("from request to last byte of the answer; dashed: p50")
                .svg();
    }

    /** Which share of the values is in each step; what is shorter than all steps is in the first. */
    private static double[] shares(Histogram histogram, Decades decades, int steps) {
        double[] shares = new double[steps];
        long total = Math.max(1, histogram.getTotalCount());
        histogram.recordedValues().forEach(value -> {
            int at = (int) (decades.share(value.getValueIteratedTo()) * steps);
            shares[Math.clamp(at, 0, steps - 1)] += (double) value.getCountAddedInThisIterationStep() / total;
        });
        return shares;
    }

    private static double[] stairs(double[] values, double top) {
        double[] stairs = new double[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            stairs[2 * i] = values[i] / top;
            stairs[2 * i + 1] = stairs[2 * i];
        }
        return stairs;
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElse(0);
    }

    /** How long the slowest of so many took. */
    static String percentiles(String title, Histogram before, Histogram now) {
        Decades decades = Decades.of(before, now);
        Plot plot = new Plot(title);
        double last = rank(PERCENTILES[PERCENTILES.length - 1]);
        for (double each : PERCENTILES) {
            plot.xTick(rank(each) / last, "p" + Figures.round(each));
        }
        for (int power = decades.from; power <= decades.to; power++) {
            plot.yTick(decades.share((long) Math.pow(10, power)), Figures.roundTime(Math.pow(10, power)));
        }
        return plot.line(BEFORE, curveXs(), curve(before, decades, last))
                .line(NOW, curveXs(), curve(now, decades, last))
                .xName("percentile")
                .svg();
    }

    /** 90 is 1, 99 is 2, 99.9 is 3. */
    private static double rank(double percentile) {
        return -Math.log10(1 - percentile / 100);
    }

    private static double[] curveXs() {
        double[] xs = new double[CURVE_POINTS + 1];
        Arrays.setAll(xs, i -> (double) i / CURVE_POINTS);
        return xs;
    }

    private static double[] curve(Histogram histogram, Decades decades, double last) {
        double[] ys = curveXs();
        Arrays.setAll(ys, i -> {
            double percentile = 100 * (1 - Math.pow(10, -(double) i / CURVE_POINTS * last));
            return decades.share(histogram.getValueAtPercentile(percentile));
        });
        return ys;
    }

    /**
     * Answers a second.
     *
     * @param speed how much faster the first line goes than it did
     */
    static String rates(Timeline before, Timeline now, double speed) {
        double seconds = Math.max(1e-3, Math.max(seconds(before) / speed, seconds(now)));
        Rates[] lines = {rates(before, speed, seconds), rates(now, 1, seconds)};
        double top = Math.max(1, Math.max(max(lines[0].perSecond), max(lines[1].perSecond)));
        Plot plot = new Plot("Statements a second");
        for (double each : ticks(seconds)) {
            plot.xTick(each / seconds, each == 0 ? "0" : Figures.roundTime(each * 1e9));
        }
        for (double each : ticks(top)) {
            plot.yTick(each / top, Figures.round(each));
        }
        return plot.line(BEFORE, lines[0].xs, lines[0].ys(top))
                .line(NOW, lines[1].xs, lines[1].ys(top))
                .xName("since the beginning of the replay")
                .svg();
    }

    private static double seconds(Timeline line) {
        return line.counts().length * line.stretchNanos() / 1e9;
    }

    private record Rates(double[] xs, double[] perSecond) {
        double[] ys(double top) {
            return Arrays.stream(perSecond).map(each -> each / top).toArray();
        }
    }

    /** In as many steps as can be told apart. */
    private static Rates rates(Timeline line, double speed, double seconds) {
        long[] counts = line.counts();
        double stretch = line.stretchNanos() / 1e9 / speed;
        int together = Math.max(1, (int) Math.round(seconds / RATE_STEPS / stretch));
        int points = Math.ceilDiv(counts.length, together);
        double[] xs = new double[2 * points];
        double[] perSecond = new double[2 * points];
        for (int i = 0; i < points; i++) {
            int first = i * together;
            int end = Math.min(counts.length, first + together);
            long sum = 0;
            for (int j = first; j < end; j++) {
                sum += counts[j];
            }
            xs[2 * i] = first * stretch / seconds;
            xs[2 * i + 1] = end * stretch / seconds;
            // The last step may be short: of a few answers in a millisecond nobody can say how many a second they are.
            perSecond[2 * i] = sum / (stretch * together);
            perSecond[2 * i + 1] = perSecond[2 * i];
        }
        return new Rates(xs, perSecond);
    }

    /** From 0 in steps of 1, 2 or 5 times a power of ten. */
    private static double[] ticks(double top) {
        double raw = top / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
        double[] ticks = new double[(int) Math.floor(top / step) + 1];
        Arrays.setAll(ticks, i -> i * step);
        return ticks;
    }
}
