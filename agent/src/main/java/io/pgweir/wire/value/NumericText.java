package io.pgweir.wire.value;

/**
 * numeric as PostgreSQL prints it.
 *
 * <pre>
 * Int16 digits, Int16 weight of the first, Int16 sign, Int16 scale (decimal digits behind the point), digits times Int16
 * </pre>
 *
 * Digits are to the base 10000, the first worth 10000 to the power of its weight.
 */
final class NumericText {
    private static final int HEADER_BYTES = 8;
    private static final int BASE = 10_000;
    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int POSITIVE_INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;
    private static final int SCALE_MAX = 0x3FFF;

    private NumericText() {}

    static boolean append(StringBuilder out, BinaryValue value) {
        if (value.remaining() < HEADER_BYTES) {
            return false;
        }
        int count = value.int16() & 0xffff;
        int weight = value.int16();
        int sign = value.int16() & 0xffff;
        int scale = value.int16() & 0xffff;
        if (!value.is(count * Short.BYTES) || scale > SCALE_MAX) {
            return false;
        }
        int[] digits = new int[count];
        for (int i = 0; i < count; i++) {
            digits[i] = value.int16();
            if (digits[i] < 0 || digits[i] >= BASE) {
                return false;
            }
        }
        switch (sign) {
            case NAN -> out.append("NaN");
            case POSITIVE_INFINITY -> out.append("Infinity");
            case NEGATIVE_INFINITY -> out.append("-Infinity");
            case POSITIVE, NEGATIVE -> appendFinite(out, digits, weight, sign == NEGATIVE, scale);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void appendFinite(StringBuilder out, int[] digits, int weight, boolean negative, int scale) {
        int start = out.length();
        for (int position = weight; position >= 0; position--) {
            appendDigit(out, digit(digits, weight - position), out.length() > start);
        }
        if (out.length() == start) {
            out.append('0');
        }
        if (scale > 0) {
            out.append('.');
            int fraction = out.length();
            for (int position = -1; out.length() - fraction < scale; position--) {
                appendDigit(out, digit(digits, weight - position), true);
            }
            out.setLength(fraction + scale);
        }
        // There is no negative zero; digits beyond the scale are cut off before the sign is looked at.
        if (negative && !isZero(out, start)) {
            out.insert(start, '-');
        }
    }

    private static int digit(int[] digits, int index) {
        return index >= 0 && index < digits.length ? digits[index] : 0;
    }

    /** Four decimal digits; without leading zeros where {@code padded} is false, nothing for a zero. */
    private static void appendDigit(StringBuilder out, int digit, boolean padded) {
        if (padded) {
            for (int limit = BASE / 10; limit > 1 && digit < limit; limit /= 10) {
                out.append('0');
            }
            out.append(digit);
        } else if (digit != 0) {
            out.append(digit);
        }
    }

    private static boolean isZero(StringBuilder out, int from) {
        for (int i = from; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c != '0' && c != '.') {
                return false;
            }
        }
        return true;
    }
}
