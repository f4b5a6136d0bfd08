package io.pgweir.sql.facts;

import java.util.Locale;

/** Reads calls of functions: of those with a list of arguments, and of those that have a grammar of their own. */
final class CallReader {
    private final Reader reader;
    private final Cursor cursor;
    private final JsonReader json;
    private final XmlReader xml;

    CallReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.json = new JsonReader(reader);
        this.xml = new XmlReader(reader);
    }

    /** Notes the function that a word of the grammar calls. */
    private void called(String word) {
        note(cursor, word);
    }

    static void note(Cursor cursor, String word) {
        cursor.draft.functions.add(new FunctionName("pg_catalog", lower(word)));
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }

    /** Reads what begins with a word of the grammar that calls something; false where none stands here. */
    boolean special() {
        String word = cursor.word();
        return switch (word) {
            case "CURRENT_CATALOG",
                    "CURRENT_DATE",
                    "CURRENT_ROLE",
                    "CURRENT_USER",
                    "SESSION_USER",
                    "SYSTEM_USER",
                    "USER",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "LOCALTIME",
                    "LOCALTIMESTAMP" -> {
                called(word);
                cursor.at++;
                // The precision of a time; behind the others nothing opens a parenthesis.
                cursor.skipParentheses();
                yield true;
            }
            case "CURRENT_SCHEMA" -> {
                boolean bare = !cursor.is(1, '(');
                if (bare) {
                    called(word);
                    cursor.at++;
                }
                yield bare;
            }
            case "CAST", "TREAT" -> cast(word);
            case "COLLATION" -> collationFor();
            default -> cursor.is(1, '(') && (withWords(word) || json.special(word) || xml.special(word));
        };
    }

    /** CAST (expression AS type). */
    private boolean cast(String word) {
        if (!cursor.is(1, '(')) {
            return false;
        }
        cursor.at += 2;
        if (word.equals("TREAT")) {
            called(word);
        }
        reader.expressions.expression();
        cursor.expect("AS");
        reader.types.skip();
        cursor.expect(')');
        return true;
    }

    private boolean collationFor() {
        if (!cursor.is(1, "FOR")) {
            return false;
        }
        called("PG_COLLATION_FOR");
        cursor.at += 2;
        reader.expressions.parentheses();
        return true;
    }

    /** Functions whose arguments have words between them. The current token is the word, the next one a parenthesis. */
    private boolean withWords(String word) {
        switch (word) {
            case "COALESCE", "GREATEST", "LEAST", "NULLIF", "GROUPING", "MERGE_ACTION" -> {
                called(word);
                cursor.at++;
                arguments();
            }
            case "EXTRACT" -> {
                called(word);
                cursor.at += 2;
                cursor.advance();
                cursor.expect("FROM");
                reader.expressions.expression();
                cursor.expect(')');
            }
            case "OVERLAY", "POSITION", "SUBSTRING", "TRIM", "NORMALIZE" -> {
                cursor.at += 2;
                boolean plain = !wordsAndExpressions();
                // With commas only it is a call like any other: search_path decides.
                if (plain && (word.equals("OVERLAY") || word.equals("SUBSTRING"))) {
                    cursor.draft.functions.add(new FunctionName(null, lower(word)));
                } else {
                    called(word);
                }
                cursor.expect(')');
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** @return whether there were words */
    private boolean wordsAndExpressions() {
        boolean words = false;
        while (!cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "FROM", "FOR", "PLACING", "BOTH", "LEADING", "TRAILING", "SIMILAR", "ESCAPE" -> {
                    cursor.at++;
                    words = true;
                }
                case "NFC", "NFD", "NFKC", "NFKD" -> {
                    if (cursor.is(1, ')')) {
                        cursor.at++;
                    } else {
                        reader.expressions.expression();
                    }
                }
                default -> {
                    if (!cursor.skip(',')) {
                        argument();
                    }
                }
            }
        }
        return words;
    }

    /** {@code ( [ALL | DISTINCT] argument, ... [ORDER BY ...] )} or {@code (*)}. */
    void arguments() {
        cursor.expect('(');
        if (cursor.isStar()) {
            cursor.at++;
        } else if (!cursor.is(')')) {
            if (!cursor.skip("DISTINCT")) {
                cursor.skip("ALL");
            }
            do {
                argument();
            } while (cursor.skip(','));
            if (cursor.skip("ORDER", "BY")) {
                reader.expressions.sortList();
            }
        }
        cursor.expect(')');
    }

    /** {@code [VARIADIC] [name => | :=] expression}. */
    private void argument() {
        cursor.skip("VARIADIC");
        boolean named =
                cursor.isName() && (cursor.tokens.is(cursor.at + 1, "=>") || cursor.tokens.is(cursor.at + 1, ":="));
        if (named) {
            cursor.at += 2;
        }
        reader.expressions.expression();
    }

    /** XMLTABLE's or JSON_TABLE's, behind their opening parenthesis. */
    void table(boolean isXml) {
        if (isXml) {
            xml.table();
        } else {
            json.table();
        }
    }

    /** WITHIN GROUP, FILTER and OVER. */
    void afterCall() {
        if (cursor.is("WITHIN") && cursor.is(1, "GROUP") && cursor.is(2, '(')) {
            cursor.at += 3;
            cursor.expect("ORDER");
            cursor.expect("BY");
            reader.expressions.sortList();
            cursor.expect(')');
        }
        if (cursor.is("FILTER") && cursor.is(1, '(')) {
            cursor.at += 2;
            cursor.expect("WHERE");
            reader.expressions.expression();
            cursor.expect(')');
        }
        if ((cursor.is("IGNORE") || cursor.is("RESPECT")) && cursor.is(1, "NULLS")) {
            cursor.at += 2;
        }
        if (cursor.skip("OVER")) {
            if (cursor.is('(')) {
                window();
            } else {
                cursor.columnId();
            }
        }
    }

    /** {@code ( [name] [PARTITION BY ...] [ORDER BY ...] [frame] )}. */
    void window() {
        cursor.expect('(');
        boolean clause = (cursor.is("PARTITION") && cursor.is(1, "BY")) || isFrame();
        if (cursor.isColumnId(0) && !clause) {
            cursor.name();
        }
        if (cursor.skip("PARTITION", "BY")) {
            reader.expressions.expressions();
        }
        if (cursor.skip("ORDER", "BY")) {
            reader.expressions.sortList();
        }
        if (isFrame()) {
            frame();
        }
        cursor.expect(')');
    }

    private boolean isFrame() {
        boolean unit = cursor.is("ROWS") || cursor.is("RANGE") || cursor.is("GROUPS");
        return unit && !cursor.is(1, ')');
    }

    private void frame() {
        cursor.at++;
        if (cursor.skip("BETWEEN")) {
            bound();
            cursor.expect("AND");
        }
        bound();
        if (cursor.skip("EXCLUDE")) {
            while (cursor.isName()) {
                cursor.at++;
            }
        }
    }

    private void bound() {
        if (cursor.skip("CURRENT", "ROW")) {
            return;
        }
        if (cursor.is("UNBOUNDED") && (cursor.is(1, "PRECEDING") || cursor.is(1, "FOLLOWING"))) {
            cursor.at++;
        } else {
            reader.expressions.expression();
        }
        if (!cursor.skip("PRECEDING")) {
            cursor.expect("FOLLOWING");
        }
    }
}
