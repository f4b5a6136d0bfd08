package io.pgweir.replay.report;

import io.pgweir.replay.Difference;
import io.pgweir.replay.Difference.Kind;
import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs: by kind, by statement, and some of each kind. */
final class DifferenceSection {
    private static final int EXAMPLES = 10;
    private static final int EXAMPLES_OF_STATEMENT = 3;

    private final Html page;
    private final Summary summary;
    private final @Nullable Baseline baseline;

    DifferenceSection(Html page, Report report) {
        this.page = page;
        summary = report.summary();
        baseline = report.baseline();
    }

    void write() {
        page.element("h2", "What differs");
        if (summary.kinds().isEmpty()) {
            page.element(
                    "p",
                    "Nothing: every statement failed or succeeded as it did, with the same tag and the same rows.");
            return;
        }
        page.table("kind", "#answers", "what it means");
        for (Kind kind : Kind.values()) {
            long count = summary.kinds().getOrDefault(kind, 0L);
            if (count > 0) {
                page.row(List.of(
                        Html.cell(Figures.word(kind)), Html.number(Figures.count(count)), Html.cell(meaning(kind))));
            }
        }
        page.endTable();
        byStatement();
        for (Kind kind : Kind.values()) {
            examples(kind);
        }
    }

    private static String meaning(Kind kind) {
        return switch (kind) {
            case MISSING -> "no answer where there was one: its session was lost, or did not get so far";
            case ADDED -> "an answer where there was none";
            case SQLSTATE -> "one failed, or they failed otherwise";
            case TAG -> "another command tag: another number of rows written, or another command";
            case ROWS -> "another number of rows";
            case RESULT -> "as many rows, others";
            case ORDER -> "the same rows in another order; not counted as a difference";
        };
    }

    private void byStatement() {
        List<Map.Entry<String, Group>> differ = summary.groups().entrySet().stream()
                .filter(each -> each.getValue().differing() > 0)
                .sorted(Comparator.comparingLong((Map.Entry<String, Group> each) ->
                                baseline == null ? 0 : -baseline.differing(each.getKey()))
                        .thenComparingLong(each -> -each.getValue().differing()))
                .toList();
        if (differ.isEmpty()) {
            return;
        }
        page.element("h3", "By statement")
                .table("statement", "#answers", "#differ", baseline == null ? "#" : "#beyond the baseline", "kinds");
        for (Map.Entry<String, Group> each : differ.subList(0, Math.min(ReportPage.STATEMENTS, differ.size()))) {
            Group group = each.getValue();
            page.row(List.of(
                    Html.statement(each.getKey(), group),
                    Html.number(Figures.count(group.answers())),
                    Html.number(Figures.count(group.differing())),
                    beyond(each.getKey()),
                    Html.cell(kinds(group))));
        }
        page.endTable().more(differ.size() - ReportPage.STATEMENTS, "statements");
    }

    private String beyond(String label) {
        if (baseline == null) {
            return Html.number("");
        }
        long beyond = baseline.differing(label);
        return beyond > 0
                ? "<td class=\"number worse\">" + Figures.count(beyond) + "</td>"
                : Html.number(Figures.count(beyond));
    }

    private static String kinds(Group group) {
        List<String> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            Long count = group.kinds().get(kind);
            if (count != null) {
                kinds.add(Figures.word(kind) + " " + Figures.count(count));
            }
        }
        return String.join(", ", kinds);
    }

    private void examples(Kind kind) {
        Map<String, Integer> ofStatement = new HashMap<>();
        List<Difference> examples = summary.differences().stream()
                .filter(each -> each.kind() == kind)
                .filter(each -> ofStatement.merge(each.label(), 1, Integer::sum) <= EXAMPLES_OF_STATEMENT)
                .limit(EXAMPLES)
                .toList();
        if (examples.isEmpty()) {
            return;
        }
        page.element("h3", "Examples: " + Figures.word(kind))
                .table("#session", "#request", "statement", "captured", "replayed");
        for (Difference each : examples) {
            Group group = summary.groups().get(each.label());
            page.row(List.of(
                    Html.number(Long.toString(each.session())),
                    Html.number(Long.toString(each.request())),
                    group == null ? Html.code(each.label()) : Html.statement(each.label(), group),
                    Html.cell(Figures.answer(each.captured())),
                    Html.cell(Figures.answer(each.replayed()))));
        }
        page.endTable();
    }
}
