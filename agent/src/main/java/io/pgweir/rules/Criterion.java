package io.pgweir.rules;

/** One key of a match block; all of a block must hold. What it depends on decides how long its answer is kept. */
public sealed interface Criterion permits StatementCriterion, AskerCriterion, MomentCriterion {
    /** As in the file, dotted. */
    String key();

    Truth ask(Question question);

    /** What it was compared with, for people. */
    String found(Question question);
}
