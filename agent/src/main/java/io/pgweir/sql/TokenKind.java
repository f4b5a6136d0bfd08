package io.pgweir.sql;

/** What {@link SqlLexer} tells apart; blanks are no token. */
enum TokenKind {
    /** Keyword or unquoted identifier, in the letters as written. */
    WORD,
    /** {@code "..."}. */
    QUOTED_IDENTIFIER,
    /** {@code U&"..."}. */
    UNICODE_IDENTIFIER,
    /** {@code '...'} and {@code N'...'}: a backslash is what {@link LexicalRules} say. */
    STRING,
    /** {@code E'...'}. */
    ESCAPE_STRING,
    /** {@code U&'...'}. */
    UNICODE_STRING,
    /** {@code B'...'} and {@code X'...'}. */
    BIT_STRING,
    /** {@code $$...$$}, {@code $tag$...$tag$}. */
    DOLLAR_STRING,
    /** Integer, decimal or real; with the letters that PostgreSQL calls trailing junk. */
    NUMBER,
    /** {@code $1}; with its trailing junk. */
    PARAMETER,
    /** One of {@code , ( ) [ ] . ; :}, or {@code ..}, {@code ::}, {@code :=}. */
    PUNCTUATION,
    /** Every run of operator characters that PostgreSQL takes as one token, single ones as {@code =} too. */
    OPERATOR,
    /** A character that no rule of PostgreSQL's lexer matches: the server answers with a syntax error. */
    JUNK,
    /** {@code -- ...}, without the line end, or a whole nested block comment. */
    COMMENT,
    END;

    /** Whether a value stands there: what redaction hides and the fingerprint folds. */
    boolean isLiteral() {
        return switch (this) {
            case STRING, ESCAPE_STRING, UNICODE_STRING, BIT_STRING, DOLLAR_STRING, NUMBER -> true;
            case WORD, QUOTED_IDENTIFIER, UNICODE_IDENTIFIER, PARAMETER, PUNCTUATION, OPERATOR, JUNK, COMMENT, END ->
                false;
        };
    }

    boolean isIdentifier() {
        return this == WORD || this == QUOTED_IDENTIFIER || this == UNICODE_IDENTIFIER;
    }
}
