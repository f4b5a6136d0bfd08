package io.pgweir.rules;

import io.pgweir.sql.facts.StatementFacts;
import org.jspecify.annotations.Nullable;

/** Which rules mean a statement, and which may: two bits a rule. Immutable; kept with the facts themselves. */
final class StatementAnswers {
    private final RuleSet set;
    final long[] possible;
    private final long[] unknown;

    StatementAnswers(RuleSet set, ActiveRule[] rules, @Nullable StatementFacts facts) {
        this.set = set;
        this.possible = Bits.of(rules.length);
        this.unknown = Bits.of(rules.length);
        for (int i = 0; i < rules.length; i++) {
            Truth truth = rules[i].rule().match().ofStatement(facts);
            if (truth != Truth.NO) {
                Bits.set(possible, i);
            }
            if (truth == Truth.UNKNOWN) {
                Bits.set(unknown, i);
            }
        }
    }

    boolean isOf(RuleSet other) {
        return set.isSame(other);
    }

    Truth of(int rule) {
        return Bits.has(unknown, rule) ? Truth.UNKNOWN : Truth.YES;
    }
}
