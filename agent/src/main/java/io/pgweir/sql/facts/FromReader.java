package io.pgweir.sql.facts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind FROM and USING: relations, sub-selects, functions, and their joins. */
final class FromReader {
    private final Reader reader;
    private final Cursor cursor;

    FromReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** One item or more, with commas; all of them become sources of the current level. */
    void items() {
        joined();
        while (cursor.skip(',')) {
            reader.draft.joins++;
            joined();
        }
    }

    /**
     * {@code item { JOIN item | ON condition | USING (columns) }}: which condition belongs to which join says nothing about
     * names. An ON with no join left is INSERT's ON CONFLICT.
     */
    private void joined() {
        item();
        int conditions = 0;
        while (!cursor.isEnd()) {
            if (conditions > 0 && cursor.skip("ON")) {
                reader.expressions.expression();
                conditions--;
            } else if (conditions > 0 && cursor.skip("USING")) {
                using();
                conditions--;
            } else {
                Join join = skipJoin();
                if (join == Join.NONE) {
                    return;
                }
                conditions += join == Join.CONDITION ? 1 : 0;
                reader.draft.joins++;
                item();
            }
        }
    }

    private enum Join {
        NONE,
        /** CROSS, NATURAL. */
        PLAIN,
        /** ON or USING follows. */
        CONDITION
    }

    private void using() {
        reader.scope.merged = true;
        cursor.expect('(');
        do {
            cursor.draft.columnTokens.set(cursor.at);
            reader.scope.references.add(new Scope.Reference(null, null, cursor.columnId()));
        } while (cursor.skip(','));
        cursor.expect(')');
        if (cursor.skip("AS")) {
            reader.scope.addAlias(cursor.columnId(), Source.derived(null));
        }
    }

    private Join skipJoin() {
        int ahead = 0;
        boolean natural = cursor.is("NATURAL");
        if (natural) {
            ahead++;
        }
        boolean cross = cursor.is(ahead, "CROSS");
        switch (cursor.word(ahead)) {
            case "CROSS", "INNER" -> ahead++;
            case "LEFT", "RIGHT", "FULL" -> ahead += cursor.is(ahead + 1, "OUTER") ? 2 : 1;
            default -> {}
        }
        if (!cursor.is(ahead, "JOIN")) {
            return Join.NONE;
        }
        cursor.at += ahead + 1;
        if (natural) {
            // Compares whatever columns have the same names.
            reader.scope.merged = true;
            reader.scope.references.add(new Scope.Reference(null, null, ColumnName.ALL));
        }
        return natural || cross ? Join.PLAIN : Join.CONDITION;
    }

    private void item() {
        if (reader.scope.sources.size() >= Scope.SOURCES_MAX) {
            cursor.fail("too many relations");
            return;
        }
        if (cursor.enter()) {
            boolean lateral = cursor.skip("LATERAL");
            if (cursor.is('(')) {
                if (cursor.opensQuery(cursor.at)) {
                    subselect(lateral);
                } else {
                    parentheses();
                }
            } else if (isFunction()) {
                function();
            } else {
                relation();
            }
        }
        cursor.leave();
    }

    private void subselect(boolean lateral) {
        List<OutputColumn> outputs = reader.queries.derived(lateral);
        Source source = Source.derived(outputs);
        String alias = isAlias() ? alias(source) : "";
        reader.scope.add(alias, source);
    }

    /** A join in parentheses; an alias behind it hides those within. */
    private void parentheses() {
        int first = reader.scope.sources.size();
        cursor.expect('(');
        joined();
        cursor.expect(')');
        if (isAlias()) {
            Lineage all = reader.lineage();
            for (Source source : reader.scope.sources.subList(first, reader.scope.sources.size())) {
                source.all(all);
            }
            Source group = Source.made(all.columns());
            reader.scope.addAlias(alias(group), group);
        }
    }

    /** {@code [ONLY] name [*] [[AS] alias [(columns)]] [TABLESAMPLE ...]}. */
    void relation() {
        RelationName name = relationName();
        if (name == null) {
            return;
        }
        Source with = name.schema() == null ? reader.scope.with(name.name()) : null;
        Source source;
        if (with == null) {
            cursor.read(name);
            source = Source.of(name);
        } else {
            source = with.named();
        }
        String alias = isAlias() ? alias(source) : name.name();
        reader.scope.add(alias, source);
        if (cursor.skip("TABLESAMPLE")) {
            cursor.skipQualifiedName();
            reader.calls.arguments();
            if (cursor.skip("REPEATABLE")) {
                reader.expressions.parentheses();
            }
        }
    }

    /** {@code [ONLY] name [*]} or {@code ONLY (name)}. */
    @Nullable
    RelationName relationName() {
        boolean parenthesis = cursor.skip("ONLY") && cursor.skip('(');
        RelationName name = cursor.relation();
        if (parenthesis) {
            cursor.expect(')');
        } else if (cursor.isStar()) {
            cursor.at++;
        }
        return name;
    }

    private boolean isFunction() {
        switch (cursor.word()) {
            case "ROWS" -> {
                if (cursor.is(1, "FROM")) {
                    return true;
                }
            }
            case "CURRENT_CATALOG",
                    "CURRENT_DATE",
                    "CURRENT_ROLE",
                    "CURRENT_USER",
                    "SESSION_USER",
                    "SYSTEM_USER",
                    "USER",
                    "CURRENT_SCHEMA",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "LOCALTIME",
                    "LOCALTIMESTAMP",
                    "COLLATION" -> {
                return true;
            }
            default -> {}
        }
        int ahead = 1;
        while (cursor.is(ahead, '.')) {
            ahead += 2;
        }
        return cursor.isName() && cursor.is(ahead, '(');
    }

    /** What its columns are made from are its arguments. */
    private void function() {
        Reader.Mark mark = reader.mark();
        if (cursor.skip("ROWS", "FROM")) {
            cursor.expect('(');
            do {
                call();
                if (cursor.skip("AS")) {
                    definitions();
                }
            } while (cursor.skip(','));
            cursor.expect(')');
        } else {
            call();
        }
        cursor.skip("WITH", "ORDINALITY");
        Source source = Source.made(reader.madeSince(mark));
        reader.scope.add(isAlias() ? alias(source) : "", source);
    }

    private void call() {
        if (cursor.is("XMLTABLE") || cursor.is("JSON_TABLE")) {
            CallReader.note(cursor, cursor.word());
            boolean xml = cursor.is("XMLTABLE");
            cursor.at++;
            cursor.expect('(');
            reader.calls.table(xml);
            cursor.expect(')');
            return;
        }
        // A name, a parenthesis: the operand of an expression, which may not go on.
        reader.expressions.call();
    }

    private boolean isAlias() {
        return cursor.is("AS") || cursor.isColumnId(0);
    }

    /** {@code [AS] alias [(columns)]}, {@code AS (definitions)}, {@code [AS] alias (definitions)}; the alias, empty where none. */
    private String alias(Source source) {
        if (cursor.skip("AS") && cursor.is('(')) {
            definitions();
            return "";
        }
        String alias = cursor.columnId();
        if (cursor.is('(')) {
            boolean names = cursor.is(2, ',') || cursor.is(2, ')');
            if (names) {
                source.renames = cursor.names();
            } else {
                definitions();
            }
        }
        return alias;
    }

    /** {@code ( name type [COLLATE c], ... )}. */
    private void definitions() {
        cursor.expect('(');
        do {
            cursor.name();
            reader.types.skip();
            if (cursor.skip("COLLATE")) {
                cursor.skipQualifiedName();
            }
        } while (cursor.skip(','));
        cursor.expect(')');
    }
}
