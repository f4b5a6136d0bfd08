package io.pgweir.replay.report;

import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A report as one page: all that it shows is in it, it asks for nothing and runs nothing. Light or dark as its reader's screen is, and
 * for paper.
 */
public final class ReportPage {
    static final int STATEMENTS = 25;

    /** What a message may be late and still be called punctual. */
    private static final long PUNCTUAL_NANOS = 5_000_000;

    private final Report report;
    private final Summary summary;
    private final Html page = new Html();

    private ReportPage(Report report) {
        this.report = report;
        summary = report.summary();
    }

    public static String of(Report report) {
        ReportPage made = new ReportPage(report);
        made.head();
        made.verdict();
        made.cards();
        new DifferenceSection(made.page, report).write();
        made.latency();
        made.slower();
        made.errors();
        made.throughput();
        made.punctuality();
        made.incomplete();
        return made.page.markup("</main></body></html>\n").toString();
    }

    private void head() {
        page.markup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                        + " 'unsafe-inline'\">\n")
                .element("title", "Replay on " + report.run().target())
                .markup("<style>\n" + style() + "</style></head><body><main>\n")
                .element("h1", "Replay on " + report.run().target());
        Report.Run run = report.run();
        page.element(
                "p",
                "quiet",
                "Capture " + (run.capture() == null ? "unknown" : run.capture())
                        + (run.captured() == null ? "" : " of " + minute(run.captured())) + ", run again "
                        + minute(run.started()) + " " + pace(run) + "; pgweir " + run.pgweir());
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new IllegalStateException("report.css cannot be read", fault);
        }
    }

    private static String minute(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", " UTC");
    }

    private static String pace(Report.Run run) {
        if (!run.isTimed()) {
            return "as fast as answers came";
        }
        return run.speed() == 1 ? "at its own speed" : "at " + run.speed() + " times its speed";
    }

    private void verdict() {
        boolean same = report.differing() == 0 && summary.sessionsFailed() == 0;
        String style = !same ? "bad" : report.partial().isEmpty() ? "good" : "partial";
        page.markup("<div class=\"verdict " + style + "\">\n").element("p", headline(same));
        page.element("p", verdictOfTimes());
        Baseline baseline = report.baseline();
        if (baseline != null) {
            page.element(
                    "p",
                    "Baseline: the replay on " + baseline.run().target() + " of "
                            + minute(baseline.run().started()));
        }
        report.partial().forEach(why -> page.element("p", "Partial: " + why));
        page.markup("</div>\n");
    }

    private String headline(boolean same) {
        String answers = Figures.count(summary.answers()) + " answers";
        if (summary.answers() == 0) {
            return "Nothing was compared";
        }
        if (summary.differing() > 0 && report.baseline() != null) {
            return Figures.count(summary.differing()) + " of " + answers + " differ, "
                    + (report.differing() == 0 ? "none" : Figures.count(report.differing())) + " beyond the baseline";
        }
        if (same) {
            return answers + ", none differs";
        }
        if (summary.differing() == 0) {
            return answers + ", none differs; " + Figures.count(summary.sessionsFailed()) + " of "
                    + Figures.count(summary.sessions()) + " sessions failed";
        }
        return Figures.count(summary.differing()) + " of " + answers + " differ ("
                + Figures.percent(summary.differing(), summary.answers()) + ")";
    }

    private String verdictOfTimes() {
        long before = summary.captured().getValueAtPercentile(50);
        long now = summary.replayed().getValueAtPercentile(50);
        long before99 = summary.captured().getValueAtPercentile(99);
        long now99 = summary.replayed().getValueAtPercentile(99);
        return "p50 " + Figures.time(before) + " → " + Figures.time(now) + " (" + Figures.ratio(before, now) + "), p99 "
                + Figures.time(before99) + " → " + Figures.time(now99) + " (" + Figures.ratio(before99, now99) + ")";
    }

    private void cards() {
        double seconds = Math.max(1e-9, summary.nanos() / 1e9);
        page.markup("<div class=\"cards\">\n");
        card(Figures.count(summary.sessions()), "sessions");
        card(Figures.count(summary.messages()), "messages sent");
        card(Figures.time(summary.nanos()), "took");
        card(Figures.count(Math.round(summary.answers() / seconds)), "answers a second");
        card(Figures.count(summary.differing()), "differ");
        card(Figures.count(summary.sessionsFailed()), "sessions failed");
        page.markup("</div>\n");
    }

    private void card(String figure, String what) {
        page.markup("<div class=\"card\">")
                .element("b", figure)
                .element("span", what)
                .markup("</div>\n");
    }

    private void key() {
        page.markup("<p class=\"key\"><span class=\"before\"><i></i>captured</span>"
                + "<span class=\"now\"><i></i>replayed</span></p>\n");
    }

    private void latency() {
        page.element("h2", "How long answers took");
        if (summary.answers() == 0) {
            page.element("p", "No answer was compared.");
            return;
        }
        key();
        page.markup(Plots.spread(summary.captured(), summary.replayed()))
                .markup(Plots.percentiles("Percentiles: captured and replayed", summary.captured(), summary.replayed()))
                .table("", "#p50", "#p95", "#p99", "#p99.9", "#max");
        times("captured", summary.captured());
        times("replayed", summary.replayed());
        page.endTable();
    }

    private void times(String name, Histogram times) {
        page.row(List.of(
                Html.cell(name),
                Html.number(Figures.time(times.getValueAtPercentile(50))),
                Html.number(Figures.time(times.getValueAtPercentile(95))),
                Html.number(Figures.time(times.getValueAtPercentile(99))),
                Html.number(Figures.time(times.getValueAtPercentile(99.9))),
                Html.number(Figures.time(times.getMaxValue()))));
    }

    private void slower() {
        List<Map.Entry<String, Group>> slower = Regressions.of(summary);
        page.element("h2", "Slower statements");
        if (slower.isEmpty()) {
            page.element("p", "None takes longer than it did.");
            return;
        }
        page.element("p", "quiet", "Those first that cost most time more than they did, all of their answers together.")
                .table(
                        "statement",
                        "#answers",
                        "#p50 before",
                        "#now",
                        "#",
                        "#p99 before",
                        "#now",
                        "#",
                        "#more in all",
                        report.baseline() == null ? "" : "beyond the baseline");
        for (Map.Entry<String, Group> each : slower.subList(0, Math.min(STATEMENTS, slower.size()))) {
            Group group = each.getValue();
            List<String> cells = new ArrayList<>();
            cells.add(Html.statement(each.getKey(), group));
            cells.add(Html.number(Figures.count(group.answers())));
            beforeAndNow(group, 50, cells);
            beforeAndNow(group, 99, cells);
            cells.add(Html.number(Figures.time(Regressions.moreNanos(group))));
            cells.add(beyond(each.getKey(), group));
            page.row(cells);
        }
        page.endTable().more(slower.size() - STATEMENTS, "statements");
    }

    private String beyond(String label, Group group) {
        Baseline baseline = report.baseline();
        Histogram there = baseline == null ? null : baseline.replayed(label);
        if (baseline == null || there == null) {
            return Html.cell("");
        }
        String times =
                Figures.time(there.getValueAtPercentile(50)) + ", " + Figures.time(there.getValueAtPercentile(99));
        return baseline.isSlower(label, group)
                ? "<td class=\"worse\">slower; there " + Html.escaped(times) + "</td>"
                : Html.cell("as there: " + times);
    }

    private static void beforeAndNow(Group group, double percentile, List<String> cells) {
        long before = group.captured().getValueAtPercentile(percentile);
        long now = group.replayed().getValueAtPercentile(percentile);
        cells.add(Html.number(Figures.time(before)));
        cells.add(Html.number(Figures.time(now)));
        cells.add(Html.number(Figures.ratio(before, now)));
    }

    private void errors() {
        page.element("h2", "Errors");
        if (summary.errors().isEmpty()) {
            page.element("p", "No statement failed, then or now.");
            return;
        }
        page.table("SQLSTATE", "#captured", "#replayed");
        summary.errors()
                .forEach((state, errors) -> page.row(List.of(
                        Html.code(state),
                        Html.number(Figures.count(errors.captured())),
                        errors.replayed() > errors.captured()
                                ? "<td class=\"number worse\">" + Figures.count(errors.replayed()) + "</td>"
                                : Html.number(Figures.count(errors.replayed())))));
        page.endTable();
    }

    private void throughput() {
        page.element("h2", "Statements a second");
        if (summary.answers() == 0) {
            page.element("p", "No answer was compared.");
            return;
        }
        double speed = report.run().isTimed() ? report.run().speed() : 1;
        if (!report.run().isTimed()) {
            page.element("p", "quiet", "Replayed as fast as answers came: the two have times of their own.");
        } else if (speed != 1) {
            page.element("p", "quiet", "What was captured is drawn at the speed at which it was replayed.");
        }
        key();
        page.markup(Plots.rates(summary.capturedTimes(), summary.replayedTimes(), speed));
    }

    private void punctuality() {
        page.element("h2", "Who was slow: the target, or the replay");
        if (!report.run().isTimed()) {
            page.element(
                    "p",
                    "Nothing had its time: each message was sent as soon as the answers were there that it waited for.");
            return;
        }
        page.element("p", replayer()).element("p", target());
        page.table("", "#p50", "#p95", "#p99", "#p99.9", "#max");
        times("sent later than due: the replay's doing", summary.late());
        times("due later than captured: the target's doing, whose answers came later", summary.behind());
        page.endTable();
    }

    private String replayer() {
        long late = summary.late().getValueAtPercentile(99);
        return late <= PUNCTUAL_NANOS
                ? "The replay kept time: 99 of 100 messages were sent within " + Figures.time(late)
                        + " of when they were due."
                : "The replay did not keep time: one message in a hundred was sent " + Figures.time(late)
                        + " or more after it was due. Times of the target measured so are those of another load: replay more slowly,"
                        + " on a larger machine, or on several.";
    }

    private String target() {
        long behind = summary.behind().getValueAtPercentile(99);
        return behind <= PUNCTUAL_NANOS
                ? "The target kept up: its answers put off 99 of 100 messages by no more than " + Figures.time(behind)
                        + "."
                : "The target fell behind: its answers came so much later that one message in a hundred was put off by "
                        + Figures.time(behind) + " or more.";
    }

    private void incomplete() {
        page.element("h2", "What was not run");
        page.table("", "#");
        row("sessions left out: not selected, or replication", report.sessionsSkipped());
        row("sessions that failed", summary.sessionsFailed());
        row("sessions that were under way when the replay was ended", summary.sessionsStopped());
        row("messages of sessions that failed, not sent", summary.notSent());
        row("messages that the capture does not have", summary.gaps());
        page.endTable();
        if (!summary.failures().isEmpty()) {
            page.element("h3", "Sessions that failed").markup("<ul>\n");
            summary.failures().forEach(each -> page.element("li", each));
            page.markup("</ul>\n");
        }
    }

    private void row(String what, long count) {
        page.row(List.of(Html.cell(what), Html.number(Figures.count(count))));
    }
}
