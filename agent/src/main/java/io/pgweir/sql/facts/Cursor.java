package io.pgweir.sql.facts;

import io.pgweir.sql.Keyword.Category;
import io.pgweir.sql.SqlTokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where reading stands. To give up is to go to the end: there no token is what anybody looks for, so all loops end by
 * themselves and no exception is needed.
 */
final class Cursor {
    /** Of parentheses, sub-selects, CASE and the like within each other. */
    static final int NESTING_MAX = 200;

    final SqlTokens tokens;
    final FactsDraft draft;
    int at;
    private final int size;
    private int nesting;

    Cursor(SqlTokens tokens, FactsDraft draft) {
        this.tokens = tokens;
        this.draft = draft;
        this.size = tokens.size();
    }

    boolean isEnd() {
        return at >= size;
    }

    /** Gives up; the first reason stays. */
    void fail(String reason) {
        if (draft.incomplete == null) {
            draft.incomplete = reason;
        }
        at = size;
    }

    /** Gives up at a token that nothing here begins with. No text of the statement is told but keywords. */
    void unexpected() {
        String word = tokens.word(at);
        fail(isEnd() ? "unexpected end" : word.isEmpty() ? "unexpected token" : "unexpected " + word);
    }

    /** One level deeper; false where that is too deep. Each call needs its {@link #leave()}. */
    boolean enter() {
        if (++nesting > NESTING_MAX) {
            fail("nested too deeply");
            return false;
        }
        return true;
    }

    void leave() {
        nesting--;
    }

    String word() {
        return tokens.word(at);
    }

    String word(int ahead) {
        return tokens.word(at + ahead);
    }

    boolean is(String word) {
        return tokens.word(at).equals(word);
    }

    boolean is(int ahead, String word) {
        return tokens.word(at + ahead).equals(word);
    }

    boolean is(char symbol) {
        return tokens.symbol(at) == symbol;
    }

    boolean is(int ahead, char symbol) {
        return tokens.symbol(at + ahead) == symbol;
    }

    boolean isStar() {
        return tokens.is(at, "*");
    }

    boolean isString() {
        return tokens.isString(at);
    }

    /** Past the current token, UESCAPE and its string included. */
    void advance() {
        if (tokens.isUnicode(at) && tokens.word(at + 1).equals("UESCAPE") && tokens.isString(at + 2)) {
            at += 2;
            draft.literalsMatter = true;
        }
        at++;
    }

    boolean skip(String word) {
        if (is(word)) {
            at++;
            return true;
        }
        return false;
    }

    boolean skip(String word, String next) {
        if (is(word) && is(1, next)) {
            at += 2;
            return true;
        }
        return false;
    }

    boolean skip(char symbol) {
        if (is(symbol)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String word) {
        if (!skip(word)) {
            unexpected();
        }
    }

    void expect(char symbol) {
        if (!skip(symbol)) {
            unexpected();
        }
    }

    void skipIfExists() {
        if (is("IF") && (is(1, "EXISTS") || (is(1, "NOT") && is(2, "EXISTS")))) {
            at += is(1, "NOT") ? 3 : 2;
        }
    }

    /** From an opening parenthesis or bracket behind its partner; nothing where none stands here. */
    void skipParentheses() {
        if (is('(') || is('[')) {
            at = tokens.partner(at) + 1;
        }
    }

    /** Whether a column, table or alias can be called so: ColId of the grammar. */
    boolean isColumnId(int ahead) {
        Category category = tokens.category(at + ahead);
        return tokens.isName(at + ahead) && (category == Category.UNRESERVED || category == Category.COLUMN_NAME);
    }

    boolean isName() {
        return tokens.isName(at);
    }

    /** The name that stands here, any keyword too. */
    String name() {
        String name = tokens.name(at);
        if (tokens.isName(at)) {
            advance();
        } else {
            unexpected();
        }
        return name;
    }

    /** {@code ( name, ... )}. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        expect('(');
        do {
            names.add(name());
        } while (skip(','));
        expect(')');
        return names;
    }

    /** ColId of the grammar. */
    String columnId() {
        if (!isColumnId(0)) {
            unexpected();
            return "";
        }
        return name();
    }

    /** {@code name}, {@code schema.name} or {@code database.schema.name}; null where none of them stands here. */
    @Nullable
    RelationName relation() {
        String first = columnId();
        if (!is('.')) {
            return first.isEmpty() ? null : new RelationName(null, first);
        }
        at++;
        String second = name();
        if (!is('.')) {
            return second.isEmpty() ? null : new RelationName(first, second);
        }
        at++;
        String third = name();
        return third.isEmpty() ? null : new RelationName(second, third);
    }

    /** Skips {@code name[.name...]}; the last of them, empty where none stands here. */
    String skipQualifiedName() {
        String last = name();
        while (is('.') && tokens.isName(at + 1)) {
            at++;
            last = name();
        }
        return last;
    }

    /** {@code ( name, ... )}: skips names; they are columns or labels of no further meaning. */
    void skipNames() {
        expect('(');
        do {
            name();
        } while (skip(','));
        expect(')');
    }

    void read(@Nullable RelationName relation) {
        if (relation != null) {
            draft.reads.add(relation);
        }
    }

    void write(@Nullable RelationName relation) {
        if (relation != null) {
            draft.writes.add(relation);
        }
    }

    /** Whether the parenthesis that stands at {@code index} is that around a query, not around an expression or a join. */
    boolean opensQuery(int index) {
        int inner = index;
        int levels = 0;
        while (tokens.symbol(inner) == '(' && levels <= NESTING_MAX) {
            inner++;
            levels++;
        }
        if (levels == 0 || levels > NESTING_MAX || !beginsQuery(inner)) {
            return false;
        }
        // From the innermost outwards: "((select 1) + 1)" is no query, "((select 1) union select 2)" is one.
        for (int level = levels - 1; level > 0; level--) {
            String behind = tokens.word(tokens.partner(index + level) + 1);
            boolean closes = tokens.symbol(tokens.partner(index + level) + 1) == ')';
            if (!closes && !continuesQuery(behind)) {
                return false;
            }
        }
        return true;
    }

    private boolean beginsQuery(int index) {
        return switch (tokens.word(index)) {
            case "SELECT", "VALUES", "WITH", "TABLE" -> true;
            default -> false;
        };
    }

    private static boolean continuesQuery(String word) {
        return switch (word) {
            case "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR" -> true;
            default -> false;
        };
    }
}
