package io.pgweir.sql.facts;

/** Skips the names of types: they say nothing about relations. */
final class TypeReader {
    private final Cursor cursor;

    TypeReader(Cursor cursor) {
        this.cursor = cursor;
    }

    /** {@code [SETOF] name [(modifiers)] [[n]...] [ARRAY [n]]}. */
    void skip() {
        cursor.skip("SETOF");
        skipSimple();
        if (cursor.skip("ARRAY")) {
            cursor.skipParentheses();
        }
        while (cursor.is('[')) {
            cursor.skipParentheses();
        }
    }

    /** Without the bounds of an array, as before a literal. */
    void skipSimple() {
        switch (cursor.word()) {
            case "DOUBLE" -> {
                if (cursor.skip("DOUBLE", "PRECISION")) {
                    return;
                }
                skipNamed();
            }
            case "NATIONAL" -> {
                cursor.at++;
                if (!cursor.skip("CHARACTER")) {
                    cursor.skip("CHAR");
                }
                cursor.skip("VARYING");
                cursor.skipParentheses();
            }
            case "BIT", "CHARACTER", "CHAR", "NCHAR" -> {
                cursor.at++;
                cursor.skip("VARYING");
                cursor.skipParentheses();
            }
            case "TIME", "TIMESTAMP" -> {
                cursor.at++;
                cursor.skipParentheses();
                if ((cursor.is("WITH") || cursor.is("WITHOUT")) && cursor.is(1, "TIME") && cursor.is(2, "ZONE")) {
                    cursor.at += 3;
                }
            }
            case "INTERVAL" -> {
                cursor.at++;
                cursor.skipParentheses();
                skipIntervalFields();
            }
            default -> skipNamed();
        }
    }

    private void skipNamed() {
        cursor.skipQualifiedName();
        if (cursor.tokens.is(cursor.at, "%") && cursor.is(1, "TYPE")) {
            cursor.at += 2;
        }
        if (cursor.is('(')) {
            cursor.skipParentheses();
        }
    }

    /** {@code YEAR TO MONTH}, {@code DAY TO SECOND (3)} and the like. */
    void skipIntervalFields() {
        while (isIntervalField(cursor.word()) || (cursor.is("TO") && isIntervalField(cursor.word(1)))) {
            cursor.at++;
            if (cursor.is('(')) {
                cursor.skipParentheses();
            }
        }
    }

    private static boolean isIntervalField(String word) {
        return switch (word) {
            case "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND" -> true;
            default -> false;
        };
    }

    /** Words that begin a type and cannot be a function's name. */
    static boolean isTypeWord(String word) {
        return switch (word) {
            case "BIGINT",
                    "BIT",
                    "BOOLEAN",
                    "CHAR",
                    "CHARACTER",
                    "DEC",
                    "DECIMAL",
                    "FLOAT",
                    "INT",
                    "INTEGER",
                    "INTERVAL",
                    "NATIONAL",
                    "NCHAR",
                    "NUMERIC",
                    "REAL",
                    "SMALLINT",
                    "TIME",
                    "TIMESTAMP",
                    "VARCHAR" -> true;
            default -> false;
        };
    }
}
