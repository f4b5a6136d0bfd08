package io.pgweir.proxy;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.Action;
import io.pgweir.rules.Criterion;
import io.pgweir.rules.Match;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.QualifiedPattern;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.rules.Severity;
import io.pgweir.rules.StatementCriterion;
import java.util.List;

/** Rules that a test changes while sessions run. */
final class SwitchedRules {
    private RuleSet next;
    private final Rules rules;

    SwitchedRules(Rule... first) {
        next = of(first);
        try {
            rules = new Rules(() -> next);
        } catch (ConfigException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Rules rules() {
        return rules;
    }

    void switchTo(Rule... now) {
        next = of(now);
        try {
            rules.reload();
        } catch (ConfigException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static RuleSet of(Rule... rules) {
        return RuleSet.of(List.of(rules), "sha256:" + rules.length);
    }

    static Rule rule(String id, Mode mode, Moment at, List<Criterion> match, Action... actions) {
        return new Rule(
                id,
                "a test wants it",
                null,
                Severity.HIGH,
                mode,
                1,
                at,
                OnUnknown.ALERT,
                new Match(match),
                null,
                List.of(actions),
                List.of());
    }

    static Rule at(Moment at, Action... actions) {
        return rule("at-" + at.word(), Mode.ENFORCE, at, List.of(), actions);
    }

    static Rule onCommand(String command, Action... actions) {
        return rule("on-" + command, Mode.ENFORCE, Moment.STATEMENT, List.of(command(command)), actions);
    }

    static Criterion command(String command) {
        return new StatementCriterion.OfCommand("command", List.of(new NamePattern(command)), false);
    }

    static Criterion function(String name) {
        return new StatementCriterion.OfFunction(
                "functions", List.of(new QualifiedPattern(null, new NamePattern(name))), false);
    }

    static Action.Block block(String message) {
        return new Action.Block("42501", message, null, "ask first");
    }
}
