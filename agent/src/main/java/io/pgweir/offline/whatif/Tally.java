package io.pgweir.offline.whatif;

import io.pgweir.offline.whatif.Report.Change;
import io.pgweir.offline.whatif.Report.Example;
import io.pgweir.offline.whatif.Report.RuleUse;
import io.pgweir.rules.Action;
import io.pgweir.rules.ActionKind;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what two rule sets say of the same things. Bounded. One thread. */
final class Tally {
    private final Map<Difference, Counted> changes = new HashMap<>();
    private final Map<String, Use> uses = new HashMap<>();
    private final Map<Unjudged, Long> unjudged = new EnumMap<>(Unjudged.class);
    private long statements;
    private long changed;

    private record Difference(String user, String fingerprint, boolean whole, List<Effect> before, List<Effect> now) {}

    private static final class Counted {
        private final Example first;
        private long count;

        Counted(Example first) {
            this.first = first;
        }
    }

    private static final class Use {
        private final Example first;
        private final Mode mode;
        private final Map<ActionKind, Long> actions = new EnumMap<>(ActionKind.class);
        private long matched;
        private long unknown;
        private long exempt;

        Use(Example first, Mode mode) {
            this.first = first;
            this.mode = mode;
        }
    }

    void add(Unjudged why, long count) {
        if (count > 0) {
            unjudged.merge(why, count, Long::sum);
        }
    }

    void add(Judgement before, Judgement now, Example example) {
        statements += now.what() == Judgement.What.STATEMENT ? 1 : 0;
        for (Hit hit : now.hits()) {
            use(hit, example);
        }
        if (before.isLike(now)) {
            return;
        }
        changed++;
        boolean whole = now.what() == Judgement.What.SESSION;
        Difference difference =
                new Difference(example.user(), example.fingerprint(), whole, before.effects(), now.effects());
        if (!changes.containsKey(difference) && changes.size() >= Report.CHANGES_MAX) {
            difference = new Difference("", "", whole, before.effects(), now.effects());
        }
        changes.computeIfAbsent(difference, _ -> new Counted(example)).count++;
    }

    private void use(Hit hit, Example example) {
        Use use = uses.computeIfAbsent(hit.rule(), _ -> new Use(example, hit.mode()));
        use.matched++;
        use.unknown += hit.unknown() ? 1 : 0;
        if (hit.exemption() != null) {
            use.exempt++;
            return;
        }
        for (Action action : hit.actions()) {
            use.actions.merge(action.kind(), 1L, Long::sum);
        }
    }

    Report report(long sessions, RuleSet set) {
        List<Change> all = new ArrayList<>();
        changes.forEach((each, counted) ->
                all.add(new Change(each.whole, each.before, each.now, counted.count, counted.first)));
        all.sort(Comparator.comparingLong(Change::count)
                .reversed()
                .thenComparingLong(each -> each.first().session())
                .thenComparingLong(each -> each.first().nanos()));
        List<RuleUse> rules = new ArrayList<>();
        for (Rule rule : set.rules()) {
            Use use = uses.get(rule.id());
            if (use != null) {
                rules.add(
                        new RuleUse(rule.id(), use.mode, use.matched, use.unknown, use.exempt, use.actions, use.first));
            }
        }
        return new Report(sessions, statements, changed, all, rules, unjudged);
    }
}
