package io.pgweir.rules;

import io.pgweir.sql.facts.StatementFacts;
import java.util.Locale;

/** A fact that is so or not; the keys of a match block's statement flags, and of {@code parse}. */
public enum StatementFlag {
    HAS_WHERE,
    WHERE_IS_TRIVIAL,
    HAS_LIMIT,
    SELECTS_ALL,
    LOCKS_ROWS,
    WRITES_IN_CTE,
    SELECT_INTO,
    EXPLAIN,
    EXPLAIN_ANALYZE,
    COMPLETE,
    AMBIGUOUS;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As rule files spell it. */
    public String word() {
        return word;
    }

    Truth of(StatementFacts facts) {
        return switch (this) {
            case COMPLETE -> Truth.of(facts.complete());
            case AMBIGUOUS -> Truth.of(facts.ambiguous());
            case HAS_WHERE -> known(facts, facts.hasWhere());
            case HAS_LIMIT -> known(facts, facts.limit() != null);
            case WHERE_IS_TRIVIAL -> found(facts, facts.whereIsTrivial());
            case SELECTS_ALL -> found(facts, facts.selectsAll());
            case LOCKS_ROWS -> found(facts, facts.locksRows());
            case WRITES_IN_CTE -> found(facts, facts.writesInCte());
            case SELECT_INTO -> found(facts, facts.selectInto());
            case EXPLAIN -> found(facts, facts.explain());
            case EXPLAIN_ANALYZE -> found(facts, facts.explainAnalyze());
        };
    }

    /** True for a statement that was read to its end only. */
    private static Truth known(StatementFacts facts, boolean is) {
        return facts.complete() && !facts.ambiguous() ? Truth.of(is) : Truth.UNKNOWN;
    }

    /** What was found stays found. */
    private static Truth found(StatementFacts facts, boolean is) {
        return is ? Truth.YES : known(facts, false);
    }
}
