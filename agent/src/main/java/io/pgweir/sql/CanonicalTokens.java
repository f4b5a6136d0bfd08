package io.pgweir.sql;

import java.security.MessageDigest;

/**
 * The byte stream that {@link Fingerprint} digests: every token in UTF-8, then NUL, which no SQL text holds.
 *
 * <p>Literals and parameters are one placeholder, byte 1. Two lists shrink while they pass:
 *
 * <pre>
 *   P , P          becomes  P
 *   ( P ) , ( P )  becomes  ( P )
 * </pre>
 *
 * {@link State} holds back what may vanish: at most {@code , ( P ,}.
 */
final class CanonicalTokens {
    private static final int BUFFER_BYTES = 512;
    private static final char PLACEHOLDER = 1;

    /** What was emitted last, and behind the underscore what is held back. */
    private enum State {
        ANY(""),
        LITERAL(""),
        LITERAL_COMMA(","),
        OPEN(""),
        OPEN_LITERAL(""),
        OPEN_LITERAL_COMMA(","),
        GROUP(""),
        GROUP_COMMA(","),
        GROUP_COMMA_OPEN(",("),
        GROUP_COMMA_OPEN_LITERAL(",(" + PLACEHOLDER),
        GROUP_COMMA_OPEN_LITERAL_COMMA(",(" + PLACEHOLDER + ",");

        final String heldBack;

        State(String heldBack) {
            this.heldBack = heldBack;
        }
    }

    private final SqlLexer lexer;
    private final MessageDigest digest;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;
    private State state = State.ANY;

    CanonicalTokens(SqlLexer lexer, MessageDigest digest) {
        this.lexer = lexer;
        this.digest = digest;
    }

    void digestAll() {
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            accept(kind);
        }
        release();
        digest.update(buffer, 0, length);
    }

    private void accept(TokenKind kind) {
        if (kind.isLiteral() || kind == TokenKind.PARAMETER) {
            onLiteral();
            return;
        }
        char symbol = kind == TokenKind.PUNCTUATION ? lexer.symbol() : 0;
        switch (symbol) {
            case ',' -> onComma();
            case '(' -> onOpen();
            case ')' -> onClose();
            default -> {
                release();
                emitToken(kind);
                state = State.ANY;
            }
        }
    }

    private void onLiteral() {
        switch (state) {
            case LITERAL_COMMA -> state = State.LITERAL;
            case OPEN_LITERAL_COMMA -> state = State.OPEN_LITERAL;
            case GROUP_COMMA_OPEN, GROUP_COMMA_OPEN_LITERAL_COMMA -> state = State.GROUP_COMMA_OPEN_LITERAL;
            case OPEN -> {
                emitSymbol(PLACEHOLDER);
                state = State.OPEN_LITERAL;
            }
            case ANY, LITERAL, OPEN_LITERAL, GROUP, GROUP_COMMA, GROUP_COMMA_OPEN_LITERAL -> {
                release();
                emitSymbol(PLACEHOLDER);
                state = State.LITERAL;
            }
        }
    }

    private void onComma() {
        switch (state) {
            case LITERAL -> state = State.LITERAL_COMMA;
            case OPEN_LITERAL -> state = State.OPEN_LITERAL_COMMA;
            case GROUP -> state = State.GROUP_COMMA;
            case GROUP_COMMA_OPEN_LITERAL -> state = State.GROUP_COMMA_OPEN_LITERAL_COMMA;
            case ANY,
                    LITERAL_COMMA,
                    OPEN,
                    OPEN_LITERAL_COMMA,
                    GROUP_COMMA,
                    GROUP_COMMA_OPEN,
                    GROUP_COMMA_OPEN_LITERAL_COMMA -> {
                release();
                emitSymbol(',');
                state = State.ANY;
            }
        }
    }

    private void onOpen() {
        if (state == State.GROUP_COMMA) {
            state = State.GROUP_COMMA_OPEN;
            return;
        }
        release();
        emitSymbol('(');
        state = State.OPEN;
    }

    private void onClose() {
        if (state == State.GROUP_COMMA_OPEN_LITERAL) {
            state = State.GROUP;
            return;
        }
        State next = state == State.OPEN_LITERAL ? State.GROUP : State.ANY;
        release();
        emitSymbol(')');
        state = next;
    }

    private void release() {
        for (int i = 0; i < state.heldBack.length(); i++) {
            emitSymbol(state.heldBack.charAt(i));
        }
    }

    private void emitToken(TokenKind kind) {
        String text = lexer.text();
        int start = lexer.start();
        int end = lexer.end();
        switch (kind) {
            case WORD -> {
                for (int i = start; i < end; i++) {
                    put(Characters.lower(text.charAt(i)));
                }
            }
            case UNICODE_IDENTIFIER -> {
                put('u');
                putAll(text, start + 1, end);
            }
            default -> {
                // The server reads both spellings as one operator.
                if (lexer.is("!=")) {
                    put('<');
                    put('>');
                } else {
                    putAll(text, start, end);
                }
            }
        }
        put((char) 0);
    }

    private void putAll(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            put(text.charAt(i));
        }
    }

    private void emitSymbol(char symbol) {
        put(symbol);
        put((char) 0);
    }

    /** UTF-8 of one UTF-16 unit; a surrogate pair becomes two times three bytes, as in CESU-8. */
    private void put(char c) {
        if (length > BUFFER_BYTES - 3) {
            digest.update(buffer, 0, length);
            length = 0;
        }
        if (c < 0x80) {
            buffer[length++] = (byte) c;
        } else if (c < 0x800) {
            buffer[length++] = (byte) (0xC0 | (c >> 6));
            buffer[length++] = (byte) (0x80 | (c & 0x3F));
        } else {
            buffer[length++] = (byte) (0xE0 | (c >> 12));
            buffer[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            buffer[length++] = (byte) (0x80 | (c & 0x3F));
        }
    }
}
