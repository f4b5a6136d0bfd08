package io.pgweir.equality;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.Action;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.rules.Key;
import io.pgweir.rules.Masking;
import io.pgweir.rules.Match;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Moment;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.rules.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every action at every moment that allows it, for every statement, in one mode. */
final class EveryRule {
    private EveryRule() {}

    private static List<Action> actions() {
        Duration moment = Duration.ofMillis(1);
        return List.of(
                new Action.Close("57P01", "closed", null),
                new Action.Block("42501", "blocked", "detail", "hint"),
                new Action.Mask(
                        List.of(new ColumnPattern(null, null, new NamePattern("*"))),
                        new Masking.Nothing(),
                        Action.Derived.BLOCK),
                new Action.Rewrite.Replace("select 'rewritten'"),
                new Action.Rewrite.AtMost(1),
                new Action.Limit(0, 0, "54000", "limited"),
                new Action.Throttle(0.001, 1, Set.of(), moment, "53400", "throttled"),
                new Action.Budget(0, 0, Duration.ofHours(1), Set.of(Key.USER), "53400", "spent"),
                new Action.Route(Action.Target.REPLICA),
                new Action.Alert("channel"),
                new Action.Tag("name", "value"),
                new Action.CaptureFull(),
                new Action.Sample(1e-9),
                new Action.Exclude(),
                new Action.Allow());
    }

    static Rules in(Mode... modes) {
        List<Rule> rules = new ArrayList<>();
        for (Mode mode : modes) {
            for (Moment moment : Moment.values()) {
                for (Action action : actions()) {
                    if (action.kind().isAllowedAt(moment)) {
                        rules.add(rule(mode + "-" + rules.size(), mode, moment, action));
                    }
                }
            }
        }
        RuleSet set = RuleSet.of(rules, "sha256:every");
        try {
            return new Rules(() -> set);
        } catch (ConfigException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Rule rule(String id, Mode mode, Moment at, Action action) {
        return new Rule(
                id,
                "a test wants it",
                null,
                Severity.HIGH,
                mode,
                1,
                at,
                OnUnknown.BLOCK,
                Match.ALWAYS,
                null,
                List.of(action),
                List.of());
    }
}
