package io.pgweir.audit.seal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a record's type, chain and number off its beginning, where it is written as pgweir writes it: compact, those members before
 * the first that holds others. Whatever is unusual is left to a real parser. One thread.
 */
final class HeadScan {
    private static final byte[] TYPE = ascii("type");
    private static final byte[] CHAIN = ascii("chain");
    private static final byte[] SEQ = ascii("seq");
    private static final byte[] AUDIT = ascii("audit.");

    /** Digits of a long that cannot run over. */
    private static final int SEQ_DIGITS_MAX = 18;

    private String chain = "";
    private byte[] chainBytes = {};
    private long seq;
    private boolean hasChain;
    private boolean isControl;

    String chain() {
        return chain;
    }

    long seq() {
        return seq;
    }

    /** Whether its type begins with {@code audit.} */
    boolean isControl() {
        return isControl;
    }

    /** False where a parser must look. */
    boolean read(byte[] in, int from, int to) {
        seq = 0;
        hasChain = false;
        isControl = false;
        int at = from;
        if (at >= to || in[at] != '{') {
            return false;
        }
        while (seq == 0 || !hasChain) {
            int name = at + 2;
            if (name >= to || in[at + 1] != '"') {
                return false;
            }
            int nameEnd = quote(in, name, to);
            if (nameEnd < 0 || nameEnd + 2 >= to || in[nameEnd + 1] != ':') {
                return false;
            }
            at = value(in, name, nameEnd, nameEnd + 2, to);
            if (at < 0 || at >= to || in[at] != ',') {
                return false;
            }
        }
        return true;
    }

    /** Where the value ends; -1 where it is neither a plain string nor a number. */
    private int value(byte[] in, int name, int nameEnd, int from, int to) {
        if (in[from] != '"') {
            return number(in, is(SEQ, in, name, nameEnd), from, to);
        }
        int end = quote(in, from + 1, to);
        if (end < 0) {
            return -1;
        }
        if (is(CHAIN, in, name, nameEnd)) {
            hasChain = true;
            if (!Arrays.equals(chainBytes, 0, chainBytes.length, in, from + 1, end)) {
                chainBytes = Arrays.copyOfRange(in, from + 1, end);
                chain = new String(chainBytes, StandardCharsets.UTF_8);
            }
        } else if (is(TYPE, in, name, nameEnd)) {
            int head = Math.min(end, from + 1 + AUDIT.length);
            isControl = is(AUDIT, in, from + 1, head);
        }
        return end + 1;
    }

    private int number(byte[] in, boolean isSeq, int from, int to) {
        long value = 0;
        int at = from;
        while (at < to && at - from <= SEQ_DIGITS_MAX && in[at] >= '0' && in[at] <= '9') {
            value = value * 10 + in[at] - '0';
            at++;
        }
        if (at == from || at - from > SEQ_DIGITS_MAX) {
            return -1;
        }
        if (isSeq) {
            seq = value;
        }
        return at;
    }

    /** The next quote with nothing escaped before it. */
    private static int quote(byte[] in, int from, int to) {
        for (int at = from; at < to; at++) {
            if (in[at] == '"') {
                return at;
            }
            if (in[at] == '\\') {
                return -1;
            }
        }
        return -1;
    }

    private static boolean is(byte[] word, byte[] in, int from, int to) {
        return Arrays.equals(word, 0, word.length, in, from, to);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
