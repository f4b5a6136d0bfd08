package io.pgweir.replay.report;

import io.pgweir.replay.Difference.Kind;
import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What another replay of the same capture, on a server of the same version as the captured one, shows of a statement: that is noise. docs/capture.md
 * says how noise is told from difference.
 */
public final class Baseline {
    /** Standard deviations of a count (a Poisson's: its root) that are noise. */
    private static final double DEVIATIONS = 3;

    /** How many times slower than in the baseline is still as fast. */
    private static final double P50_NOISE = 1.1;

    private static final double P99_NOISE = 1.25;

    /** Fewer answers than these say nothing of a percentile. */
    private static final long P50_ANSWERS_MIN = 30;

    private static final long P99_ANSWERS_MIN = 300;

    private final Report.Run run;
    private final Map<String, Group> before;
    private final Map<String, Long> beyond = new LinkedHashMap<>();

    private Baseline(Report of) {
        run = of.run();
        before = of.summary().groups();
    }

    static Baseline of(Report baseline, Summary now) {
        Baseline made = new Baseline(baseline);
        now.groups().forEach((label, group) -> made.beyond.put(label, beyond(made.before.get(label), group)));
        return made;
    }

    private static long beyond(@Nullable Group before, Group now) {
        long beyond = 0;
        for (Map.Entry<Kind, Long> each : now.kinds().entrySet()) {
            if (each.getKey() != Kind.ORDER) {
                beyond += Math.max(0, (long) Math.ceil(each.getValue() - noise(before, each.getKey(), now)));
            }
        }
        return beyond;
    }

    /** How many would differ so if nothing were different, at most. */
    private static double noise(@Nullable Group before, Kind kind, Group now) {
        if (before == null) {
            return 0;
        }
        double then = before.kinds().getOrDefault(kind, 0L);
        double expected = then * Math.max(1, now.answers()) / Math.max(1, before.answers());
        return expected + DEVIATIONS * Math.sqrt(expected);
    }

    public Report.Run run() {
        return run;
    }

    /** How many answers differ that do not in the baseline. */
    public long differing() {
        return beyond.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Of a statement. */
    public long differing(String label) {
        return beyond.getOrDefault(label, 0L);
    }

    /** Whether it is slower than in the baseline, by more than noise. */
    public boolean isSlower(String label, Group now) {
        Group then = before.get(label);
        return then != null
                && (isSlower(then, now, 50, P50_NOISE, P50_ANSWERS_MIN)
                        || isSlower(then, now, 99, P99_NOISE, P99_ANSWERS_MIN));
    }

    private static boolean isSlower(Group then, Group now, double percentile, double noise, long answersMin) {
        Histogram was = then.replayed();
        Histogram is = now.replayed();
        return Math.min(was.getTotalCount(), is.getTotalCount()) >= answersMin
                && is.getValueAtPercentile(percentile) > noise * was.getValueAtPercentile(percentile);
    }

    /** Null where the baseline has no such statement. */
    @Nullable
    Histogram replayed(String label) {
        Group group = before.get(label);
        return group == null ? null : group.replayed();
    }
}
