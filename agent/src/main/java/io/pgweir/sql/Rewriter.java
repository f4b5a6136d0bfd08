package io.pgweir.sql;

/** A statement's text without its literals and comments. */
final class Rewriter {
    /** The server refuses higher parameter numbers at Bind. */
    private static final int PARAMETER_MAX = 65_535;

    private Rewriter() {}

    /** Literals as {@code $n} numbered behind the highest parameter, comments gone, runs of blanks folded to one. */
    static String normalize(String text, LexicalRules rules, int from, int to) {
        int number = highestParameter(new SqlLexer(text, rules, from, to));
        StringBuilder out = new StringBuilder(to - from + 16);
        SqlLexer lexer = new SqlLexer(text, rules, from, to);
        int previousEnd = from;
        boolean behindPlaceholder = false;
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            boolean placeholder = kind.isLiteral();
            boolean gap = lexer.start() > previousEnd;
            if (!out.isEmpty()
                    && (gap || (placeholder && endsInName(out)) || (behindPlaceholder && startsName(lexer)))) {
                out.append(' ');
            }
            if (placeholder) {
                out.append('$').append(++number);
            } else {
                out.append(text, lexer.start(), lexer.end());
            }
            behindPlaceholder = placeholder;
            previousEnd = lexer.end();
        }
        return out.toString();
    }

    private static int highestParameter(SqlLexer lexer) {
        int highest = 0;
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            if (kind == TokenKind.PARAMETER) {
                int number = parameterNumber(lexer);
                highest = number <= PARAMETER_MAX ? Math.max(highest, number) : highest;
            }
        }
        return highest;
    }

    private static int parameterNumber(SqlLexer lexer) {
        int number = 0;
        for (int i = lexer.start() + 1;
                i < lexer.end() && Characters.isDigit(lexer.text().charAt(i));
                i++) {
            number = Math.min(PARAMETER_MAX + 1, number * 10 + lexer.text().charAt(i) - '0');
        }
        return number;
    }

    /** Whether {@code $1} right behind would be read as part of the token before. */
    private static boolean endsInName(StringBuilder out) {
        char last = out.charAt(out.length() - 1);
        return last == '$' || Characters.isLetterOrDigit(last);
    }

    private static boolean startsName(SqlLexer lexer) {
        char first = lexer.text().charAt(lexer.start());
        return first == '$' || Characters.isLetterOrDigit(first);
    }

    /** As written, but every literal is {@code ?} and comments are gone; a blank stands where one kept two tokens apart. */
    static String redact(String text, LexicalRules rules, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        SqlLexer lexer = new SqlLexer(text, rules, from, to);
        int at = from;
        boolean behindComment = false;
        for (TokenKind kind = lexer.nextOrComment(); kind != TokenKind.END; kind = lexer.nextOrComment()) {
            boolean blank = lexer.start() > at;
            out.append(text, at, lexer.start());
            at = lexer.end();
            if (kind == TokenKind.COMMENT) {
                behindComment |= !blank;
                continue;
            }
            if (behindComment && !blank && !out.isEmpty() && !Characters.isBlank(out.charAt(out.length() - 1))) {
                out.append(' ');
            }
            behindComment = false;
            if (kind.isLiteral()) {
                out.append('?');
            } else {
                out.append(text, lexer.start(), lexer.end());
            }
        }
        return out.toString();
    }
}
