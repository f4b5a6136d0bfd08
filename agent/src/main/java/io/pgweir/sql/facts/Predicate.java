package io.pgweir.sql.facts;

import io.pgweir.sql.SqlTokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a condition holds for every row: {@code true}, {@code 1 = 1}, {@code id = id}, {@code x or 1 < 2}, {@code id is
 * null or id is not null}.
 *
 * <p>A condition that looks at no column is the same for every row; it counts as true unless it is false for sure. What looks at
 * one is true only where that can be seen.
 */
final class Predicate {
    private static final int NESTING_MAX = 50;

    private final SqlTokens tokens;
    private final FactsDraft draft;
    private int nesting;

    Predicate(SqlTokens tokens, FactsDraft draft) {
        this.tokens = tokens;
        this.draft = draft;
    }

    /** Of the expression in the tokens {@code [from, to)}. */
    boolean isTrue(int from, int to) {
        return draft.incomplete == null && holds(from, to, true);
    }

    /** Whether the expression is {@code wanted} for every row. */
    private boolean holds(int from, int to, boolean wanted) {
        if (nesting >= NESTING_MAX) {
            return false;
        }
        nesting++;
        boolean holds = disjunction(from, to, wanted);
        nesting--;
        return holds;
    }

    private boolean disjunction(int from, int to, boolean wanted) {
        List<Integer> cuts = cuts(from, to, "OR");
        if (cuts.size() == 2) {
            return conjunction(from, to, wanted);
        }
        boolean any = false;
        boolean all = true;
        for (int i = 1; i < cuts.size(); i++) {
            boolean holds = conjunction(cuts.get(i - 1) + 1, cuts.get(i), wanted);
            any |= holds;
            all &= holds;
        }
        return wanted ? any || hasOpposites(cuts) : all;
    }

    /** {@code x IS NULL OR x IS NOT NULL}, in either order. */
    private boolean hasOpposites(List<Integer> cuts) {
        for (int i = 1; i < cuts.size(); i++) {
            for (int j = 1; j < cuts.size() && j < NESTING_MAX; j++) {
                int nullEnd = cuts.get(i) - 2;
                int otherEnd = cuts.get(j) - 3;
                boolean opposite = tokens.word(nullEnd).equals("IS")
                        && tokens.word(nullEnd + 1).equals("NULL")
                        && tokens.word(otherEnd).equals("IS")
                        && tokens.word(otherEnd + 1).equals("NOT")
                        && tokens.word(otherEnd + 2).equals("NULL");
                if (opposite && isSame(cuts.get(i - 1) + 1, nullEnd, cuts.get(j - 1) + 1, otherEnd)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean conjunction(int from, int to, boolean wanted) {
        List<Integer> cuts = cuts(from, to, "AND");
        if (cuts.size() == 2) {
            return leaf(from, to, wanted);
        }
        boolean any = false;
        boolean all = true;
        for (int i = 1; i < cuts.size(); i++) {
            boolean holds = leaf(cuts.get(i - 1) + 1, cuts.get(i), wanted);
            any |= holds;
            all &= holds;
        }
        return wanted ? all : any;
    }

    private boolean leaf(int from, int to, boolean wanted) {
        if (to <= from) {
            return false;
        }
        if (tokens.word(from).equals("NOT")) {
            return holds(from + 1, to, !wanted);
        }
        if (tokens.symbol(from) == '(' && tokens.partner(from) == to - 1) {
            return !tokens.word(from + 1).equals("SELECT") && holds(from + 1, to - 1, wanted);
        }
        int column = draft.columnTokens.nextSetBit(from);
        if (column < 0 || column >= to) {
            return constant(from, to, wanted);
        }
        return wanted && comparesItself(from, to);
    }

    /** Without a column: false only where it says so. */
    private boolean constant(int from, int to, boolean wanted) {
        for (int i = from; i < to; i++) {
            if (tokens.word(i).equals("SELECT")) {
                return false;
            }
            draft.literalsMatter |= tokens.isLiteral(i) || tokens.isParameter(i);
        }
        Boolean value = valueOf(from, to);
        return value == null ? wanted : value == wanted;
    }

    private @Nullable Boolean valueOf(int from, int to) {
        if (to - from == 1) {
            return switch (tokens.word(from)) {
                case "TRUE" -> true;
                case "FALSE", "NULL" -> false;
                default -> tokens.isString(from) ? truth(tokens.value(from)) : null;
            };
        }
        return to - from == 3 ? compared(from) : null;
    }

    private static @Nullable Boolean truth(String value) {
        return switch (value.strip()) {
            case "f", "false", "F", "FALSE", "no", "off", "0", "n" -> false;
            default -> null;
        };
    }

    /** {@code literal operator literal}. */
    private @Nullable Boolean compared(int from) {
        int order;
        if (tokens.isNumber(from) && tokens.isNumber(from + 2)) {
            Long left = Numbers.parse(tokens.text(from));
            Long right = Numbers.parse(tokens.text(from + 2));
            if (left == null || right == null) {
                return null;
            }
            order = Long.compare(left, right);
        } else if (tokens.isString(from) && tokens.isString(from + 2)) {
            boolean equal = tokens.value(from).equals(tokens.value(from + 2));
            if (tokens.is(from + 1, "=")) {
                return equal;
            }
            boolean different = tokens.is(from + 1, "<>") || tokens.is(from + 1, "!=");
            return different ? !equal : null;
        } else {
            return null;
        }
        return switch (tokens.text(from + 1)) {
            case "=" -> order == 0;
            case "<>", "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            case ">=" -> order >= 0;
            default -> null;
        };
    }

    /** {@code x = x}, {@code x <= x}, {@code x LIKE '%'}: true for every row but those where x is null. */
    private boolean comparesItself(int from, int to) {
        if (tokens.isString(to - 1) && tokens.word(to - 2).endsWith("LIKE")) {
            draft.literalsMatter = true;
            return !tokens.word(to - 3).equals("NOT") && tokens.value(to - 1).equals("%");
        }
        int middle = (from + to) / 2;
        boolean equality = tokens.is(middle, "=") || tokens.is(middle, "<=") || tokens.is(middle, ">=");
        return (to - from) % 2 == 1 && equality && isSame(from, middle, middle + 1, to);
    }

    /** Whether two runs of names, dots and literals say the same. */
    private boolean isSame(int from, int to, int otherFrom, int otherTo) {
        if (to <= from || to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            boolean name = tokens.isName(from + i)
                    && tokens.name(from + i).equals(tokens.name(otherFrom + i))
                    && tokens.symbol(from + i + 1) != '(';
            if (!name && !(tokens.symbol(from + i) == '.' && tokens.symbol(otherFrom + i) == '.')) {
                return false;
            }
        }
        return true;
    }

    /** Where {@code word} stands between the operands, with {@code from - 1} before and {@code to} behind; not within CASE or BETWEEN. */
    private List<Integer> cuts(int from, int to, String word) {
        List<Integer> cuts = new ArrayList<>(4);
        cuts.add(from - 1);
        int cases = 0;
        boolean between = false;
        for (int i = from; i < to; i++) {
            String found = tokens.word(i);
            if (tokens.symbol(i) == '(' || tokens.symbol(i) == '[') {
                i = tokens.partner(i);
            } else if (found.equals("CASE")) {
                cases++;
            } else if (found.equals("END")) {
                cases--;
            } else if (found.equals("BETWEEN")) {
                between = true;
            } else if (found.equals("AND") && between) {
                between = false;
            } else if (found.equals(word) && cases == 0) {
                cuts.add(i);
            }
        }
        cuts.add(to);
        return cuts;
    }
}
