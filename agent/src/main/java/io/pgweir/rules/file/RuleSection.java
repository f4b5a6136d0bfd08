package io.pgweir.rules.file;

import io.pgweir.config.Faults;
import io.pgweir.config.Item;
import io.pgweir.config.Section;
import io.pgweir.rules.Action;
import io.pgweir.rules.Condition;
import io.pgweir.rules.Exemption;
import io.pgweir.rules.Match;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.MomentCriterion;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Rule;
import io.pgweir.rules.Severity;
import io.pgweir.rules.when.Expression;
import io.pgweir.rules.when.ExpressionException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry of {@code rules}. */
final class RuleSection {
    private static final int ID_CHARS_MAX = 100;

    private final Defaults defaults;
    private final Map<String, List<Item>> lists;
    private final String file;
    private final Instant now;
    private final Faults warnings;

    /** What {@code defaults} of a file says. */
    record Defaults(
            Mode mode,
            OnUnknown onUnknown,
            Severity severity,
            @Nullable String owner) {}

    RuleSection(Defaults defaults, Map<String, List<Item>> lists, String file, Instant now, Faults warnings) {
        this.defaults = defaults;
        this.lists = lists;
        this.file = file;
        this.now = now;
        this.warnings = warnings;
    }

    TestedRule read(Section section) {
        section.require("id", "why", "do");
        String id = id(section.item("id"));
        String why = section.text("why");
        String owner = section.has("owner") ? section.text("owner") : section.absent("owner");
        Severity severity = section.oneOf("severity", defaults.severity());
        Mode mode = section.oneOf("mode", defaults.mode());
        double rollout = ActionSection.share(section.item("rollout"));
        Moment at = section.oneOf("at", Moment.STATEMENT);
        OnUnknown onUnknown = section.oneOf("on-unknown", defaults.onUnknown());
        Match match = MatchSection.read(section.section("match"), at, lists);
        Condition when = when(section.item("when"), at);
        List<Action> actions = ActionSection.read(section, id, at);
        List<Exemption> exemptions = new ArrayList<>();
        if (section.has("exempt")) {
            section.sections("exempt").forEach(one -> exemptions.add(exemption(one, id, at)));
        } else {
            section.absent("exempt");
        }
        List<RuleTest> tests = tests(section, id, at);
        section.end();
        if (onUnknown == OnUnknown.BLOCK && at == Moment.TRANSACTION_END) {
            section.fault("on-unknown", "on-unknown: block at transaction-end can do nothing (expected: alert)");
        }
        checkSchedule(section, id, match);
        Rule rule = new Rule(
                id,
                why,
                owner == null ? defaults.owner() : owner,
                severity,
                mode,
                rollout,
                at,
                onUnknown,
                match,
                when,
                // Nothing is made of the result of a reading with faults.
                actions.isEmpty() ? List.of(new Action.Allow()) : actions,
                exemptions);
        return new TestedRule(rule, file, section.line(), tests);
    }

    private static String id(@Nullable Item item) {
        if (item == null) {
            return "";
        }
        if (item.text().length() > ID_CHARS_MAX || !item.text().matches("[a-z0-9][a-z0-9._/-]*")) {
            item.fault("\"" + item.text() + "\" (expected: up to " + ID_CHARS_MAX
                    + " lower case letters, digits, dots, dashes, slashes)");
        }
        return item.text();
    }

    private static @Nullable Condition when(@Nullable Item item, Moment at) {
        if (item == null) {
            return null;
        }
        try {
            return Expression.of(item.text(), at);
        } catch (ExpressionException fault) {
            fault.problems().forEach(problem -> item.fault(problem.line(), problem.column(), problem.message()));
            return null;
        }
    }

    private Exemption exemption(Section section, String id, Moment at) {
        section.require("until", "reason", "approver", "match");
        LocalDate until = ScheduleSection.date(section.item("until"));
        Exemption exemption = new Exemption(
                until == null ? LocalDate.EPOCH : until,
                section.text("reason"),
                section.text("approver"),
                MatchSection.read(section.section("match"), at, lists));
        section.end();
        if (until != null && exemption.isOver(now)) {
            warnings.add(section.line(), 0, "rule " + id + ": an exemption ended on " + until);
        }
        return exemption;
    }

    private List<RuleTest> tests(Section section, String id, Moment at) {
        if (!section.has("tests")) {
            section.absent("tests");
            warnings.add(section.line(), 0, "rule " + id + " has no tests");
            return List.of();
        }
        return section.sections("tests").stream()
                .map(test -> TestSection.read(test, at))
                .toList();
    }

    private void checkSchedule(Section section, String id, Match match) {
        boolean over = match.criteria().stream()
                .anyMatch(one -> one instanceof MomentCriterion.During during
                        && !during.not()
                        && during.schedule().isOver(now));
        if (over) {
            warnings.add(section.line(), 0, "rule " + id + ": its schedule is over, it can never match again");
        }
    }
}
