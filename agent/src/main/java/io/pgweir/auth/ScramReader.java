package io.pgweir.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Walks over one SCRAM message, which is attributes with commas between: {@code c=biws,r=...,p=...}. Its faults are PostgreSQL's.
 * Values are not made strings unless asked: a proof is a secret.
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

    void skip() {
        at++;
    }

    /** Of the next byte. */
    int position() {
        return at;
    }

    boolean isAtEnd() {
        return at >= message.length;
    }

    byte[] rest() {
        return Arrays.copyOfRange(message, at, message.length);
    }

    byte[] before(int end) {
        return Arrays.copyOf(message, end);
    }

    void comma() throws ScramFault {
        if (peek() != ',') {
            throw ScramFault.malformed("Comma expected, but found character \"" + printable(peek()) + "\".");
        }
        at++;
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

    /** Moves on; what the value is does not matter. */
    void anyAttribute() throws ScramFault {
        end(equalsSign(name()));
    }

    /** Moves to the value of {@code attribute} over whatever stands before it, and returns where the attribute begins. */
    int find(char attribute) throws ScramFault {
        while (true) {
            int begin = at;
            char name = name();
            int value = equalsSign(name);
            if (name == attribute) {
                at = value;
                return begin;
            }
            end(value);
        }
    }

    /** The value here, in Base64; null where it is not that, or not of that length. */
    byte @Nullable [] base64(int bytes) {
        int start = at;
        int end = end(start);
        byte[] text = Arrays.copyOfRange(message, start, end);
        try {
            byte[] value = text.length % 4 == 0 ? Base64.getDecoder().decode(text) : new byte[0];
            return value.length == bytes ? value : null;
        } catch (IllegalArgumentException none) {
            return null;
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private char name() throws ScramFault {
        byte name = peek();
        if (name == 0) {
            throw ScramFault.malformed("Attribute expected, but found end of string.");
        }
        if (!((name >= 'A' && name <= 'Z') || (name >= 'a' && name <= 'z'))) {
            throw ScramFault.malformed("Attribute expected, but found invalid character \"" + printable(name) + "\".");
        }
        at++;
        return (char) name;
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
