package io.pgweir.wire.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * float4 and float8 as PostgreSQL prints them: the fewest digits that read back as the same number, closest to it.
 *
 * <p>Java's own shortest digits differ in two cases, both mended here: Java never says fewer than two digits
 * ({@code 4.9E-324} for {@code 5e-324}), and it takes digits that lie exactly half way to a neighbour, which PostgreSQL
 * leaves out because not every reader rounds them to even.
 */
final class FloatText {
    /** Fixed notation below this exponent, as {@code %g} has it for 15 and 6 digits. */
    private static final int DOUBLE_FIXED_EXPONENT_MAX = 15;

    private static final int FLOAT_FIXED_EXPONENT_MAX = 6;
    private static final int FIXED_EXPONENT_MIN = -4;

    private FloatText() {}

    static boolean append(StringBuilder out, double value) {
        if (appendSpecial(out, value)) {
            return true;
        }
        double size = Math.abs(value);
        BigDecimal below = half(new BigDecimal(size), new BigDecimal(Math.nextDown(size)));
        BigDecimal above = size == Double.MAX_VALUE
                ? new BigDecimal(size).add(new BigDecimal(Math.ulp(size)).divide(BigDecimal.TWO))
                : half(new BigDecimal(size), new BigDecimal(Math.nextUp(size)));
        BigDecimal digits = shortest(new BigDecimal(size), below, above, new BigDecimal(Double.toString(size)));
        appendDigits(out, digits, DOUBLE_FIXED_EXPONENT_MAX);
        return true;
    }

    static boolean append(StringBuilder out, float value) {
        if (appendSpecial(out, value)) {
            return true;
        }
        float size = Math.abs(value);
        BigDecimal below = half(new BigDecimal(size), new BigDecimal(Math.nextDown(size)));
        BigDecimal above = size == Float.MAX_VALUE
                ? new BigDecimal(size).add(new BigDecimal(Math.ulp(size)).divide(BigDecimal.TWO))
                : half(new BigDecimal(size), new BigDecimal(Math.nextUp(size)));
        BigDecimal digits = shortest(new BigDecimal(size), below, above, new BigDecimal(Float.toString(size)));
        appendDigits(out, digits, FLOAT_FIXED_EXPONENT_MAX);
        return true;
    }

    /** What has no digits, and the sign of what has. */
    private static boolean appendSpecial(StringBuilder out, double value) {
        if (Double.isNaN(value)) {
            out.append("NaN");
            return true;
        }
        if (value < 0 || 1 / value < 0) {
            out.append('-');
        }
        if (Double.isInfinite(value)) {
            out.append("Infinity");
            return true;
        }
        if (value == 0) {
            out.append('0');
            return true;
        }
        return false;
    }

    private static BigDecimal half(BigDecimal one, BigDecimal other) {
        return one.add(other).divide(BigDecimal.TWO);
    }

    private static BigDecimal shortest(BigDecimal exact, BigDecimal below, BigDecimal above, BigDecimal javas) {
        int precision = javas.stripTrailingZeros().precision();
        for (int digits = precision == 2 ? 1 : precision; ; digits++) {
            BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (nearest.compareTo(below) > 0 && nearest.compareTo(above) < 0) {
                return nearest.stripTrailingZeros();
            }
            // A power of two has twice as much room above it as below.
            BigDecimal next = exact.round(new MathContext(digits, RoundingMode.CEILING));
            if (next.compareTo(above) < 0) {
                return next.stripTrailingZeros();
            }
        }
    }

    private static void appendDigits(StringBuilder out, BigDecimal digits, int fixedExponentMax) {
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= FIXED_EXPONENT_MIN && exponent < fixedExponentMax) {
            out.append(digits.toPlainString());
            return;
        }
        String all = digits.unscaledValue().toString();
        out.append(all.charAt(0));
        if (all.length() > 1) {
            out.append('.').append(all, 1, all.length());
        }
        out.append('e').append(exponent < 0 ? '-' : '+');
        if (Math.abs(exponent) < 10) {
            out.append('0');
        }
        out.append(Math.abs(exponent));
    }
}
