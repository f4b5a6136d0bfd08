package io.pgweir.rules;

import io.pgweir.session.Opinion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say of one statement, or of a moment: every rule that matched, and what follows. Only hits in mode {@link
 * Mode#ENFORCE} lead to actions; shadow hits and exempt ones are listed. Immutable, any thread.
 */
public final class Verdict implements Opinion {
    public static final Verdict NONE = new Verdict(RuleSet.NONE, List.of());

    private final RuleSet set;
    private final List<Hit> hits;
    private final @Nullable Action strongest;

    private Verdict(RuleSet set, List<Hit> hits) {
        this.set = set;
        this.hits = hits;
        this.strongest = first(hits);
    }

    static Verdict of(RuleSet set, List<Hit> hits) {
        return hits.isEmpty() ? NONE : new Verdict(set, List.copyOf(hits));
    }

    private static @Nullable Action first(List<Hit> hits) {
        Action first = null;
        Severity severity = Severity.INFO;
        for (Hit hit : hits) {
            if (hit.acts() && !hit.actions().isEmpty()) {
                Action action = hit.actions().getFirst();
                int stronger = first == null ? -1 : action.kind().compareTo(first.kind());
                if (stronger < 0 || (stronger == 0 && hit.severity().compareTo(severity) > 0)) {
                    first = action;
                    severity = hit.severity();
                }
            }
        }
        return first;
    }

    /** All that matched, shadow and exempt ones too: by verdict, then in the set's order. */
    public List<Hit> hits() {
        return hits;
    }

    /** The set that judged; of two verdicts taken together, the first one's. */
    public RuleSet set() {
        return set;
    }

    /** What counts most of all that is to be done, or null where nothing is. */
    public @Nullable Action strongest() {
        return strongest;
    }

    /** The id of the rule that wants {@code action}, which is one of this verdict's own objects. */
    @SuppressWarnings("ReferenceEquality") // two rules may want the same
    public String ruleOf(Action action) {
        for (Hit hit : hits) {
            for (Action one : hit.actions()) {
                if (one == action) {
                    return hit.rule();
                }
            }
        }
        throw new IllegalArgumentException("an action of another verdict: " + action);
    }

    /** Of the most severe rule that closes, or null. */
    public Action.@Nullable Close close() {
        return one(Action.Close.class);
    }

    /** Of the most severe rule that blocks, or null; a {@link #close()} beside it counts more. */
    public Action.@Nullable Block block() {
        return one(Action.Block.class);
    }

    /** All of them hold; of two that mask one column, the first counts. */
    public List<Action.Mask> masks() {
        return all(Action.Mask.class);
    }

    /** Of the most severe rule that rewrites, or null. */
    public Action.@Nullable Rewrite rewrite() {
        return one(Action.Rewrite.class);
    }

    /** All of them hold. */
    public List<Action.Limit> limits() {
        return all(Action.Limit.class);
    }

    /** All of them hold. */
    public List<Action.Throttle> throttles() {
        return all(Action.Throttle.class);
    }

    /** All of them hold. */
    public List<Action.Budget> budgets() {
        return all(Action.Budget.class);
    }

    public Action.@Nullable Route route() {
        return one(Action.Route.class);
    }

    public List<Action.Tag> tags() {
        return all(Action.Tag.class);
    }

    /** Whether parameters' values shall be in the record. */
    public boolean capturesFull() {
        return one(Action.CaptureFull.class) != null;
    }

    /** The smallest share, or null. */
    public Action.@Nullable Sample sample() {
        Action.Sample least = null;
        for (Action.Sample sample : all(Action.Sample.class)) {
            if (least == null || sample.share() < least.share()) {
                least = sample;
            }
        }
        return least;
    }

    /** Whether it shall have no record. False where a stronger action than that is taken: that is told. */
    public boolean isExcluded() {
        Action action = strongest;
        return action != null && action.kind() == ActionKind.EXCLUDE;
    }

    /** Without the rules of which nobody can tell whether they match. */
    public Verdict certain() {
        for (Hit hit : hits) {
            if (hit.unknown()) {
                return of(set, hits.stream().filter(one -> !one.unknown()).toList());
            }
        }
        return this;
    }

    /** Both: all hits of either, each once. */
    public Verdict and(Verdict other) {
        if (this == other || other.hits.isEmpty()) {
            return this;
        }
        return hits.isEmpty()
                ? other
                : new Verdict(
                        set,
                        Stream.concat(hits.stream(), other.hits.stream())
                                .distinct()
                                .toList());
    }

    /** Of the most severe rule; of equals, the first. */
    private <A extends Action> @Nullable A one(Class<A> type) {
        A found = null;
        Severity severity = Severity.INFO;
        for (Hit hit : hits) {
            if (hit.acts() && (found == null || hit.severity().compareTo(severity) > 0)) {
                for (Action action : hit.actions()) {
                    if (type.isInstance(action)) {
                        found = type.cast(action);
                        severity = hit.severity();
                        break;
                    }
                }
            }
        }
        return found;
    }

    private <A extends Action> List<A> all(Class<A> type) {
        if (strongest == null) {
            return List.of();
        }
        List<A> found = new ArrayList<>();
        for (Hit hit : hits) {
            if (hit.acts()) {
                for (Action action : hit.actions()) {
                    if (type.isInstance(action)) {
                        found.add(type.cast(action));
                    }
                }
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return hits.toString();
    }
}
