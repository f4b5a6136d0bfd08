package io.pgweir.rules;

/** Sets of small numbers, 64 a word. */
final class Bits {
    private Bits() {}

    static long[] of(int size) {
        return new long[(size + 63) >> 6];
    }

    static void set(long[] bits, int index) {
        bits[index >> 6] |= 1L << index;
    }

    static boolean has(long[] bits, int index) {
        return (bits[index >> 6] & 1L << index) != 0;
    }

    /** The first that both have, from {@code from} on; {@code end} or more where there is none below it. */
    static int next(long[] one, long[] other, int from, int end) {
        int word = from >> 6;
        if (from >= end) {
            return end;
        }
        long bits = one[word] & other[word] & (-1L << from);
        while (bits == 0) {
            if (++word << 6 >= end) {
                return end;
            }
            bits = one[word] & other[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }
}
