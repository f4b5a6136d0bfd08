package io.pgweir.sql;

import org.jspecify.annotations.Nullable;

/** A lexer with the current token's keyword, the token before it, and the depth of parentheses around it. */
final class TokenCursor {
    private final SqlLexer lexer;
    private TokenKind kind = TokenKind.END;
    private String word = "";
    private char symbol;
    private int depth;

    private String previousWord = "";
    private char previousSymbol;
    private char symbolBeforePrevious;
    private String wordBeforePrevious = "";

    /** Stands on the first token of {@code text[from, to)}. */
    TokenCursor(String text, LexicalRules rules, int from, int to) {
        this.lexer = new SqlLexer(text, rules, from, to);
        advance();
    }

    /** @return false at the end */
    boolean advance() {
        wordBeforePrevious = previousWord;
        symbolBeforePrevious = previousSymbol;
        previousWord = word;
        previousSymbol = symbol;
        if (symbol == '(') {
            depth++;
        }
        kind = lexer.next();
        word = kind == TokenKind.WORD ? Keywords.of(lexer) : "";
        symbol = kind == TokenKind.PUNCTUATION ? lexer.symbol() : 0;
        if (symbol == ')') {
            depth--;
        }
        return kind != TokenKind.END;
    }

    SqlLexer lexer() {
        return lexer;
    }

    TokenKind kind() {
        return kind;
    }

    boolean isEnd() {
        return kind == TokenKind.END;
    }

    /** The current keyword in upper case; empty for every other token. */
    String word() {
        return word;
    }

    boolean is(String keyword) {
        return word.equals(keyword);
    }

    boolean is(char punctuation) {
        return symbol == punctuation;
    }

    String previousWord() {
        return previousWord;
    }

    boolean isBehind(char punctuation) {
        return previousSymbol == punctuation;
    }

    /** Whether the tokens before are {@code word (}. */
    boolean isBehindOpened(String opener) {
        return previousSymbol == '(' && wordBeforePrevious.equals(opener);
    }

    /** Whether the current word is an attribute's name or a label: what follows a dot or AS is no keyword. */
    boolean isLabel() {
        return previousSymbol == '.' || (previousWord.equals("AS") && symbolBeforePrevious != '.');
    }

    /** How many parentheses around the current token are open; one that opens or closes counts as outside of itself. */
    int depth() {
        return depth;
    }

    /** Skips the keyword if it is the current one. */
    boolean skip(String keyword) {
        if (is(keyword)) {
            advance();
            return true;
        }
        return false;
    }

    /** From an opening parenthesis to behind its closing one; nothing where none stands here. */
    void skipParentheses() {
        if (!is('(')) {
            return;
        }
        int outside = depth;
        while (advance() && !(is(')') && depth == outside)) {}
        advance();
    }

    /** The current identifier as the server folds it, null where none stands here. */
    @Nullable
    String identifier() {
        return kind.isIdentifier() ? Identifiers.fold(lexer, kind) : null;
    }
}
