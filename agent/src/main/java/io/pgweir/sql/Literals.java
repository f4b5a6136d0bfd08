package io.pgweir.sql;

/** The values of string literals, as the server would read them. */
final class Literals {
    private Literals() {}

    static boolean isString(TokenKind kind) {
        return switch (kind) {
            case STRING, ESCAPE_STRING, UNICODE_STRING, DOLLAR_STRING -> true;
            case WORD,
                    QUOTED_IDENTIFIER,
                    UNICODE_IDENTIFIER,
                    BIT_STRING,
                    NUMBER,
                    PARAMETER,
                    PUNCTUATION,
                    OPERATOR,
                    JUNK,
                    COMMENT,
                    END -> false;
        };
    }

    /** Continued parts joined, quotes and escapes undone; UESCAPE other than the backslash is left as written. */
    static String value(SqlLexer lexer, TokenKind kind, LexicalRules rules) {
        if (kind == TokenKind.DOLLAR_STRING) {
            return lexer.text().substring(bodyStart(lexer), bodyEnd(lexer));
        }
        return value(lexer.text(), lexer.start(), lexer.end(), kind, rules);
    }

    /** Of the literal in {@code text[start, end)}, which has its closing quote. */
    static String value(String text, int start, int end, TokenKind kind, LexicalRules rules) {
        if (kind == TokenKind.DOLLAR_STRING) {
            int bodyStart = text.indexOf('$', start + 1) + 1;
            return text.substring(bodyStart, Math.max(bodyStart, end - (bodyStart - start)));
        }
        int quote = text.indexOf('\'', start);
        boolean escapes =
                kind == TokenKind.ESCAPE_STRING || (kind == TokenKind.STRING && !rules.standardConformingStrings());
        String value = unquoted(text, quote, end, escapes);
        return kind == TokenKind.UNICODE_STRING ? Identifiers.unescaped(value, '\\') : value;
    }

    /** Index behind a dollar quote's opening tag. */
    static int bodyStart(SqlLexer lexer) {
        return lexer.text().indexOf('$', lexer.start() + 1) + 1;
    }

    /** Index of a dollar quote's closing tag. */
    static int bodyEnd(SqlLexer lexer) {
        int tagLength = bodyStart(lexer) - lexer.start();
        return lexer.isTerminated() ? lexer.end() - tagLength : lexer.end();
    }

    private static String unquoted(String text, int quote, int end, boolean escapes) {
        StringBuilder value = new StringBuilder(end - quote);
        int at = quote + 1;
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\\' && escapes && at + 1 < end) {
                at = unescape(text, at + 1, end, value);
            } else if (c != '\'') {
                value.append(c);
                at++;
            } else if (at + 1 < end && text.charAt(at + 1) == '\'') {
                value.append(c);
                at += 2;
            } else {
                at = continuation(text, at + 1, end);
            }
        }
        return value.toString();
    }

    /** Index behind the next part's opening quote; {@code end} behind the last part. Line comments may stand between. */
    private static int continuation(String text, int from, int end) {
        int at = from;
        while (at < end && text.charAt(at) != '\'') {
            if (text.charAt(at) == '-') {
                while (at < end && !Characters.isNewline(text.charAt(at))) {
                    at++;
                }
            } else {
                at++;
            }
        }
        return at + 1;
    }

    /** Appends what the escape whose letter stands at {@code at} means, and returns the index behind it. */
    private static int unescape(String text, int at, int end, StringBuilder value) {
        char letter = text.charAt(at);
        return switch (letter) {
            case 'b' -> append(value, '\b', at + 1);
            case 'f' -> append(value, '\f', at + 1);
            case 'n' -> append(value, '\n', at + 1);
            case 'r' -> append(value, '\r', at + 1);
            case 't' -> append(value, '\t', at + 1);
            case 'v' -> append(value, '\u000b', at + 1);
            case 'x' -> number(text, at + 1, Math.min(end, at + 3), 16, value, letter);
            case 'u' -> number(text, at + 1, Math.min(end, at + 5), 16, value, letter);
            case 'U' -> number(text, at + 1, Math.min(end, at + 9), 16, value, letter);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> number(text, at, Math.min(end, at + 3), 8, value, letter);
            default -> append(value, letter, at + 1);
        };
    }

    private static int append(StringBuilder value, char c, int next) {
        value.append(c);
        return next;
    }

    private static int number(String text, int from, int to, int radix, StringBuilder value, char letter) {
        int at = from;
        int codePoint = 0;
        while (at < to && Characters.isDigit(text.charAt(at), radix)) {
            codePoint = codePoint * radix + Character.digit(text.charAt(at), radix);
            at++;
        }
        if (at == from) {
            value.append(letter);
        } else if (Character.isValidCodePoint(codePoint)) {
            value.appendCodePoint(codePoint);
        }
        return at;
    }
}
