package io.pgweir.offline.whatif;

import io.pgweir.rules.ActionKind;
import io.pgweir.rules.Mode;
import java.util.List;
import java.util.Map;

/**
 * What rules would have done.
 *
 * @param statements that were judged
 * @param changed statements, and beginnings of sessions, of which the two rule sets make different things
 * @param changes most frequent first
 * @param rules of the new set that matched anything, as they stand in their files
 */
public record Report(
        long sessions,
        long statements,
        long changed,
        List<Change> changes,
        List<RuleUse> rules,
        Map<Unjudged, Long> unjudged) {
    /** Different changes, and different statements a rule is told of. */
    static final int CHANGES_MAX = 10_000;

    public Report {
        changes = List.copyOf(changes);
        rules = List.copyOf(rules);
        unjudged = Map.copyOf(unjudged);
    }

    /**
     * Where something was first seen.
     *
     * @param nanos since the capture began
     * @param text of the statement, redacted; empty where it is none, or nobody knows
     */
    public record Example(long session, long nanos, String user, String fingerprint, String text) {}

    /**
     * What is done otherwise to one statement of one user. No effect is allowed.
     *
     * @param whole whether it is about sessions, not statements
     */
    public record Change(boolean whole, List<Effect> before, List<Effect> now, long count, Example first) {
        public Change {
            before = List.copyOf(before);
            now = List.copyOf(now);
        }
    }

    /**
     * What one rule would do.
     *
     * @param matched statements and sessions; what follows are parts of it
     * @param unknown of which it could not be told that they match
     * @param exempt that an exemption holds for
     * @param actions what it does, or in shadow would do, and how often
     */
    public record RuleUse(
            String rule,
            Mode mode,
            long matched,
            long unknown,
            long exempt,
            Map<ActionKind, Long> actions,
            Example first) {
        public RuleUse {
            actions = Map.copyOf(actions);
        }
    }
}
