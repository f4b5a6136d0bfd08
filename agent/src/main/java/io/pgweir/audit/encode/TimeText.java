package io.pgweir.audit.encode;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** {@code 2026-01-31T23:59:59.123456Z}: RFC 3339 in UTC with microseconds. Works out a second once. One thread. */
final class TimeText {
    static final int BYTES = 27;

    private static final int MICROS_AT = 20;
    private static final long MICROS_A_SECOND = 1_000_000;

    /** The last second of the year 9999: RFC 3339 has four digits. */
    private static final long SECOND_MAX = 253_402_300_799L;

    private final byte[] text = "1970-01-01T00:00:00.000000Z".getBytes(StandardCharsets.US_ASCII);
    private long second;

    /** The first {@value #BYTES} bytes until the next call; times outside of 1970 to 9999 become the nearest inside. */
    byte[] of(long micros) {
        long wanted = Math.clamp(Math.floorDiv(micros, MICROS_A_SECOND), 0, SECOND_MAX);
        if (wanted != second) {
            second = wanted;
            LocalDateTime date = LocalDateTime.ofEpochSecond(wanted, 0, ZoneOffset.UTC);
            digits(date.getYear(), 0, 4);
            digits(date.getMonthValue(), 5, 2);
            digits(date.getDayOfMonth(), 8, 2);
            digits(date.getHour(), 11, 2);
            digits(date.getMinute(), 14, 2);
            digits(date.getSecond(), 17, 2);
        }
        digits((int) Math.floorMod(micros, MICROS_A_SECOND), MICROS_AT, 6);
        return text;
    }

    private void digits(int value, int at, int count) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
