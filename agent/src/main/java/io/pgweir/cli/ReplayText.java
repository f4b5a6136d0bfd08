package io.pgweir.cli;

import io.pgweir.replay.Difference;
import io.pgweir.replay.Results;
import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.report.Regressions;
import io.pgweir.replay.report.Report;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What came of a replay, for people. */
final class ReplayText {
    private static final int GROUPS = 10;
    private static final int DIFFERENCES = 20;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintWriter out;

    ReplayText(PrintWriter out) {
        this.out = out;
    }

    void print(Report report) {
        Summary summary = report.summary();
        out.printf(
                Locale.ROOT,
                "%,d sessions (%,d failed, %,d left out), %,d messages in %.1f s: %,.0f statements a second%n",
                summary.sessions(),
                summary.sessionsFailed(),
                report.sessionsSkipped(),
                summary.messages(),
                summary.nanos() / NANOS_PER_SECOND,
                summary.answers() / Math.max(1e-9, summary.nanos() / NANOS_PER_SECOND));
        out.printf(
                Locale.ROOT,
                "%,d answers compared, %,d differ%s%n",
                summary.answers(),
                summary.differing(),
                kinds(summary));
        if (report.baseline() != null) {
            out.printf(Locale.ROOT, "%,d differ beyond the baseline%n", report.differing());
        }
        if (summary.gaps() > 0) {
            out.printf(Locale.ROOT, "%,d messages are not in the capture%n", summary.gaps());
        }
        if (summary.notSent() > 0) {
            out.printf(Locale.ROOT, "%,d messages were not sent%n", summary.notSent());
        }
        out.printf(Locale.ROOT, "%n");
        out.printf(Locale.ROOT, "%-22s %10s %10s %10s %10s%n", "milliseconds", "p50", "p95", "p99", "max");
        times("captured", summary.captured());
        times("replayed", summary.replayed());
        if (report.run().isTimed()) {
            times("sent late (replayer)", summary.late());
            times("due late (target)", summary.behind());
        }
        groups(summary);
        differences(summary);
        for (String failure : summary.failures()) {
            out.printf(Locale.ROOT, "failed: %s%n", failure);
        }
        for (String why : report.partial()) {
            out.printf(Locale.ROOT, "partial: %s%n", why);
        }
        out.flush();
    }

    private static String kinds(Summary summary) {
        List<String> kinds = new ArrayList<>();
        for (Difference.Kind kind : Difference.Kind.values()) {
            Long count = summary.kinds().get(kind);
            if (count != null) {
                kinds.add(String.format(Locale.ROOT, "%s %,d", kind.name().toLowerCase(Locale.ROOT), count));
            }
        }
        return kinds.isEmpty() ? "" : ": " + String.join(", ", kinds);
    }

    private void times(String name, Histogram histogram) {
        out.printf(
                Locale.ROOT,
                "%-22s %10.3f %10.3f %10.3f %10.3f%n",
                name,
                histogram.getValueAtPercentile(50) / NANOS_PER_MILLI,
                histogram.getValueAtPercentile(95) / NANOS_PER_MILLI,
                histogram.getValueAtPercentile(99) / NANOS_PER_MILLI,
                histogram.getMaxValue() / NANOS_PER_MILLI);
    }

    /** Those that take longer than they did, most first, by all of their time. */
    private void groups(Summary summary) {
        List<Map.Entry<String, Results.Group>> slower =
                Regressions.of(summary).stream().limit(GROUPS).toList();
        if (slower.isEmpty()) {
            return;
        }
        out.printf(Locale.ROOT, "%n");
        out.printf(
                Locale.ROOT,
                "%-18s %10s %12s %12s %10s %10s%n",
                "slower",
                "answers",
                "p50 before",
                "p50 now",
                "p99 before",
                "p99 now");
        for (Map.Entry<String, Results.Group> each : slower) {
            Results.Group group = each.getValue();
            out.printf(
                    Locale.ROOT,
                    "%-18s %,10d %12.3f %12.3f %10.3f %10.3f%n",
                    each.getKey().isEmpty() ? "(no statement)" : each.getKey(),
                    group.answers(),
                    group.captured().getValueAtPercentile(50) / NANOS_PER_MILLI,
                    group.replayed().getValueAtPercentile(50) / NANOS_PER_MILLI,
                    group.captured().getValueAtPercentile(99) / NANOS_PER_MILLI,
                    group.replayed().getValueAtPercentile(99) / NANOS_PER_MILLI);
        }
    }

    private void differences(Summary summary) {
        List<Difference> told = summary.differences().stream()
                .filter(each -> each.kind() != Difference.Kind.ORDER)
                .limit(DIFFERENCES)
                .toList();
        if (told.isEmpty()) {
            return;
        }
        out.printf(Locale.ROOT, "%n");
        for (Difference each : told) {
            out.printf(
                    Locale.ROOT,
                    "%-8s session %d, request %d, statement %s: %s -> %s%n",
                    each.kind().name().toLowerCase(Locale.ROOT),
                    each.session(),
                    each.request(),
                    each.label().isEmpty() ? "-" : each.label(),
                    ReplayAnswer.text(each.captured()),
                    ReplayAnswer.text(each.replayed()));
        }
        if (summary.differing() > told.size()) {
            out.printf(Locale.ROOT, "... and %,d more%n", summary.differing() - told.size());
        }
    }
}
