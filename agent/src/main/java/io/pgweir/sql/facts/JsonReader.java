package io.pgweir.sql.facts;

/** The constructors and queries of SQL/JSON, with their many clauses; on older servers they are functions like any other. */
final class JsonReader {
    private final Reader reader;
    private final Cursor cursor;

    JsonReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** The next token is a parenthesis. */
    boolean special(String word) {
        return switch (word) {
            case "JSON",
                    "JSON_ARRAY",
                    "JSON_ARRAYAGG",
                    "JSON_EXISTS",
                    "JSON_OBJECT",
                    "JSON_OBJECTAGG",
                    "JSON_QUERY",
                    "JSON_SCALAR",
                    "JSON_SERIALIZE",
                    "JSON_VALUE" -> {
                CallReader.note(cursor, word);
                cursor.at += 2;
                if (word.equals("JSON_ARRAY") && cursor.opensQuery(cursor.at - 1)) {
                    query();
                } else {
                    clauses();
                }
                cursor.expect(')');
                reader.calls.afterCall();
                yield true;
            }
            default -> false;
        };
    }

    /** JSON_ARRAY (query [FORMAT JSON] [RETURNING type]). */
    private void query() {
        reader.queries.nested();
        clauses();
    }

    /** Expressions, and all that may stand between and behind them, up to the closing parenthesis. */
    void clauses() {
        while (!cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "FORMAT" -> {
                    cursor.at += 2;
                    if (cursor.skip("ENCODING")) {
                        cursor.name();
                    }
                }
                case "RETURNING" -> {
                    cursor.at++;
                    reader.types.skip();
                }
                case "AS" -> {
                    cursor.at++;
                    cursor.name();
                }
                case "PASSING", "ON", "KEEP", "OMIT" -> cursor.at++;
                case "ORDER" -> {
                    cursor.at += 2;
                    reader.expressions.sortList();
                }
                case "WITH", "WITHOUT" -> skipWith();
                default -> {
                    if (!skipHandler()) {
                        element();
                    }
                }
            }
        }
    }

    private void element() {
        if (cursor.skip(',') || cursor.skip(':')) {
            return;
        }
        boolean named =
                cursor.isName() && (cursor.tokens.is(cursor.at + 1, "=>") || cursor.tokens.is(cursor.at + 1, ":="));
        if (named) {
            cursor.at += 2;
        }
        reader.expressions.expression();
        cursor.skip("VALUE");
    }

    /** WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER, WITH UNIQUE [KEYS]. */
    private void skipWith() {
        cursor.at++;
        if (cursor.skip("UNIQUE")) {
            cursor.skip("KEYS");
            return;
        }
        if (!cursor.skip("CONDITIONAL")) {
            cursor.skip("UNCONDITIONAL");
        }
        cursor.skip("ARRAY");
        cursor.expect("WRAPPER");
    }

    /** {@code ERROR | NULL | TRUE | FALSE | UNKNOWN | ABSENT | EMPTY [ARRAY | OBJECT] | DEFAULT e ON EMPTY | ERROR | NULL}, QUOTES. */
    boolean skipHandler() {
        switch (cursor.word()) {
            case "ERROR", "NULL", "TRUE", "FALSE", "UNKNOWN", "ABSENT" -> {
                if (!cursor.is(1, "ON")) {
                    return false;
                }
                cursor.at += 3;
            }
            case "EMPTY" -> {
                int ahead = cursor.is(1, "ARRAY") || cursor.is(1, "OBJECT") ? 2 : 1;
                if (!cursor.is(ahead, "ON")) {
                    return false;
                }
                cursor.at += ahead + 2;
            }
            case "DEFAULT" -> {
                cursor.at++;
                reader.expressions.expression();
                cursor.expect("ON");
                cursor.at++;
            }
            case "QUOTES" -> {
                cursor.at++;
                if (cursor.is("ON") && cursor.is(1, "SCALAR")) {
                    cursor.at += 3;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** JSON_TABLE ( context , path [AS name] [PASSING ...] COLUMNS ( ... ) [PLAN ...] [handlers] ), behind its parenthesis. */
    void table() {
        while (!cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "COLUMNS" -> {
                    cursor.at++;
                    columns();
                }
                case "FORMAT" -> cursor.at += 2;
                case "AS" -> {
                    cursor.at++;
                    cursor.name();
                }
                case "PASSING" -> cursor.at++;
                default -> {
                    if (!skipHandler() && !cursor.skip(',')) {
                        reader.expressions.expression();
                    }
                }
            }
        }
    }

    /** {@code ( name FOR ORDINALITY | name type [EXISTS] [PATH 's'] ... | NESTED [PATH] 's' [AS name] COLUMNS ( ... ), ... )}. */
    private void columns() {
        if (cursor.enter()) {
            cursor.expect('(');
            do {
                if (cursor.is("NESTED") && (cursor.is(1, "PATH") || cursor.tokens.isString(cursor.at + 1))) {
                    cursor.at++;
                    cursor.skip("PATH");
                    cursor.advance();
                    if (cursor.skip("AS")) {
                        cursor.name();
                    }
                    cursor.expect("COLUMNS");
                    columns();
                } else {
                    column();
                }
            } while (cursor.skip(','));
            cursor.expect(')');
        }
        cursor.leave();
    }

    private void column() {
        cursor.name();
        if (cursor.skip("FOR", "ORDINALITY")) {
            return;
        }
        reader.types.skip();
        while (!cursor.is(',') && !cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "EXISTS", "KEEP", "OMIT", "NOT" -> cursor.at++;
                case "FORMAT" -> cursor.at += 2;
                case "WITH", "WITHOUT" -> skipWith();
                case "PATH" -> {
                    cursor.at++;
                    cursor.advance();
                }
                default -> {
                    if (!skipHandler()) {
                        cursor.unexpected();
                    }
                }
            }
        }
    }
}
