package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/**
 * Reads what defines columns and constraints, in CREATE TABLE and ALTER TABLE: the relations it names and the functions that its
 * expressions call. Types, options and names of constraints are passed over.
 */
final class DefinitionReader {
    private final Reader reader;
    private final Cursor cursor;

    DefinitionReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** {@code ( column type ..., LIKE relation ..., constraint, ... )}; nothing where no parenthesis stands. */
    void elements() {
        if (!cursor.skip('(')) {
            return;
        }
        if (!cursor.is(')')) {
            do {
                if (cursor.is("LIKE")) {
                    cursor.at++;
                    cursor.read(cursor.relation());
                } else {
                    beginColumn();
                }
                parts(')');
            } while (cursor.skip(','));
        }
        cursor.expect(')');
    }

    /** A column's name and type, unless a constraint of the table begins here. */
    private void beginColumn() {
        switch (cursor.word()) {
            case "CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE", "NOT" -> {}
            default -> column();
        }
    }

    /** {@code name [type]}: in a typed table and in CREATE TABLE AS there is no type. */
    void column() {
        cursor.columnId();
        switch (cursor.word()) {
            case "WITH" -> cursor.skip("WITH", "OPTIONS");
            case "CONSTRAINT",
                    "CHECK",
                    "UNIQUE",
                    "PRIMARY",
                    "NOT",
                    "NULL",
                    "DEFAULT",
                    "GENERATED",
                    "REFERENCES",
                    "COLLATE" -> {}
            default -> {
                if (cursor.isName()) {
                    reader.types.skip();
                }
            }
        }
    }

    /** Everything of one element, up to a comma or {@code close} at its level; to the end where that is 0. */
    void parts(char close) {
        while (!cursor.isEnd() && !cursor.is(',') && !(close != 0 && cursor.is(close))) {
            part();
        }
    }

    /** One word and what belongs to it. */
    void part() {
        switch (cursor.word()) {
            case "DEFAULT" -> defaultValue();
            case "CHECK", "WHEN" -> {
                cursor.at++;
                if (cursor.is('(')) {
                    reader.expressions.parentheses();
                }
            }
            case "GENERATED" -> generated();
            case "REFERENCES" -> {
                cursor.at++;
                cursor.read(cursor.relation());
                cursor.skipParentheses();
            }
            case "EXCLUDE" -> exclude();
            case "WHERE" -> {
                cursor.at++;
                reader.expressions.expression();
            }
            case "STORAGE", "COMPRESSION" -> {
                cursor.at++;
                cursor.skip("DEFAULT");
            }
            // A constraint's columns, options, the numbers of an identity: no expressions.
            default -> {
                if (cursor.is('(')) {
                    cursor.skipParentheses();
                } else {
                    cursor.at++;
                }
            }
        }
    }

    /** DEFAULT e; not ON DELETE SET DEFAULT, DROP DEFAULT, or the default partition. */
    private void defaultValue() {
        String before = cursor.tokens.word(cursor.at - 1);
        String beforeThat = cursor.tokens.word(cursor.at - 2);
        cursor.at++;
        boolean action = before.equals("SET") && (beforeThat.equals("DELETE") || beforeThat.equals("UPDATE"));
        if (action || before.equals("DROP") || cursor.isEnd() || cursor.is(',')) {
            return;
        }
        reader.expressions.expression();
    }

    /** GENERATED ALWAYS | BY DEFAULT AS IDENTITY [(...)], GENERATED ALWAYS AS (e) [STORED | VIRTUAL]. */
    private void generated() {
        cursor.at++;
        if (!cursor.skip("ALWAYS")) {
            cursor.skip("BY", "DEFAULT");
        }
        if (cursor.skip("AS") && cursor.is('(')) {
            reader.expressions.parentheses();
        }
    }

    /** EXCLUDE [USING method] (e WITH operator, ...). */
    private void exclude() {
        cursor.at++;
        if (cursor.skip("USING")) {
            cursor.name();
        }
        if (cursor.is('(')) {
            indexed();
        }
    }

    /** {@code ( e [COLLATE c] [class [(options)]] [ASC | DESC] [NULLS FIRST | LAST] [WITH operator], ... )}. */
    void indexed() {
        cursor.expect('(');
        do {
            reader.expressions.expression();
            while (cursor.isName() && !cursor.is("WITH")) {
                cursor.skipQualifiedName();
                cursor.skipParentheses();
            }
            if (cursor.skip("WITH")) {
                if (cursor.skip("OPERATOR")) {
                    cursor.skipParentheses();
                } else {
                    cursor.at++;
                }
            }
        } while (cursor.skip(','));
        cursor.expect(')');
    }

    /** A level in which the relation's columns stand bare, or behind its name. */
    Scope level(@Nullable RelationName relation) {
        Scope level = new Scope(reader.scope, null);
        if (relation != null) {
            Source source = Source.of(relation);
            level.add(relation.name(), source);
            level.addAlias("old", source);
            level.addAlias("new", source);
        }
        return level;
    }
}
