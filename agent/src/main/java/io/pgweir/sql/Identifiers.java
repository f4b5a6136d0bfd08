package io.pgweir.sql;

import java.nio.charset.StandardCharsets;

/** Identifiers as the server keeps them: unquoted ones in lower case, escapes decoded, cut to 63 bytes. */
final class Identifiers {
    private static final int BYTES_MAX = 63;

    private Identifiers() {}

    static String fold(SqlLexer lexer, TokenKind kind) {
        int contentEnd = kind == TokenKind.WORD || !lexer.isTerminated() ? lexer.end() : lexer.end() - 1;
        return fold(lexer.text(), lexer.start(), contentEnd, kind, '\\');
    }

    /**
     * Of the identifier in {@code text[start, contentEnd)}.
     *
     * @param contentEnd before a closing quote
     * @param escape what UESCAPE says, or the backslash
     */
    static String fold(String text, int start, int contentEnd, TokenKind kind, char escape) {
        String name = switch (kind) {
            case QUOTED_IDENTIFIER -> unquoted(text, start + 1, contentEnd);
            case UNICODE_IDENTIFIER -> unescaped(unquoted(text, start + 3, contentEnd), escape);
            default -> lower(text, start, contentEnd);
        };
        return truncated(name);
    }

    /** Whether the token folds to {@code identifier}; allocates for quoted ones with escapes and long ones only. */
    static boolean matches(SqlLexer lexer, TokenKind kind, String identifier) {
        int length = lexer.end() - lexer.start();
        if (kind != TokenKind.WORD || length > BYTES_MAX / 3) {
            return length >= identifier.length() && fold(lexer, kind).equals(identifier);
        }
        if (length != identifier.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Characters.lower(lexer.text().charAt(lexer.start() + i)) != identifier.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String unquoted(String text, int from, int to) {
        return text.substring(from, Math.max(from, to)).replace("\"\"", "\"");
    }

    private static String lower(String text, int start, int end) {
        StringBuilder lower = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            lower.append(Characters.lower(text.charAt(i)));
        }
        return lower.toString();
    }

    /** {@code \XXXX}, {@code \+XXXXXX} and {@code \\}, or with another escape character than the backslash. */
    static String unescaped(String name, char escape) {
        if (name.indexOf(escape) < 0) {
            return name;
        }
        StringBuilder plain = new StringBuilder(name.length());
        int at = 0;
        while (at < name.length()) {
            char c = name.charAt(at);
            char next = at + 1 < name.length() ? name.charAt(at + 1) : 0;
            int digitsStart = c == escape && next == '+' ? at + 2 : at + 1;
            int digits = digitsStart == at + 2 ? 6 : 4;
            if (c == escape && next == escape) {
                plain.append(c);
                at += 2;
            } else if (c == escape && isHex(name, digitsStart, digits)) {
                int codePoint = Integer.parseInt(name, digitsStart, digitsStart + digits, 16);
                if (Character.isValidCodePoint(codePoint)) {
                    plain.appendCodePoint(codePoint);
                }
                at = digitsStart + digits;
            } else {
                plain.append(c);
                at++;
            }
        }
        return plain.toString();
    }

    private static boolean isHex(String text, int from, int count) {
        if (from + count > text.length()) {
            return false;
        }
        for (int i = from; i < from + count; i++) {
            if (!Characters.isDigit(text.charAt(i), 16)) {
                return false;
            }
        }
        return true;
    }

    private static String truncated(String name) {
        if (name.length() * 3 <= BYTES_MAX) {
            return name;
        }
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= BYTES_MAX) {
            return name;
        }
        int length = BYTES_MAX;
        while (length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
