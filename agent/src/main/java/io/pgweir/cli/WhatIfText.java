package io.pgweir.cli;

import io.pgweir.offline.whatif.Effect;
import io.pgweir.offline.whatif.Report;
import io.pgweir.offline.whatif.Unjudged;
import io.pgweir.rules.ActionKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What rules would have done, for people: the most frequent of it. */
final class WhatIfText {
    private static final int LINES_MAX = 50;
    private static final int TEXT_CHARS_MAX = 80;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintWriter out;

    WhatIfText(PrintWriter out) {
        this.out = out;
    }

    /** @param compared whether with other rules, and not with none */
    void print(Report report, boolean compared) {
        out.printf(
                Locale.ROOT,
                "%,d sessions, %,d statements: %,d would have gone otherwise than with %s%n",
                report.sessions(),
                report.statements(),
                report.changed(),
                compared ? "the other rules" : "no rules");
        for (Unjudged why : Unjudged.values()) {
            long count = report.unjudged().getOrDefault(why, 0L);
            if (count > 0) {
                out.printf(Locale.ROOT, "%,d %s%n", count, why.words());
            }
        }
        changes(report.changes(), compared);
        rules(report.rules());
        out.flush();
    }

    private void changes(List<Report.Change> changes, boolean compared) {
        if (changes.isEmpty()) {
            return;
        }
        out.printf("%n");
        for (Report.Change change : changes.subList(0, Math.min(LINES_MAX, changes.size()))) {
            String before = compared ? words(change.before()) + " -> " : "";
            Report.Example first = change.first();
            out.printf(
                    Locale.ROOT,
                    "%,9d  %s%s: %s, %s %s%n",
                    change.count(),
                    before,
                    words(change.now()),
                    first.user(),
                    change.whole() ? "a session" : first.fingerprint(),
                    cut(first.text()));
        }
        if (changes.size() > LINES_MAX) {
            out.printf(Locale.ROOT, "%,d more (--json has them)%n", changes.size() - LINES_MAX);
        }
    }

    private void rules(List<Report.RuleUse> rules) {
        if (rules.isEmpty()) {
            return;
        }
        out.printf("%n%9s  %-8s %-30s %s%n", "matched", "mode", "rule", "would, and where first");
        for (Report.RuleUse use : rules) {
            Report.Example first = use.first();
            out.printf(
                    Locale.ROOT,
                    "%,9d  %-8s %-30s %s%s%s; #%d at %.3f s: %s %s%n",
                    use.matched(),
                    use.mode().name().toLowerCase(Locale.ROOT),
                    use.rule(),
                    actions(use.actions()),
                    use.unknown() == 0 ? "" : String.format(Locale.ROOT, ", %,d not for sure", use.unknown()),
                    use.exempt() == 0 ? "" : String.format(Locale.ROOT, ", %,d exempt", use.exempt()),
                    first.session(),
                    first.nanos() / NANOS_PER_SECOND,
                    first.user(),
                    cut(first.text()));
        }
    }

    private static String actions(Map<ActionKind, Long> actions) {
        return actions.isEmpty()
                ? "nothing"
                : new TreeMap<>(actions)
                        .entrySet().stream()
                                .map(each -> String.format(
                                        Locale.ROOT, "%s %,d", each.getKey().word(), each.getValue()))
                                .collect(Collectors.joining(", "));
    }

    /** {@code blocked by no-delete}. */
    static String words(List<Effect> effects) {
        return effects.isEmpty()
                ? "allowed"
                : effects.stream()
                        .map(effect -> past(effect.kind()) + " by " + effect.rule())
                        .collect(Collectors.joining(", "));
    }

    private static String past(ActionKind kind) {
        return switch (kind) {
            case CLOSE -> "session ended";
            case BLOCK -> "blocked";
            case MASK -> "masked";
            case REWRITE -> "rewritten";
            case LIMIT -> "cut short";
            case THROTTLE -> "delayed";
            case BUDGET -> "out of budget";
            case ROUTE -> "routed";
            case ALERT -> "warned of";
            case TAG -> "tagged";
            case CAPTURE -> "recorded in full";
            case SAMPLE -> "sampled";
            case EXCLUDE -> "left out of records";
            case ALLOW -> "allowed";
        };
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= TEXT_CHARS_MAX ? line : line.substring(0, TEXT_CHARS_MAX) + "...";
    }
}
