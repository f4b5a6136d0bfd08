package io.pgweir.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule as its file says it. Immutable.
 *
 * @param rollout the share of sessions that {@link Mode#ENFORCE} means; for the others it is {@link Mode#SHADOW}
 * @param when null where the match says it all
 * @param actions at least one
 */
public record Rule(
        String id,
        String why,
        @Nullable String owner,
        Severity severity,
        Mode mode,
        double rollout,
        Moment at,
        OnUnknown onUnknown,
        Match match,
        @Nullable Condition when,
        List<Action> actions,
        List<Exemption> exemptions) {
    public Rule {
        actions = actions.stream()
                .sorted((one, other) -> one.kind().compareTo(other.kind()))
                .toList();
        exemptions = List.copyOf(exemptions);
    }

    /** The same rule in another mode, for every session. */
    public Rule in(Mode other) {
        return new Rule(id, why, owner, severity, other, 1, at, onUnknown, match, when, actions, exemptions);
    }
}
