package io.pgweir.offline.whatif;

import io.pgweir.rules.ActionKind;

/**
 * One thing that a rule does to a statement.
 *
 * @param kind what; REWRITE and THROTTLE only where it comes to that
 * @param detail the rest of what the rule's action says, so that two masks of other columns are two effects
 */
public record Effect(ActionKind kind, String rule, String detail) implements Comparable<Effect> {
    /** Strongest first. */
    @Override
    public int compareTo(Effect other) {
        int order = kind.compareTo(other.kind);
        order = order == 0 ? rule.compareTo(other.rule) : order;
        return order == 0 ? detail.compareTo(other.detail) : order;
    }

    /** Whether it comes to the same, whichever rule wants it. */
    boolean isLike(Effect other) {
        return kind == other.kind && detail.equals(other.detail);
    }
}
