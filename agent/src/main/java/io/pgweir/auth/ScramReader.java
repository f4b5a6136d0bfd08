package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Walks over one SCRAM message, which is attributes with commas between: {@code c=biws,r=...,p=...}.
 */
final class ScramReader {
    private final byte[] message;
    private int at;

    ScramReader(byte[] message) {
        this.message = message;
    }

    /** 0 at the end. */
    byte peek() {
        return at < message.length ? message[at] : 0;
    }

    boolean isAtEnd() {
        return at >= message.length;
    }

    /** The value of that attribute, which must be the next. */
    String value(char attribute) throws ScramFault {
        if (peek() != attribute) {
            throw ScramFault.malformed(
                    "Expected attribute \"" + attribute + "\" but found \"" + printable(peek()) + "\".");
        }
        at++;
        int start = equalsSign(attribute);
        int end = end(start);
        return new String(message, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private int equalsSign(char attribute) throws ScramFault {
        if (peek() != '=') {
            throw ScramFault.malformed("Expected character \"=\" for attribute \"" + attribute + "\".");
        }
        return ++at;
    }

    /** Moves behind the comma. */
    private int end(int start) {
        int end = start;
        while (end < message.length && message[end] != ',') {
            end++;
        }
        at = Math.min(end + 1, message.length);
        return end;
    }

    /** At most 30 characters, of ASCII (sanitize_str). */
    static String printable(String text) {
        return text.substring(0, Math.min(30, text.length())).replaceAll("[^\\x21-\\x7e]", "?");
    }

    /** One of ASCII, or its number (sanitize_char). */
    static String printable(byte character) {
        return character >= 0x21 && character <= 0x7e
                ? "'" + (char) character + "'"
                : String.format(Locale.ROOT, "0x%02x", character);
    }
}
