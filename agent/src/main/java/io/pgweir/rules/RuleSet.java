package io.pgweir.rules;

import io.pgweir.sql.facts.StatementFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one reading, ready to judge. Immutable, any thread; a statement keeps the set that it started with.
 *
 * <p>Rules stand in one order, moment by moment. What a rule says of a statement's facts is asked once for as long as those facts
 * live, what it says of a session once for as long as its application name stays; both are bits, and only the rules that both
 * leave are asked for the rest.
 */
public final class RuleSet {
    /** Of a process without rules. */
    public static final RuleSet NONE = new RuleSet("", List.of());

    private final String hash;
    private final List<Rule> rules;
    private final ActiveRule[] active;
    private final Map<Moment, Range> ranges = new EnumMap<>(Moment.class);
    private final StatementAnswers withoutFacts;
    private final List<Action.Mask> masks;
    private final boolean functions;

    /** Where a moment's rules stand; {@code end} is behind the last. */
    private record Range(int start, int end) {}

    private RuleSet(String hash, List<Rule> rules) {
        this.hash = hash;
        this.rules = List.copyOf(rules);
        this.active = rules.stream()
                .filter(rule -> rule.mode() != Mode.OFF)
                .sorted(Comparator.comparing(Rule::at))
                .map(ActiveRule::new)
                .toArray(ActiveRule[]::new);
        for (int i = 0; i < active.length; i++) {
            int at = i;
            ranges.merge(active[i].rule().at(), new Range(at, at + 1), (known, one) -> new Range(known.start, one.end));
        }
        this.withoutFacts = new StatementAnswers(this, active, null);
        this.masks = Arrays.stream(active)
                .filter(rule -> rule.rule().mode() == Mode.ENFORCE)
                .flatMap(rule -> rule.rule().actions().stream())
                .filter(Action.Mask.class::isInstance)
                .map(Action.Mask.class::cast)
                .toList();
        this.functions = Arrays.stream(active).map(ActiveRule::rule).anyMatch(RuleSet::enforcesByFunction);
    }

    private static boolean enforcesByFunction(Rule rule) {
        Condition when = rule.when();
        return rule.mode() == Mode.ENFORCE
                && (rule.match().criteria().stream().anyMatch(StatementCriterion.OfFunction.class::isInstance)
                        || (when != null && when.text().contains("functions")));
    }

    /** @param hash over what was read */
    public static RuleSet of(List<Rule> rules, String hash) {
        return new RuleSet(hash, rules);
    }

    /** {@code sha256:} and hex, over what was read; empty where nothing was. */
    public String hash() {
        return hash;
    }

    /** All, also those that are off, in the order of the files. */
    public List<Rule> rules() {
        return rules;
    }

    /** Whether any rule is asked then. */
    public boolean looksAt(Moment moment) {
        return ranges.containsKey(moment);
    }

    /** Every rule of that moment, asked. Allocates where one matches only, and for a statement or a session that is new. */
    public Verdict judge(Moment moment, Question question) {
        Range range = ranges.get(moment);
        if (range == null) {
            return Verdict.NONE;
        }
        StatementAnswers ofStatement = answers(question.facts());
        AskerAnswers ofAsker = answers(question.asker());
        List<Hit> hits = null;
        int i = Bits.next(ofStatement.possible, ofAsker.possible, range.start, range.end);
        while (i < range.end) {
            Truth truth = active[i].ask(ofStatement.of(i), question);
            Hit hit = truth == Truth.NO ? null : active[i].hit(truth, ofAsker.enforces(i), question);
            if (hit != null) {
                hits = hits == null ? new ArrayList<>(4) : hits;
                hits.add(hit);
            }
            i = Bits.next(ofStatement.possible, ofAsker.possible, i + 1, range.end);
        }
        return hits == null ? Verdict.NONE : Verdict.of(this, hits);
    }

    private StatementAnswers answers(@Nullable StatementFacts facts) {
        if (facts == null) {
            return withoutFacts;
        }
        if (facts.note() instanceof StatementAnswers known && known.isOf(this)) {
            return known;
        }
        StatementAnswers answers = new StatementAnswers(this, active, facts);
        facts.note(answers);
        return answers;
    }

    private AskerAnswers answers(Asker asker) {
        AskerAnswers known = asker.answers;
        if (known == null || !known.isOf(this)) {
            known = new AskerAnswers(this, active, asker);
            asker.answers = known;
        }
        return known;
    }

    @SuppressWarnings("ReferenceEquality") // sets are compared by what they are, not by what is in them
    boolean isSame(RuleSet other) {
        return this == other;
    }

    /** Of rules that may act, whatever they match. */
    public List<Action.Mask> allMasks() {
        return masks;
    }

    /** Whether what a rule does may hang on what a function is called. */
    public boolean asksForFunctions() {
        return functions;
    }

    /** Whether any rule may do more than tell. */
    public boolean enforcesAnything() {
        return Arrays.stream(active).map(ActiveRule::rule).anyMatch(RuleSet::enforces);
    }

    private static boolean enforces(Rule rule) {
        return rule.mode() == Mode.ENFORCE
                && (rule.onUnknown() == OnUnknown.BLOCK
                        || rule.actions().stream().anyMatch(action -> !tells(action.kind())));
    }

    private static boolean tells(ActionKind kind) {
        return kind == ActionKind.ALERT || kind == ActionKind.TAG || kind == ActionKind.ALLOW;
    }

    /** Whether any rule's answer may change from row to row: else {@link Moment#RESULT} and {@link Moment#COPY} are asked once. */
    public boolean countsRows() {
        return Arrays.stream(active)
                .map(rule -> rule.rule().when())
                .anyMatch(when -> when != null && when.countsRows());
    }

    /** What expressions ask the {@link Meter}. */
    public Set<Metered> metered() {
        Set<Metered> metered = new HashSet<>();
        for (ActiveRule rule : active) {
            Condition when = rule.rule().when();
            if (when != null) {
                metered.addAll(when.metered());
            }
        }
        return metered;
    }

    /** What each rule of that moment says, key by key, also those that are off; for people. */
    public List<Explanation> explain(Moment moment, Question question) {
        return rules.stream()
                .filter(rule -> rule.at() == moment)
                .map(rule -> Explanation.of(rule, question))
                .toList();
    }
}
