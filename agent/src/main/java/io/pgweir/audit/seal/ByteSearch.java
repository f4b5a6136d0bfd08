package io.pgweir.audit.seal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds ASCII words in bytes, after Horspool: what is compared first is the word's end, and most steps are as long as the word. */
final class ByteSearch {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;

    private final byte[] word;
    private final byte[] steps = new byte[256];

    /** @param word at most 127 bytes */
    ByteSearch(String word) {
        this.word = word.getBytes(StandardCharsets.US_ASCII);
        int last = this.word.length - 1;
        Arrays.fill(steps, (byte) this.word.length);
        for (int i = 0; i < last; i++) {
            steps[this.word[i]] = (byte) (last - i);
        }
    }

    int length() {
        return word.length;
    }

    /** Where it begins first, within {@code from} (inclusive) to {@code to} (exclusive); -1 for nowhere. */
    int first(byte[] in, int from, int to) {
        int last = word.length - 1;
        int at = from + last;
        while (at < to) {
            if (in[at] == word[last] && isAt(in, at - last, to)) {
                return at - last;
            }
            at += steps[in[at] & 0xff];
        }
        return -1;
    }

    boolean isAt(byte[] in, int at, int to) {
        return at >= 0 && at + word.length <= to && Arrays.equals(in, at, at + word.length, word, 0, word.length);
    }

    /** How often it is there, one behind the other. */
    int count(byte[] in, int from, int to) {
        int count = 0;
        for (int at = first(in, from, to); at >= 0; at = first(in, at + word.length, to)) {
            count++;
        }
        return count;
    }

    /** Where the first line feed is, eight bytes a step; {@code to} where there is none. */
    static int lineFeed(byte[] in, int from, int to) {
        int at = from;
        while (at + Long.BYTES <= to) {
            long found = lineFeeds((long) LONGS.get(in, at));
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < to && in[at] != '\n') {
            at++;
        }
        return at;
    }

    static int countLineFeeds(byte[] in, int from, int to) {
        int count = 0;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            count += Long.bitCount(lineFeeds((long) LONGS.get(in, at)));
        }
        for (; at < to; at++) {
            if (in[at] == '\n') {
                count++;
            }
        }
        return count;
    }

    /** The highest bit of every byte that is a line feed. */
    private static long lineFeeds(long bytes) {
        long zeros = bytes ^ 0x0a0a_0a0a_0a0a_0a0aL;
        return ~(((zeros & LOW_BITS) + LOW_BITS) | zeros | LOW_BITS);
    }
}
