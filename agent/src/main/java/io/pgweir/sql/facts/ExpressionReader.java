package io.pgweir.sql.facts;

/**
 * Walks over an expression: operand, operator, operand, without precedence, which says nothing about names.
 *
 * <pre>
 *   expression: [NOT | sign]... operand [::type | [i] | .field | IS NULL ...]... { operator expression }
 * </pre>
 *
 * It ends in front of the first token that no operator begins with; whoever asked for it knows what may stand there.
 */
final class ExpressionReader {
    private final Reader reader;
    private final Cursor cursor;
    private final NameReader names;

    ExpressionReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.names = new NameReader(reader);
    }

    void expression() {
        if (cursor.enter()) {
            do {
                skipPrefixes();
                operand();
                postfixes();
            } while (skipBinary());
        }
        cursor.leave();
    }

    /** One or more, with commas. */
    void expressions() {
        do {
            expression();
        } while (cursor.skip(','));
    }

    private void skipPrefixes() {
        while (true) {
            if (cursor.is("NOT") || (cursor.tokens.isOperator(cursor.at) && !cursor.isStar())) {
                cursor.at++;
            } else if (cursor.is("OPERATOR") && cursor.is(1, '(')) {
                cursor.at++;
                cursor.skipParentheses();
            } else {
                return;
            }
        }
    }

    private boolean skipBinary() {
        if (cursor.tokens.isOperator(cursor.at)) {
            cursor.at++;
            return true;
        }
        return switch (cursor.word()) {
            case "AND", "OR", "LIKE", "ILIKE", "IN", "OVERLAPS", "ESCAPE" -> {
                cursor.at++;
                yield true;
            }
            case "BETWEEN" -> {
                cursor.at++;
                if (!cursor.skip("SYMMETRIC")) {
                    cursor.skip("ASYMMETRIC");
                }
                yield true;
            }
            case "SIMILAR" -> cursor.skip("SIMILAR", "TO");
            case "AT" -> {
                boolean zone = cursor.is(1, "TIME") && cursor.is(2, "ZONE");
                if (zone) {
                    cursor.at += 3;
                }
                yield zone;
            }
            case "NOT" ->
                switch (cursor.word(1)) {
                    case "LIKE", "ILIKE", "IN", "BETWEEN", "SIMILAR" -> {
                        cursor.at++;
                        yield skipBinary();
                    }
                    default -> false;
                };
            case "OPERATOR" -> {
                boolean operator = cursor.is(1, '(');
                if (operator) {
                    cursor.at++;
                    cursor.skipParentheses();
                }
                yield operator;
            }
            case "IS" -> skipDistinctFrom();
            default -> false;
        };
    }

    private boolean skipDistinctFrom() {
        int ahead = cursor.is(1, "NOT") ? 2 : 1;
        if (cursor.is(ahead, "DISTINCT") && cursor.is(ahead + 1, "FROM")) {
            cursor.at += ahead + 2;
            return true;
        }
        return false;
    }

    private void postfixes() {
        while (true) {
            if (cursor.tokens.is(cursor.at, "::")) {
                cursor.at++;
                reader.types.skip();
            } else if (cursor.is('[')) {
                subscript();
            } else if (cursor.is('.')) {
                cursor.at++;
                if (cursor.isStar()) {
                    cursor.at++;
                } else {
                    // A field, or a function of what stands before: (e).f is f(e).
                    cursor.draft.functions.add(new FunctionName(null, cursor.name()));
                }
            } else if (!skipWordPostfix()) {
                return;
            }
        }
    }

    private boolean skipWordPostfix() {
        return switch (cursor.word()) {
            case "ISNULL", "NOTNULL" -> {
                cursor.at++;
                yield true;
            }
            case "COLLATE" -> {
                cursor.at++;
                cursor.skipQualifiedName();
                yield true;
            }
            case "AT" -> cursor.skip("AT", "LOCAL");
            case "IS" -> skipTest();
            default -> false;
        };
    }

    /** IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DOCUMENT, [form] NORMALIZED, JSON [kind] [WITH UNIQUE KEYS]. */
    private boolean skipTest() {
        int ahead = cursor.is(1, "NOT") ? 2 : 1;
        switch (cursor.word(ahead)) {
            case "NULL", "TRUE", "FALSE", "UNKNOWN", "DOCUMENT", "NORMALIZED" -> cursor.at += ahead + 1;
            case "NFC", "NFD", "NFKC", "NFKD" -> cursor.at += ahead + 2;
            case "JSON" -> {
                cursor.at += ahead + 1;
                switch (cursor.word()) {
                    case "VALUE", "ARRAY", "OBJECT", "SCALAR" -> cursor.at++;
                    default -> {}
                }
                skipUniqueKeys();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    void skipUniqueKeys() {
        if ((cursor.is("WITH") || cursor.is("WITHOUT")) && cursor.is(1, "UNIQUE")) {
            cursor.at += 2;
            cursor.skip("KEYS");
        }
    }

    /** {@code [i]}, {@code [from:to]}, either bound left out. */
    void subscript() {
        cursor.at++;
        if (!cursor.is(']') && !cursor.is(':')) {
            expression();
        }
        if (cursor.skip(':') && !cursor.is(']')) {
            expression();
        }
        cursor.expect(']');
    }

    private void operand() {
        if (cursor.tokens.isLiteral(cursor.at) || cursor.tokens.isParameter(cursor.at)) {
            cursor.advance();
        } else if (cursor.is('(')) {
            parentheses();
        } else if (cursor.tokens.isName(cursor.at)) {
            if (!special()) {
                names.read();
            }
        } else {
            cursor.unexpected();
        }
    }

    /** One call of a function, as FROM may have it. */
    void call() {
        if (!special()) {
            names.read();
        }
    }

    /** A sub-select, or one expression or more. */
    void parentheses() {
        if (cursor.opensQuery(cursor.at)) {
            reader.queries.subselect();
            return;
        }
        cursor.expect('(');
        expressions();
        cursor.expect(')');
    }

    /** What begins with a word that is no name here. */
    private boolean special() {
        switch (cursor.word()) {
            case "NULL", "TRUE", "FALSE", "DEFAULT" -> cursor.at++;
            case "CASE" -> caseExpression();
            case "ANY", "SOME", "ALL" -> {
                cursor.at++;
                parentheses();
            }
            case "ARRAY" -> array();
            case "ROW" -> {
                return row();
            }
            case "EXISTS" -> {
                if (!cursor.is(1, '(')) {
                    return false;
                }
                cursor.at++;
                reader.queries.subselect();
            }
            default -> {
                return reader.calls.special() || typedLiteral();
            }
        }
        return true;
    }

    private boolean row() {
        if (!cursor.is(1, '(')) {
            return false;
        }
        cursor.at += 2;
        if (!cursor.is(')')) {
            expressions();
        }
        cursor.expect(')');
        return true;
    }

    private void caseExpression() {
        cursor.at++;
        if (!cursor.is("WHEN")) {
            expression();
        }
        while (cursor.skip("WHEN")) {
            expression();
            cursor.expect("THEN");
            expression();
        }
        if (cursor.skip("ELSE")) {
            expression();
        }
        cursor.expect("END");
    }

    private void array() {
        cursor.at++;
        if (cursor.is('(')) {
            reader.queries.subselect();
        } else {
            brackets();
        }
    }

    private void brackets() {
        if (cursor.enter()) {
            cursor.expect('[');
            if (!cursor.is(']')) {
                do {
                    if (cursor.is('[')) {
                        brackets();
                    } else {
                        expression();
                    }
                } while (cursor.skip(','));
            }
            cursor.expect(']');
        }
        cursor.leave();
    }

    /** A literal behind a type that has a word of its own: INTERVAL '1' DAY, DOUBLE PRECISION '1', CHAR(3) 'x'. */
    private boolean typedLiteral() {
        if (!TypeReader.isTypeWord(cursor.word()) && !(cursor.is("DOUBLE") && cursor.is(1, "PRECISION"))) {
            return false;
        }
        int start = cursor.at;
        boolean interval = cursor.is("INTERVAL");
        reader.types.skipSimple();
        if (cursor.isString()) {
            cursor.advance();
            if (interval) {
                reader.types.skipIntervalFields();
            }
            return true;
        }
        if (!cursor.isEnd() || cursor.draft.incomplete == null) {
            cursor.at = start;
        }
        return false;
    }

    /** {@code expression [USING operator] [ASC | DESC] [NULLS FIRST | LAST], ...}. */
    void sortList() {
        do {
            sortItem();
        } while (cursor.skip(','));
    }

    void sortItem() {
        expression();
        sortOptions();
    }

    void sortOptions() {
        if (cursor.skip("USING")) {
            if (cursor.skip("OPERATOR")) {
                cursor.skipParentheses();
            } else {
                cursor.at++;
            }
        }
        if (!cursor.skip("ASC")) {
            cursor.skip("DESC");
        }
        if (!cursor.skip("NULLS", "FIRST")) {
            cursor.skip("NULLS", "LAST");
        }
    }
}
