package io.pgweir.wire.value;

/** inet, cidr, macaddr and macaddr8 as PostgreSQL prints them. */
final class AddressText {
    private static final int FAMILY_INET = 2;
    private static final int FAMILY_INET6 = 3;
    private static final int HEADER_BYTES = 4;
    private static final int WORDS = 8;
    private static final String HEX = "0123456789abcdef";

    private AddressText() {}

    /** Byte1 family, Byte1 bits of the mask, Byte1 1 for cidr, Byte1 length of the address, address. */
    static boolean appendNetwork(StringBuilder out, BinaryValue value) {
        if (value.remaining() < HEADER_BYTES) {
            return false;
        }
        int family = value.int8();
        int bits = value.int8() & 0xff;
        boolean cidr = value.int8() != 0;
        int bytes = family == FAMILY_INET ? 4 : 16;
        if ((family != FAMILY_INET && family != FAMILY_INET6)
                || value.int8() != bytes
                || !value.is(bytes)
                || bits > bytes * 8) {
            return false;
        }
        if (family == FAMILY_INET) {
            appendFour(out, value);
        } else {
            appendSix(out, value.part(12), value);
        }
        if (cidr || bits < bytes * 8) {
            out.append('/').append(bits);
        }
        return true;
    }

    private static void appendFour(StringBuilder out, BinaryValue value) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                out.append('.');
            }
            out.append(value.int8() & 0xff);
        }
    }

    /** The last four bytes come apart: where only they say something, they are shown as an IPv4 address. */
    private static void appendSix(StringBuilder out, BinaryValue head, BinaryValue four) {
        int[] words = new int[WORDS];
        for (int i = 0; i < 6; i++) {
            words[i] = head.int16() & 0xffff;
        }
        words[6] = four.peekInt16(0);
        words[7] = four.peekInt16(2);
        int gap = longestGap(words);
        int gapLength = gap < 0 ? 0 : gapLength(words, gap);
        boolean endsAsFour = gap == 0
                && (gapLength == 6 || (gapLength == 7 && words[7] != 1) || (gapLength == 5 && words[5] == 0xffff));
        for (int i = 0; i < WORDS; i++) {
            if (gapLength > 0 && i >= gap && i < gap + gapLength) {
                if (i == gap) {
                    out.append(':');
                }
                continue;
            }
            if (i > 0) {
                out.append(':');
            }
            if (i == 6 && endsAsFour) {
                appendFour(out, four);
                return;
            }
            out.append(Integer.toHexString(words[i]));
        }
        if (gapLength > 0 && gap + gapLength == WORDS) {
            out.append(':');
        }
    }

    /** Where the first of the longest runs of two or more zero words begins, -1 where there is none. */
    private static int longestGap(int[] words) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < words.length; i++) {
            int length = gapLength(words, i);
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int gapLength(int[] words, int from) {
        int at = from;
        while (at < words.length && words[at] == 0) {
            at++;
        }
        return at - from;
    }

    static boolean appendMac(StringBuilder out, BinaryValue value) {
        for (int left = value.remaining(); left > 0; left--) {
            int octet = value.int8() & 0xff;
            out.append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
            if (left > 1) {
                out.append(':');
            }
        }
        return true;
    }
}
