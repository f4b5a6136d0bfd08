package io.pgweir.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule with every hit that it can lead to, made once. */
final class ActiveRule {
    private static final String CHANNEL = "default";

    private final Rule rule;
    private final Outcome plain;
    private final Outcome[] exempt;

    /** The hits of one rule under one exemption, or none. */
    private record Outcome(
            Hit enforced,
            Hit shadow,
            @Nullable Hit unknownEnforced,
            @Nullable Hit unknownShadow) {
        static Outcome of(Rule rule, @Nullable String exemption) {
            return new Outcome(
                    hit(rule, Mode.ENFORCE, false, exemption),
                    hit(rule, Mode.SHADOW, false, exemption),
                    rule.onUnknown() == OnUnknown.IGNORE ? null : hit(rule, Mode.ENFORCE, true, exemption),
                    rule.onUnknown() == OnUnknown.IGNORE ? null : hit(rule, Mode.SHADOW, true, exemption));
        }

        private static Hit hit(Rule rule, Mode mode, boolean unknown, @Nullable String exemption) {
            List<Action> actions = exemption != null ? List.of() : unknown ? whenUnknown(rule) : rule.actions();
            return new Hit(rule.id(), rule.severity(), mode, unknown, exemption, actions);
        }

        @Nullable
        Hit hit(boolean unknown, boolean enforces) {
            if (unknown) {
                return enforces ? unknownEnforced : unknownShadow;
            }
            return enforces ? enforced : shadow;
        }
    }

    ActiveRule(Rule rule) {
        this.rule = rule;
        this.plain = Outcome.of(rule, null);
        this.exempt = rule.exemptions().stream()
                .map(exemption -> Outcome.of(rule, exemption.toString()))
                .toArray(Outcome[]::new);
    }

    Rule rule() {
        return rule;
    }

    private static List<Action> whenUnknown(Rule rule) {
        return switch (rule.onUnknown()) {
            case MATCH -> rule.actions();
            case ALERT -> List.of(new Action.Alert(CHANNEL));
            case IGNORE -> List.of();
            case BLOCK -> List.of(blockOf(rule));
        };
    }

    /** In the rule's own words where it has some. */
    private static Action blockOf(Rule rule) {
        Action first = rule.actions().getFirst();
        return first.kind().compareTo(ActionKind.BLOCK) <= 0
                ? first
                : new Action.Block(
                        "42501",
                        "statement blocked by rule \"" + rule.id() + "\": it cannot be told what it does",
                        null,
                        null);
    }

    /** What changes from question to question; {@code known} is what does not. */
    Truth ask(Truth known, Question question) {
        Truth truth = known.and(rule.match().ofMoment(question));
        Condition when = rule.when();
        return truth == Truth.NO || when == null ? truth : truth.and(when.ask(question));
    }

    /** Null where a rule that is not sure ignores that. */
    @Nullable
    Hit hit(Truth truth, boolean enforces, Question question) {
        return outcome(question).hit(truth == Truth.UNKNOWN, enforces);
    }

    private Outcome outcome(Question question) {
        for (int i = 0; i < exempt.length; i++) {
            if (rule.exemptions().get(i).holds(question)) {
                return exempt[i];
            }
        }
        return plain;
    }
}
