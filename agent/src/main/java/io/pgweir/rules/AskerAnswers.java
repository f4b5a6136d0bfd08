package io.pgweir.rules;

import java.util.UUID;

/** Which rules mean a session, and which are enforced for it: two bits a rule, as long as set and application stay. */
final class AskerAnswers {
    /** Shares are told to a ten thousandth. */
    private static final int SHARES = 10_000;

    private final RuleSet set;
    final long[] possible;
    private final long[] enforced;

    AskerAnswers(RuleSet set, ActiveRule[] rules, Asker asker) {
        this.set = set;
        this.possible = Bits.of(rules.length);
        this.enforced = Bits.of(rules.length);
        for (int i = 0; i < rules.length; i++) {
            Rule rule = rules[i].rule();
            if (rule.match().ofAsker(asker) != Truth.NO) {
                Bits.set(possible, i);
            }
            if (rule.mode() == Mode.ENFORCE
                    && share(asker.session(), rule.id()) < Math.round(rule.rollout() * SHARES)) {
                Bits.set(enforced, i);
            }
        }
    }

    boolean isOf(RuleSet other) {
        return set.isSame(other);
    }

    boolean enforces(int rule) {
        return Bits.has(enforced, rule);
    }

    /** Below {@link #SHARES}; the same for a session and a rule whatever happens, another for another rule. */
    static int share(UUID session, String rule) {
        long mixed = session.getMostSignificantBits() * 31
                + session.getLeastSignificantBits()
                + rule.hashCode() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 31, SHARES);
    }
}
