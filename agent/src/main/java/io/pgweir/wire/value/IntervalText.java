package io.pgweir.wire.value;

/** interval as PostgreSQL prints it with IntervalStyle postgres: {@code 1 year 2 mons -3 days +04:05:06.7}. */
final class IntervalText {
    private static final long MICROS_PER_HOUR = 3600 * DateTimeText.MICROS_PER_SECOND;
    private static final long MICROS_PER_MINUTE = 60 * DateTimeText.MICROS_PER_SECOND;

    private IntervalText() {}

    static boolean append(StringBuilder out, long micros, int days, int months) {
        if (DateTimeText.appendInfinity(
                out,
                micros == Long.MIN_VALUE && days == Integer.MIN_VALUE && months == Integer.MIN_VALUE,
                micros == Long.MAX_VALUE && days == Integer.MAX_VALUE && months == Integer.MAX_VALUE)) {
            return true;
        }
        int start = out.length();
        boolean before = appendPart(out, start, months / 12, "year", false);
        before = appendPart(out, start, months % 12, "mon", before);
        before = appendPart(out, start, days, "day", before);
        if (micros != 0 || out.length() == start) {
            appendClock(out, start, micros, before);
        }
        return true;
    }

    /** A sign is said where it changes: {@code before} tells that the part before this one was negative. */
    private static boolean appendPart(StringBuilder out, int start, int value, String unit, boolean before) {
        if (value == 0) {
            return before;
        }
        if (out.length() > start) {
            out.append(' ');
        }
        if (before && value > 0) {
            out.append('+');
        }
        out.append(value).append(' ').append(unit);
        if (value != 1) {
            out.append('s');
        }
        return value < 0;
    }

    private static void appendClock(StringBuilder out, int start, long micros, boolean before) {
        if (out.length() > start) {
            out.append(' ');
        }
        if (micros < 0) {
            out.append('-');
        } else if (before) {
            out.append('+');
        }
        DateTimeText.appendTwo(out, Math.abs(micros / MICROS_PER_HOUR));
        out.append(':');
        long rest = Math.abs(micros % MICROS_PER_HOUR);
        DateTimeText.appendTwo(out, rest / MICROS_PER_MINUTE);
        out.append(':');
        rest %= MICROS_PER_MINUTE;
        DateTimeText.appendSeconds(
                out, (int) (rest / DateTimeText.MICROS_PER_SECOND), (int) (rest % DateTimeText.MICROS_PER_SECOND));
    }
}
