package io.pgweir.rules.when;

import java.util.List;

/** A text that is no expression, with everything that is wrong with it. */
public final class ExpressionException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /**
     * One thing that is wrong.
     *
     * @param line of the text, from 1
     * @param column in characters, from 1
     */
    public record Problem(int line, int column, String message) {}

    ExpressionException(List<Problem> problems) {
        super(problems.getFirst().message());
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
