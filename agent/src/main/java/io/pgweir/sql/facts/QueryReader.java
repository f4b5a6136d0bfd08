package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads queries: SELECT, VALUES and TABLE with WITH, set operations, parentheses, and what stands behind them.
 *
 * <p>Each SELECT is a {@link Scope}; the level of a whole query holds its WITH queries, and columns are looked up through it.
 */
final class QueryReader {
    private final Reader reader;
    private final Cursor cursor;
    private final SelectReader selects;
    private final WithReader with;
    private boolean insertSource;

    QueryReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.selects = reader.selects;
        this.with = new WithReader(reader);
    }

    /** The statement's own query or change, WITH included: its outputs and conditions are the statement's. */
    void main() {
        Scope around = reader.beginScope(new Scope(reader.scope, null));
        if (cursor.is("WITH")) {
            with.queries();
        }
        reader.draft.outputs.addAll(ChangeReader.begins(cursor) ? reader.changes.change(true) : body(true));
        reader.endScope(around);
    }

    /** A query in parentheses within an expression: it sees the columns around it. */
    void subselect() {
        cursor.expect('(');
        nested();
        cursor.expect(')');
    }

    /** The same without its parentheses. */
    void nested() {
        query(new Scope(reader.scope, reader.scope), false);
    }

    /** A sub-select in FROM, with its parentheses: it sees the columns beside it if it is LATERAL, else those further out. */
    List<OutputColumn> derived(boolean lateral) {
        cursor.expect('(');
        List<OutputColumn> outputs = query(new Scope(reader.scope, lateral ? reader.scope : reader.scope.outer), false);
        cursor.expect(')');
        return outputs;
    }

    /** A query with its WITH, at its own level. */
    List<OutputColumn> query(Scope level, boolean main) {
        List<OutputColumn> outputs = List.of();
        Scope around = reader.beginScope(level);
        if (cursor.enter()) {
            if (cursor.is("WITH")) {
                with.queries();
            }
            outputs = ChangeReader.begins(cursor) ? reader.changes.change(main) : body(main);
        }
        cursor.leave();
        reader.endScope(around);
        return outputs;
    }

    /** The next query is INSERT's: how many columns it gives says nothing. */
    void expectInsertSource() {
        insertSource = true;
    }

    /** Everything behind WITH, in the level that stands. */
    private List<OutputColumn> body(boolean main) {
        List<OutputColumn> outputs = operands(main);
        tail(main, outputs);
        return outputs;
    }

    /** {@code operand { UNION | INTERSECT | EXCEPT [ALL | DISTINCT] operand }}. */
    private List<OutputColumn> operands(boolean main) {
        List<OutputColumn> outputs = operand(main, true);
        while (isSetOperation()) {
            cursor.at++;
            if (!cursor.skip("ALL")) {
                cursor.skip("DISTINCT");
            }
            outputs = united(outputs, operand(main, false));
        }
        return outputs;
    }

    private boolean isSetOperation() {
        return cursor.is("UNION") || cursor.is("INTERSECT") || cursor.is("EXCEPT");
    }

    private List<OutputColumn> operand(boolean main, boolean first) {
        boolean widthMatters = !insertSource;
        insertSource = false;
        return switch (cursor.word()) {
            case "SELECT" -> {
                Scope around = reader.beginScope(new Scope(reader.scope, reader.scope.outer));
                List<OutputColumn> outputs = selects.select(main);
                // ORDER BY sees the columns of a SELECT that stands alone.
                if (first && !isSetOperation()) {
                    tail(main, outputs);
                }
                reader.endScope(around);
                yield outputs;
            }
            case "VALUES" -> {
                reader.draft.lackWhere(main);
                yield selects.values(widthMatters);
            }
            case "TABLE" -> {
                reader.draft.lackWhere(main);
                yield selects.table();
            }
            default -> parentheses(main);
        };
    }

    private List<OutputColumn> parentheses(boolean main) {
        List<OutputColumn> outputs = List.of();
        if (cursor.enter()) {
            cursor.expect('(');
            if (cursor.is("WITH")) {
                Scope around = reader.beginScope(new Scope(reader.scope, reader.scope.outer));
                with.queries();
                outputs = body(main);
                reader.endScope(around);
            } else {
                outputs = body(main);
            }
            cursor.expect(')');
        }
        cursor.leave();
        return outputs;
    }

    /** Column by column, under the first operand's names; one of unknown width makes the whole so. */
    private List<OutputColumn> united(List<OutputColumn> left, List<OutputColumn> right) {
        boolean star = left.size() != right.size();
        for (int i = 0; i < left.size() && !star; i++) {
            star = left.get(i).star() || right.get(i).star();
        }
        List<OutputColumn> outputs = new ArrayList<>(left.size());
        if (star) {
            Lineage all = reader.lineage();
            left.forEach(output -> all.addAll(output.columns()));
            right.forEach(output -> all.addAll(output.columns()));
            outputs.add(new OutputColumn(null, all.columns(), true));
            return outputs;
        }
        for (int i = 0; i < left.size(); i++) {
            Lineage both = reader.lineage();
            both.addAll(left.get(i).columns());
            both.addAll(right.get(i).columns());
            outputs.add(new OutputColumn(left.get(i).name(), both.columns(), false));
        }
        return outputs;
    }

    /** ORDER BY, LIMIT, OFFSET, FETCH and FOR, in any order. */
    private void tail(boolean main, List<OutputColumn> outputs) {
        while (!cursor.isEnd()) {
            if (cursor.skip("ORDER", "BY")) {
                selects.order(outputs);
            } else if (cursor.skip("LIMIT")) {
                limit(main);
            } else if (cursor.skip("OFFSET")) {
                reader.expressions.expression();
                if (!cursor.skip("ROWS")) {
                    cursor.skip("ROW");
                }
            } else if (cursor.is("FETCH") && (cursor.is(1, "FIRST") || cursor.is(1, "NEXT"))) {
                fetch(main);
            } else if (!cursor.is("FOR") || !locking()) {
                return;
            }
        }
    }

    private void limit(boolean main) {
        if (main) {
            reader.draft.limit = literal();
        }
        if (!cursor.skip("ALL")) {
            reader.expressions.expression();
        }
    }

    private void fetch(boolean main) {
        cursor.at += 2;
        if (cursor.is("ROW") || cursor.is("ROWS")) {
            if (main) {
                reader.draft.limit = 1L;
            }
        } else {
            if (main) {
                reader.draft.limit = literal();
            }
            reader.expressions.expression();
        }
        cursor.at++;
        if (!cursor.skip("ONLY")) {
            cursor.expect("WITH");
            cursor.expect("TIES");
            reader.draft.limit = null;
        }
    }

    /** The number that stands here alone. */
    private @Nullable Long literal() {
        cursor.draft.literalsMatter |= cursor.tokens.isLiteral(cursor.at) || cursor.tokens.isParameter(cursor.at);
        String word = cursor.word(1);
        boolean alone = cursor.at + 1 >= cursor.tokens.size()
                || cursor.is(1, ')')
                || switch (word) {
                    case "OFFSET", "FOR", "ROW", "ROWS", "ORDER", "FETCH", "WITH", "RETURNING" -> true;
                    default -> false;
                };
        if (!cursor.tokens.isNumber(cursor.at) || !alone) {
            return null;
        }
        return Numbers.parse(cursor.tokens.text(cursor.at));
    }

    /** FOR UPDATE | NO KEY UPDATE | SHARE | KEY SHARE [OF names] [NOWAIT | SKIP LOCKED], or FOR READ ONLY. */
    private boolean locking() {
        int ahead = cursor.is(1, "NO") && cursor.is(2, "KEY") ? 3 : cursor.is(1, "KEY") ? 2 : 1;
        if (cursor.is(1, "READ") && cursor.is(2, "ONLY")) {
            cursor.at += 3;
            return true;
        }
        if (!cursor.is(ahead, "UPDATE") && !cursor.is(ahead, "SHARE")) {
            return false;
        }
        cursor.at += ahead + 1;
        reader.draft.locksRows = true;
        if (cursor.skip("OF")) {
            do {
                cursor.skipQualifiedName();
            } while (cursor.skip(','));
        }
        if (!cursor.skip("NOWAIT")) {
            cursor.skip("SKIP", "LOCKED");
        }
        return true;
    }
}
