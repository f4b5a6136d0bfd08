package io.pgweir.wire.value;

import java.time.LocalDate;

/** date, time, timetz, timestamp and timestamptz as PostgreSQL prints them with DateStyle ISO and TimeZone UTC. */
final class DateTimeText {
    static final long MICROS_PER_SECOND = 1_000_000L;
    static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

    /** 2000-01-01, where PostgreSQL counts from, in days since 1970-01-01. */
    private static final long EPOCH_DAY = 10_957;

    /** 4714-11-24 BC, the first day there is, from 2000-01-01. */
    private static final int DAY_MIN = -2_451_545;

    /** 5874898-01-01, the first day there is not. */
    private static final int DAY_END = 2_145_031_949;

    private static final long TIMESTAMP_MIN = DAY_MIN * MICROS_PER_DAY;

    /** 294277-01-01, the first timestamp there is not. */
    private static final long TIMESTAMP_END = 9_223_371_331_200_000_000L;

    /** One second less than sixteen hours. */
    private static final int ZONE_SECONDS_MAX = 57_599;

    private DateTimeText() {}

    /** {@code day} from 2000-01-01. */
    static boolean appendDate(StringBuilder out, int day) {
        if (appendInfinity(out, day == Integer.MIN_VALUE, day == Integer.MAX_VALUE)) {
            return true;
        }
        if (day < DAY_MIN || day >= DAY_END) {
            return false;
        }
        appendEra(out, appendDay(out, day));
        return true;
    }

    /** {@code micros} from midnight; a day's worth is 24:00:00. */
    static boolean appendTime(StringBuilder out, long micros) {
        if (micros < 0 || micros > MICROS_PER_DAY) {
            return false;
        }
        appendClock(out, micros);
        return true;
    }

    /** {@code zone} in seconds west of Greenwich. */
    static boolean appendTimeTz(StringBuilder out, long micros, int zone) {
        if (zone < -ZONE_SECONDS_MAX || zone > ZONE_SECONDS_MAX || !appendTime(out, micros)) {
            return false;
        }
        int seconds = Math.abs(zone);
        out.append(zone <= 0 ? '+' : '-');
        appendTwo(out, seconds / 3600);
        if (seconds % 3600 != 0) {
            out.append(':');
            appendTwo(out, seconds / 60 % 60);
        }
        if (seconds % 60 != 0) {
            out.append(':');
            appendTwo(out, seconds % 60);
        }
        return true;
    }

    /** {@code micros} from 2000-01-01 00:00. */
    static boolean appendTimestamp(StringBuilder out, long micros, String zone) {
        if (appendInfinity(out, micros == Long.MIN_VALUE, micros == Long.MAX_VALUE)) {
            return true;
        }
        if (micros < TIMESTAMP_MIN || micros >= TIMESTAMP_END) {
            return false;
        }
        int year = appendDay(out, Math.floorDiv(micros, MICROS_PER_DAY));
        out.append(' ');
        appendClock(out, Math.floorMod(micros, MICROS_PER_DAY));
        out.append(zone);
        appendEra(out, year);
        return true;
    }

    static boolean appendInfinity(StringBuilder out, boolean negative, boolean positive) {
        if (negative) {
            out.append("-infinity");
        } else if (positive) {
            out.append("infinity");
        }
        return negative || positive;
    }

    /** Returns the year, 0 for 1 BC. */
    private static int appendDay(StringBuilder out, long day) {
        LocalDate date = LocalDate.ofEpochDay(day + EPOCH_DAY);
        int year = date.getYear();
        int shown = year > 0 ? year : 1 - year;
        for (int limit = 1000; limit > 1 && shown < limit; limit /= 10) {
            out.append('0');
        }
        out.append(shown).append('-');
        appendTwo(out, date.getMonthValue());
        out.append('-');
        appendTwo(out, date.getDayOfMonth());
        return year;
    }

    private static void appendEra(StringBuilder out, int year) {
        if (year <= 0) {
            out.append(" BC");
        }
    }

    private static void appendClock(StringBuilder out, long micros) {
        int seconds = (int) (micros / MICROS_PER_SECOND);
        appendTwo(out, seconds / 3600);
        out.append(':');
        appendTwo(out, seconds / 60 % 60);
        out.append(':');
        appendSeconds(out, seconds % 60, (int) (micros % MICROS_PER_SECOND));
    }

    /** Two digits, then as many of the six of a fraction as say something. */
    static void appendSeconds(StringBuilder out, int seconds, int micros) {
        appendTwo(out, seconds);
        if (micros == 0) {
            return;
        }
        out.append('.');
        int rest = micros;
        for (int unit = (int) MICROS_PER_SECOND / 10; rest > 0; unit /= 10) {
            out.append((char) ('0' + rest / unit));
            rest %= unit;
        }
    }

    static void appendTwo(StringBuilder out, long number) {
        if (number < 10) {
            out.append('0');
        }
        out.append(number);
    }
}
