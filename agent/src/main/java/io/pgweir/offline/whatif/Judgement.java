package io.pgweir.offline.whatif;

import io.pgweir.rules.Hit;
import java.util.List;

/**
 * What one rule set says of one thing that a session did.
 *
 * @param fingerprint empty where it was no statement, or of one that nobody knows
 * @param text redacted
 * @param effects strongest first; none where it is allowed as it is
 * @param hits every rule that matched, in shadow and exempt ones too
 */
record Judgement(What what, String fingerprint, String text, List<Effect> effects, List<Hit> hits) {
    enum What {
        /** A session begins. */
        SESSION,
        /** A statement is run. */
        STATEMENT,
        /** Rows of one have come; counts only where it has an effect of its own. */
        RESULT
    }

    Judgement {
        effects = List.copyOf(effects);
        hits = List.copyOf(hits);
    }

    /** Whether both come to the same. */
    boolean isLike(Judgement other) {
        return covers(effects, other.effects) && covers(other.effects, effects);
    }

    private static boolean covers(List<Effect> some, List<Effect> others) {
        for (Effect each : others) {
            if (some.stream().noneMatch(each::isLike)) {
                return false;
            }
        }
        return true;
    }
}
