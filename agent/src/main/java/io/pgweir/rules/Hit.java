package io.pgweir.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule that matched, or may have.
 *
 * @param rule its id
 * @param mode in effect for this session: {@link Mode#SHADOW} where the rollout leaves the session out; never {@link Mode#OFF}
 * @param unknown whether it could not be told that it matches; the actions are what {@code on-unknown} says
 * @param exemption why the rule does nothing here, until when, and who approved; null where it is not exempt
 * @param actions strongest first; those of a shadow rule are what it would do; none for an exempt one
 */
public record Hit(
        String rule,
        Severity severity,
        Mode mode,
        boolean unknown,
        @Nullable String exemption,
        List<Action> actions) {
    public Hit {
        actions = List.copyOf(actions);
    }

    boolean acts() {
        return mode == Mode.ENFORCE && exemption == null;
    }
}
