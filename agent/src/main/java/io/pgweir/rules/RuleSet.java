package io.pgweir.rules;

import java.util.List;

/** All rules of one reading, ready to judge. Immutable, any thread; a statement keeps the set that it started with. */
public final class RuleSet {
    /** Of a process without rules. */
    public static final RuleSet NONE = new RuleSet("");

    private final String hash;

    private RuleSet(String hash) {
        this.hash = hash;
    }

    /** {@code sha256:} and hex, over what was read; empty where nothing was. */
    public String hash() {
        return hash;
    }

    /** Whether any rule is asked then. */
    public boolean looksAt(Moment moment) {
        return false;
    }

    /** Every rule of that moment, asked. */
    public Verdict judge(Moment moment, Question question) {
        return Verdict.NONE;
    }

    /** Of rules that may act, whatever they match. */
    public List<Action.Mask> allMasks() {
        return List.of();
    }

    /** Whether any rule may do more than tell. */
    public boolean enforcesAnything() {
        return false;
    }
}
