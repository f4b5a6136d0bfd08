package io.pgweir.cli;

import io.pgweir.rules.Action;
import io.pgweir.rules.Explanation;
import io.pgweir.rules.Explanation.Answer;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Rule;
import io.pgweir.rules.Truth;
import io.pgweir.rules.Verdict;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.CopyFacts;
import io.pgweir.sql.facts.StatementFacts;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The lines of {@code rules explain}. */
final class ExplainText {
    private final PrintWriter out;
    private final Colours colours;

    ExplainText(PrintWriter out, Colours colours) {
        this.out = out;
        this.colours = colours;
    }

    void statement(int index, int count, SqlStatement statement, StatementFacts facts) {
        out.println("statement " + (index + 1) + " of " + count + ": " + statement.redacted());
        fact("command", String.join(", ", facts.commands()) + " (" + facts.statementClass() + ")");
        fact("fingerprint", facts.fingerprint());
        names("reads", facts.reads());
        names("writes", facts.writes());
        names("columns", facts.columns());
        names("functions", facts.functions());
        names("roles", facts.roles());
        fact("setting", facts.setting());
        CopyFacts copy = facts.copy();
        fact("copy", copy == null ? null : lower(copy.direction()) + " " + lower(copy.target()));
        fact("flags", flags(facts));
        fact("incomplete", facts.incompleteReason());
        fact("ambiguous", facts.ambiguousReason());
    }

    private static @Nullable String flags(StatementFacts facts) {
        List<String> flags = new ArrayList<>();
        add(flags, "has-where", facts.hasWhere());
        add(flags, "where-is-trivial", facts.whereIsTrivial());
        add(flags, "selects-all", facts.selectsAll());
        add(flags, "locks-rows", facts.locksRows());
        add(flags, "writes-in-cte", facts.writesInCte());
        add(flags, "select-into", facts.selectInto());
        add(flags, "explain", facts.explain());
        add(flags, "explain-analyze", facts.explainAnalyze());
        Long limit = facts.limit();
        add(flags, "limit " + limit, limit != null);
        return flags.isEmpty() ? null : String.join(", ", flags);
    }

    private static void add(List<String> flags, String word, boolean is) {
        if (is) {
            flags.add(word);
        }
    }

    private void names(String key, Collection<?> names) {
        fact(
                key,
                names.isEmpty()
                        ? null
                        : names.stream().map(String::valueOf).sorted().collect(Collectors.joining(", ")));
    }

    private void fact(String key, @Nullable String value) {
        if (value != null) {
            out.println("  " + padded(key, 12) + value);
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    void moment(Moment moment, List<Explanation> explanations) {
        if (explanations.isEmpty()) {
            return;
        }
        out.println("at " + moment.word());
        for (Explanation explanation : explanations) {
            Rule rule = explanation.rule();
            String truth = explanation.truth() == Truth.YES
                    ? colours.red("match  ")
                    : explanation.truth() == Truth.UNKNOWN ? colours.yellow("unknown") : colours.green("no     ");
            out.println(
                    "  " + truth + "  " + rule.id() + " (" + lower(rule.mode()) + ", " + lower(rule.severity()) + "): "
                            + rule.actions().stream()
                                    .map(action -> action.kind().word())
                                    .collect(Collectors.joining(", ")));
            for (Answer answer : explanation.answers()) {
                out.println("             " + padded(lower(answer.truth()), 9) + answer.key() + ": " + answer.found());
            }
        }
    }

    void verdict(Verdict verdict) {
        Action strongest = verdict.strongest();
        String said = strongest == null ? "pass" : strongest.kind().word() + " by " + verdict.ruleOf(strongest);
        out.println("verdict: " + (strongest == null ? colours.green(said) : colours.red(said)));
        for (Hit hit : verdict.hits()) {
            boolean would = hit.mode() == Mode.SHADOW && !hit.actions().isEmpty();
            String exemption = hit.exemption();
            out.println("  " + hit.rule() + ": " + lower(hit.mode()) + (hit.unknown() ? ", unknown" : "")
                    + (exemption == null ? "" : ", exempt: " + exemption)
                    + (would ? ", would " + hit.actions().getFirst().kind().word() : ""));
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
