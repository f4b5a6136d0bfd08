package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one SELECT, VALUES or TABLE, and RETURNING, which has SELECT's list. The level that it reads into stands already. */
final class SelectReader {
    private final Reader reader;
    private final Cursor cursor;

    SelectReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** An entry of the list: {@code name} null where the server makes one up, tokens {@code [start, end)} without the label. */
    private record Item(@Nullable String name, int start, int end, Reader.Mark from, Reader.Mark to) {}

    /** From SELECT up to WINDOW. */
    List<OutputColumn> select(boolean main) {
        cursor.expect("SELECT");
        if (cursor.skip("DISTINCT")) {
            if (cursor.skip("ON")) {
                reader.expressions.parentheses();
            }
        } else {
            cursor.skip("ALL");
        }
        List<Item> items = isListEnd() ? List.of() : items();
        if (cursor.skip("INTO")) {
            into();
        }
        if (cursor.skip("FROM")) {
            reader.from.items();
        }
        where(main);
        if (cursor.skip("GROUP", "BY")) {
            if (!cursor.skip("DISTINCT")) {
                cursor.skip("ALL");
            }
            groups();
        }
        if (cursor.skip("HAVING")) {
            reader.expressions.expression();
        }
        if (cursor.skip("WINDOW")) {
            do {
                cursor.columnId();
                cursor.expect("AS");
                reader.calls.window();
            } while (cursor.skip(','));
        }
        return outputs(items);
    }

    /** WHERE, if it stands here. {@code counts} where it is the statement's own. */
    void where(boolean counts) {
        if (!cursor.skip("WHERE")) {
            reader.draft.lackWhere(counts);
            return;
        }
        int start = cursor.at;
        reader.expressions.expression();
        if (counts) {
            reader.draft.haveWhere(new Predicate(cursor.tokens, reader.draft).isTrue(start, cursor.at));
        }
    }

    /** {@code [TEMP | UNLOGGED ...] [TABLE] name}. */
    private void into() {
        reader.draft.selectInto = true;
        boolean adjective = true;
        while (adjective) {
            adjective = switch (cursor.word()) {
                case "TEMPORARY", "TEMP", "LOCAL", "GLOBAL", "UNLOGGED" ->
                    cursor.isColumnId(1) || cursor.is(1, "TABLE");
                default -> false;
            };
            if (adjective) {
                cursor.at++;
            }
        }
        cursor.skip("TABLE");
        cursor.write(cursor.relation());
    }

    /** Expressions, {@code ()}, ROLLUP, CUBE and GROUPING SETS. */
    private void groups() {
        do {
            group();
        } while (cursor.skip(','));
    }

    private void group() {
        if (cursor.enter()) {
            boolean sets = cursor.skip("GROUPING", "SETS");
            if (sets || ((cursor.is("ROLLUP") || cursor.is("CUBE")) && cursor.is(1, '('))) {
                if (!sets) {
                    cursor.at++;
                }
                cursor.expect('(');
                groups();
                cursor.expect(')');
            } else if (cursor.is('(') && cursor.is(1, ')')) {
                cursor.at += 2;
            } else {
                reader.expressions.expression();
            }
        }
        cursor.leave();
    }

    /** ORDER BY's list. A bare name is an output's before it is a column's. */
    void order(List<OutputColumn> outputs) {
        do {
            if (isOutput(outputs)) {
                cursor.advance();
                reader.expressions.sortOptions();
            } else {
                reader.expressions.sortItem();
            }
        } while (cursor.skip(','));
    }

    private boolean isOutput(List<OutputColumn> outputs) {
        boolean bare = cursor.isColumnId(0)
                && (cursor.at + 1 >= cursor.tokens.size()
                        || cursor.is(1, ',')
                        || cursor.is(1, ')')
                        || switch (cursor.word(1)) {
                            case "ASC", "DESC", "NULLS", "USING", "LIMIT", "OFFSET", "FETCH", "FOR" -> true;
                            default -> false;
                        });
        if (!bare) {
            return false;
        }
        String name = cursor.tokens.name(cursor.at);
        for (OutputColumn output : outputs) {
            if (name.equals(output.name())) {
                return true;
            }
        }
        return false;
    }

    /** {@code VALUES (e, ...), ...}: column1, column2, ... */
    List<OutputColumn> values(boolean widthMatters) {
        reader.draft.literalsMatter |= widthMatters;
        Scope around = reader.beginScope(new Scope(reader.scope, reader.scope.outer));
        Reader.Mark mark = reader.mark();
        int width = 0;
        cursor.expect("VALUES");
        boolean first = true;
        do {
            cursor.expect('(');
            do {
                reader.expressions.expression();
                width += first ? 1 : 0;
            } while (cursor.skip(','));
            cursor.expect(')');
            first = false;
        } while (cursor.skip(','));
        List<OutputColumn> outputs = new ArrayList<>(width);
        Set<ColumnName> columns = reader.madeSince(mark);
        for (int i = 1; i <= width && widthMatters; i++) {
            outputs.add(new OutputColumn("column" + i, columns, false));
        }
        reader.endScope(around);
        return outputs;
    }

    /** {@code TABLE name}: all of it. */
    List<OutputColumn> table() {
        cursor.expect("TABLE");
        Scope around = reader.beginScope(new Scope(reader.scope, reader.scope.outer));
        reader.from.relation();
        reader.scope.references.add(new Scope.Reference(null, null, ColumnName.ALL));
        List<OutputColumn> outputs = new ArrayList<>(1);
        star(outputs);
        reader.endScope(around);
        return outputs;
    }

    /** {@code RETURNING [WITH (OLD | NEW AS name, ...)] list}. */
    List<OutputColumn> returning(Source target) {
        if (!cursor.skip("RETURNING")) {
            return List.of();
        }
        reader.scope.addAlias("old", target);
        reader.scope.addAlias("new", target);
        if (cursor.is("WITH") && cursor.is(1, '(')) {
            cursor.at += 2;
            do {
                cursor.name();
                cursor.expect("AS");
                reader.scope.addAlias(cursor.columnId(), target);
            } while (cursor.skip(','));
            cursor.expect(')');
        }
        return outputs(items());
    }

    /** Whether a list has no entries: a clause, or the end, stands here. */
    private boolean isListEnd() {
        return cursor.isEnd() || cursor.is(')') || cursor.is(';') || isClause();
    }

    /** Words that follow an expression and are no label: those that the grammar allows behind AS only. */
    private boolean isClause() {
        return switch (cursor.word()) {
            case "AS",
                    "CREATE",
                    "EXCEPT",
                    "FETCH",
                    "FOR",
                    "FROM",
                    "GRANT",
                    "GROUP",
                    "HAVING",
                    "INTERSECT",
                    "INTO",
                    "LIMIT",
                    "OFFSET",
                    "ON",
                    "ORDER",
                    "RETURNING",
                    "TO",
                    "UNION",
                    "WHERE",
                    "WINDOW",
                    "WITH" -> true;
            default -> false;
        };
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        do {
            items.add(item());
            foldedList();
        } while (cursor.skip(','));
        return items;
    }

    /** The fingerprint takes {@code 1, 2} for one literal: how many stand in a list it does not tell. */
    private void foldedList() {
        int at = cursor.at;
        if (cursor.is(',') && isFolded(at - 1, ')') && isFolded(at + 1, '(')) {
            reader.draft.literalsMatter = true;
        }
    }

    private boolean isFolded(int index, char parenthesis) {
        return cursor.tokens.isLiteral(index)
                || cursor.tokens.isParameter(index)
                || cursor.tokens.symbol(index) == parenthesis;
    }

    private Item item() {
        int start = cursor.at;
        Reader.Mark mark = reader.mark();
        if (cursor.isStar()) {
            cursor.at++;
            reader.scope.references.add(new Scope.Reference(null, null, ColumnName.ALL));
            return new Item(null, start, cursor.at, mark, reader.mark());
        }
        reader.expressions.expression();
        int end = cursor.at;
        Reader.Mark to = reader.mark();
        if (cursor.skip("AS") || (cursor.isName() && !isClause())) {
            return new Item(cursor.name(), start, end, mark, to);
        }
        return new Item(nameOf(start, end), start, end, mark, to);
    }

    /** A column's own name, casts left aside; null for what is more than a column. */
    private @Nullable String nameOf(int start, int end) {
        if (!cursor.draft.columnTokens.get(start)) {
            return null;
        }
        int last = start;
        while (last + 2 < end && cursor.tokens.symbol(last + 1) == '.') {
            last += 2;
        }
        return last + 1 == end || cursor.tokens.is(last + 1, "::") ? cursor.tokens.name(last) : null;
    }

    /** All sources are known now. */
    private List<OutputColumn> outputs(List<Item> items) {
        List<OutputColumn> outputs = new ArrayList<>(items.size());
        for (Item item : items) {
            boolean star = item.name == null && cursor.tokens.is(item.end - 1, "*");
            if (!star) {
                outputs.add(new OutputColumn(item.name, reader.made(item.from, item.to), false));
            } else if (item.end - item.start == 1) {
                star(outputs);
            } else {
                Source source =
                        item.end - item.start == 3 ? reader.scope.aliased(cursor.tokens.name(item.start)) : null;
                if (source == null || !source.expand(outputs)) {
                    outputs.add(new OutputColumn(null, reader.made(item.from, item.to), true));
                }
            }
        }
        return outputs;
    }

    private void star(List<OutputColumn> outputs) {
        List<OutputColumn> all = new ArrayList<>();
        boolean known = !reader.scope.merged;
        Lineage columns = reader.lineage();
        for (Source source : reader.scope.sources) {
            known = known && source.expand(all);
            source.all(columns);
        }
        if (known) {
            outputs.addAll(all);
        } else {
            outputs.add(new OutputColumn(null, columns.columns(), true));
        }
    }
}
