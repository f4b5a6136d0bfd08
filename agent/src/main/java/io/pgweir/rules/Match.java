package io.pgweir.rules;

import io.pgweir.sql.facts.StatementFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A match block: all keys must hold; an empty one always does. Immutable, any thread. */
public final class Match {
    public static final Match ALWAYS = new Match(List.of());

    private final List<Criterion> criteria;
    private final List<StatementCriterion> ofStatement = new ArrayList<>();
    private final List<AskerCriterion> ofAsker = new ArrayList<>();
    private final List<MomentCriterion> ofMoment = new ArrayList<>();

    public Match(List<Criterion> criteria) {
        this.criteria = List.copyOf(criteria);
        for (Criterion criterion : criteria) {
            switch (criterion) {
                case StatementCriterion statement -> ofStatement.add(statement);
                case AskerCriterion asker -> ofAsker.add(asker);
                case MomentCriterion moment -> ofMoment.add(moment);
            }
        }
    }

    /** In the file's order. */
    public List<Criterion> criteria() {
        return criteria;
    }

    Truth ofStatement(@Nullable StatementFacts facts) {
        Truth all = Truth.YES;
        for (StatementCriterion criterion : ofStatement) {
            all = all.and(criterion.ask(facts));
        }
        return all;
    }

    Truth ofAsker(Asker asker) {
        Truth all = Truth.YES;
        for (AskerCriterion criterion : ofAsker) {
            all = all.and(criterion.ask(asker));
        }
        return all;
    }

    Truth ofMoment(Question question) {
        Truth all = Truth.YES;
        for (MomentCriterion criterion : ofMoment) {
            all = all.and(criterion.ask(question));
        }
        return all;
    }

    Truth ask(Question question) {
        return ofAsker(question.asker()).and(ofStatement(question.facts())).and(ofMoment(question));
    }
}
