package io.pgweir.rules;

import java.util.ArrayList;
import java.util.List;

/** Why a rule matches a question, or does not. */
public record Explanation(Rule rule, Truth truth, List<Answer> answers) {

    /**
     * One key of the rule.
     *
     * @param found what the key was compared with
     */
    public record Answer(String key, Truth truth, String found) {}

    static Explanation of(Rule rule, Question question) {
        List<Answer> answers = new ArrayList<>();
        for (Criterion criterion : rule.match().criteria()) {
            answers.add(new Answer(criterion.key(), criterion.ask(question), criterion.found(question)));
        }
        Condition when = rule.when();
        if (when != null) {
            answers.add(new Answer("when", when.ask(question), when.text()));
        }
        Truth truth = Truth.YES;
        for (Answer answer : answers) {
            truth = truth.and(answer.truth());
        }
        return new Explanation(rule, truth, List.copyOf(answers));
    }
}
