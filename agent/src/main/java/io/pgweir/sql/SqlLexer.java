package io.pgweir.sql;

/**
 * Cuts SQL into tokens exactly as PostgreSQL 18's {@code scan.l} does: one pass, no recursion, no allocation, O(n).
 *
 * <p>Where the server would stop with a lexical error this goes on: an unterminated literal, identifier or comment reaches to
 * the end ({@link #isTerminated()} is false), a stray character is {@link TokenKind#JUNK}, and letters that follow a number
 * belong to it. The server executes nothing of such a text.
 *
 * <p>Servers before 15 read {@code 1E'..'} as two tokens where later ones fail; this lexer reads two, so both are served.
 *
 * <p>Longer than most files here because {@code scan.l} is one table of rules. Not thread-safe; cheap to make.
 */
final class SqlLexer {
    private final String text;
    private final boolean standardConformingStrings;
    private final int limit;

    private int start;
    private int end;
    private boolean terminated = true;

    // Facts about the run of operator characters that `start` stands in: looking ahead once a run, not once a token,
    // keeps
    // "+-+-+-..." linear.
    private int runEnd;
    private int runLastNonSql;
    private int runLastNonSign;

    SqlLexer(String text, LexicalRules rules) {
        this(text, rules, 0, text.length());
    }

    /** Lexes {@code text[from, to)} as if it stood alone. */
    SqlLexer(String text, LexicalRules rules, int from, int to) {
        this.text = text;
        this.standardConformingStrings = rules.standardConformingStrings();
        this.start = from;
        this.end = from;
        this.limit = to;
    }

    /** Index of the token's first character, prefix and quotes included. */
    int start() {
        return start;
    }

    /** Index behind the token's last character. */
    int end() {
        return end;
    }

    /** False for a literal, identifier or comment that the text ends in. */
    boolean isTerminated() {
        return terminated;
    }

    String text() {
        return text;
    }

    /** The token's only character, or 0 where it has more: tells punctuation apart. */
    char symbol() {
        return end - start == 1 ? text.charAt(start) : 0;
    }

    /** Whether the token is this keyword. {@code keyword} is upper case; the fold is ASCII's, as in PostgreSQL. */
    boolean is(String keyword) {
        int length = keyword.length();
        if (end - start != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Characters.upper(text.charAt(start + i)) != keyword.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Next token that is no comment. */
    TokenKind next() {
        TokenKind kind = nextOrComment();
        while (kind == TokenKind.COMMENT) {
            kind = nextOrComment();
        }
        return kind;
    }

    /** Next token; at the end of the text {@link TokenKind#END}, for ever. */
    TokenKind nextOrComment() {
        terminated = true;
        int at = end;
        while (at < limit && Characters.isBlank(text.charAt(at))) {
            at++;
        }
        start = at;
        if (at >= limit) {
            end = at;
            return TokenKind.END;
        }
        char c = text.charAt(at);
        if (Characters.isLetter(c)) {
            return wordOrPrefixed(c);
        }
        if (Characters.isDigit(c)) {
            return number();
        }
        return switch (c) {
            case '\'' -> plainString(at);
            case '"' -> quotedIdentifier(at, TokenKind.QUOTED_IDENTIFIER);
            case '$' -> dollar();
            case '.' -> dot();
            case ':' -> colon();
            case ',', '(', ')', '[', ']', ';' -> token(TokenKind.PUNCTUATION, at + 1);
            case '-' -> at(at + 1) == '-' ? lineComment() : operator();
            case '/' -> at(at + 1) == '*' ? blockComment() : operator();
            default -> Characters.isOperator(c) ? operator() : token(TokenKind.JUNK, at + 1);
        };
    }

    private TokenKind token(TokenKind kind, int tokenEnd) {
        end = tokenEnd;
        return kind;
    }

    private TokenKind unterminated(TokenKind kind) {
        terminated = false;
        return token(kind, limit);
    }

    /** NUL behind the end: PostgreSQL's text cannot hold one. */
    private char at(int index) {
        return index < limit ? text.charAt(index) : 0;
    }

    private TokenKind wordOrPrefixed(char first) {
        char second = at(start + 1);
        if (second == '\'') {
            return switch (first) {
                case 'e', 'E' -> quoted(start + 1, true, true, TokenKind.ESCAPE_STRING);
                case 'b', 'B', 'x', 'X' -> quoted(start + 1, false, false, TokenKind.BIT_STRING);
                case 'n', 'N' -> plainString(start + 1);
                default -> token(TokenKind.WORD, start + 1);
            };
        }
        if (second == '&' && (first == 'u' || first == 'U')) {
            if (at(start + 2) == '\'') {
                return quoted(start + 2, false, true, TokenKind.UNICODE_STRING);
            }
            if (at(start + 2) == '"') {
                return quotedIdentifier(start + 2, TokenKind.UNICODE_IDENTIFIER);
            }
        }
        return token(TokenKind.WORD, identifierEnd(start + 1));
    }

    private int identifierEnd(int from) {
        int at = from;
        while (at < limit) {
            char c = text.charAt(at);
            if (c != '$' && !Characters.isLetterOrDigit(c)) {
                break;
            }
            at++;
        }
        return at;
    }

    private TokenKind plainString(int quote) {
        return quoted(quote, !standardConformingStrings, true, TokenKind.STRING);
    }

    /**
     * From the opening quote to behind the closing one, continued over blanks with a line end.
     *
     * @param doubling whether {@code ''} is a quote within; it is not in bit strings
     */
    private TokenKind quoted(int quote, boolean backslashEscapes, boolean doubling, TokenKind kind) {
        int at = quote + 1;
        while (at < limit) {
            char c = text.charAt(at);
            if (c == '\\' && backslashEscapes) {
                at += 2;
            } else if (c != '\'') {
                at++;
            } else if (doubling && at(at + 1) == '\'') {
                at += 2;
            } else {
                int continued = continuation(at + 1);
                if (continued < 0) {
                    return token(kind, at + 1);
                }
                at = continued;
            }
        }
        return unterminated(kind);
    }

    /** Index behind the quote that continues a literal closed before {@code from}; -1 where nothing continues it. */
    private int continuation(int from) {
        boolean newline = false;
        int at = from;
        while (at < limit) {
            char c = text.charAt(at);
            if (Characters.isNewline(c)) {
                newline = true;
                at++;
            } else if (Characters.isBlank(c)) {
                at++;
            } else if (c == '-' && at(at + 1) == '-') {
                at = lineEnd(at);
            } else {
                return c == '\'' && newline ? at + 1 : -1;
            }
        }
        return -1;
    }

    private TokenKind quotedIdentifier(int quote, TokenKind kind) {
        int at = quote + 1;
        while (true) {
            at = text.indexOf('"', at, limit);
            if (at < 0) {
                return unterminated(kind);
            }
            if (at(at + 1) != '"') {
                return token(kind, at + 1);
            }
            at += 2;
        }
    }

    private TokenKind dollar() {
        int at = start + 1;
        if (Characters.isDigit(at(at))) {
            while (Characters.isDigit(at(at))) {
                at++;
            }
            return token(TokenKind.PARAMETER, junkEnd(at, true));
        }
        if (at < limit && Characters.isLetter(text.charAt(at))) {
            do {
                at++;
            } while (at < limit && Characters.isLetterOrDigit(text.charAt(at)));
        }
        return at(at) == '$' ? dollarString(at + 1) : token(TokenKind.JUNK, start + 1);
    }

    private TokenKind dollarString(int bodyStart) {
        int close = closingTag(bodyStart);
        return close < 0 ? unterminated(TokenKind.DOLLAR_STRING) : token(TokenKind.DOLLAR_STRING, close);
    }

    /** Index behind the closing tag, which is {@code text[start, bodyStart)} again. A tag holds no dollar: linear. */
    private int closingTag(int bodyStart) {
        int tagLength = bodyStart - start;
        int at = text.indexOf('$', bodyStart, limit);
        while (at >= 0 && at + tagLength <= limit) {
            if (text.regionMatches(at, text, start, tagLength)) {
                return at + tagLength;
            }
            at = text.indexOf('$', at + 1, limit);
        }
        return -1;
    }

    private TokenKind dot() {
        char next = at(start + 1);
        if (Characters.isDigit(next)) {
            return number();
        }
        return token(TokenKind.PUNCTUATION, next == '.' ? start + 2 : start + 1);
    }

    private TokenKind colon() {
        char next = at(start + 1);
        return token(TokenKind.PUNCTUATION, next == ':' || next == '=' ? start + 2 : start + 1);
    }

    private TokenKind lineComment() {
        return token(TokenKind.COMMENT, lineEnd(start));
    }

    private int lineEnd(int from) {
        int at = from;
        while (at < limit && !Characters.isNewline(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private TokenKind blockComment() {
        int depth = 1;
        int at = start + 2;
        while (at < limit) {
            char c = text.charAt(at);
            if (c == '*' && at(at + 1) == '/') {
                at += 2;
                if (--depth == 0) {
                    return token(TokenKind.COMMENT, at);
                }
            } else if (c == '/' && at(at + 1) == '*') {
                at += 2;
                depth++;
            } else {
                at++;
            }
        }
        return unterminated(TokenKind.COMMENT);
    }

    private TokenKind operator() {
        if (start >= runEnd) {
            lookAtRun();
        }
        char last = text.charAt(runEnd - 1);
        if (runEnd - start == 1 || (last != '+' && last != '-') || runLastNonSql >= start) {
            return token(TokenKind.OPERATOR, runEnd);
        }
        return token(TokenKind.OPERATOR, Math.max(start + 1, runLastNonSign + 1));
    }

    /** A run of operator characters ends at a comment. */
    private void lookAtRun() {
        int at = start;
        runLastNonSql = -1;
        runLastNonSign = -1;
        while (at < limit) {
            char c = text.charAt(at);
            if (!Characters.isOperator(c) || (c == '-' && at(at + 1) == '-') || (c == '/' && at(at + 1) == '*')) {
                break;
            }
            if (Characters.isNonSqlOperator(c)) {
                runLastNonSql = at;
            }
            if (c != '+' && c != '-') {
                runLastNonSign = at;
            }
            at++;
        }
        runEnd = at;
    }

    private TokenKind number() {
        int radix = switch (text.charAt(start) == '0' ? at(start + 1) : ' ') {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
        if (radix != 10) {
            int digitsEnd = digits(start + 2, radix);
            if (digitsEnd > start + 2) {
                return token(TokenKind.NUMBER, junkEnd(digitsEnd, false));
            }
        }
        int at = digits(start, 10);
        // "1..10" is 1, then "..": the range of a PL/pgSQL loop.
        if (at(at) == '.' && at(at + 1) != '.') {
            at++;
            if (Characters.isDigit(at(at))) {
                at = digits(at, 10);
            }
        }
        return token(TokenKind.NUMBER, junkEnd(exponentEnd(at), true));
    }

    private int exponentEnd(int from) {
        char e = at(from);
        if (e != 'e' && e != 'E') {
            return from;
        }
        int at = from + 1;
        if (at(at) == '+' || at(at) == '-') {
            at++;
        }
        return Characters.isDigit(at(at)) ? digits(at, 10) : from;
    }

    /** Digits with single underscores between them; behind a radix prefix also one before the first. */
    private int digits(int from, int radix) {
        int at = from;
        while (at < limit) {
            char c = text.charAt(at);
            if (Characters.isDigit(c, radix)) {
                at++;
            } else if (c == '_' && (at > from || radix != 10) && Characters.isDigit(at(at + 1), radix)) {
                at += 2;
            } else {
                break;
            }
        }
        return at;
    }

    /** Letters right behind a number belong to it, but for a literal's prefix where {@code prefixes}. */
    private int junkEnd(int from, boolean prefixes) {
        if (from >= limit || !Characters.isLetter(text.charAt(from)) || (prefixes && isLiteralPrefix(from))) {
            return from;
        }
        return identifierEnd(from + 1);
    }

    private boolean isLiteralPrefix(int index) {
        char next = at(index + 1);
        return switch (text.charAt(index)) {
            case 'e', 'E', 'b', 'B', 'x', 'X', 'n', 'N' -> next == '\'';
            case 'u', 'U' -> next == '&' && (at(index + 2) == '\'' || at(index + 2) == '"');
            default -> false;
        };
    }
}
