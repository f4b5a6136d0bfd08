package io.pgweir.replay.report;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and answers, in as few letters as people need. */
final class Figures {
    private Figures() {}

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Three digits and a unit. */
    static String time(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 999_500) {
            return digits(nanos / 1e3) + " µs";
        }
        if (nanos < 999_500_000) {
            return digits(nanos / 1e6) + " ms";
        }
        double seconds = nanos / 1e9;
        return seconds < 600 ? digits(seconds) + " s" : String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }

    /** Without zeros behind the point: {@code 10 ms}. */
    static String roundTime(double nanos) {
        String text = time((long) nanos);
        int space = text.indexOf(' ');
        return short3(Double.parseDouble(text.substring(0, space))) + text.substring(space);
    }

    /** Without zeros behind the point: {@code 2.5}, {@code 10}, {@code 20k}, {@code 3M}. */
    static String round(double value) {
        return value >= 1_000_000
                ? short3(value / 1e6) + "M"
                : value >= 10_000 ? short3(value / 1e3) + "k" : short3(value);
    }

    private static String short3(double value) {
        String text = Double.toString(Math.round(value * 1_000) / 1_000.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    }

    /** How many times as long; empty where nobody can say. */
    static String ratio(long before, long now) {
        double ratio = now / (double) before;
        return before <= 0 ? "" : String.format(Locale.ROOT, ratio < 9.995 ? "%.2f×" : "%,.0f×", ratio);
    }

    static String percent(long part, long whole) {
        return whole == 0 ? "0 %" : String.format(Locale.ROOT, "%.3g %%", 100.0 * part / whole);
    }

    static String word(Difference.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    static String answer(@Nullable Response response) {
        if (response == null) {
            return "no answer";
        }
        if (!response.sqlState().isEmpty()) {
            return "error " + response.sqlState();
        }
        return (response.tag().isEmpty() ? "answered" : response.tag()) + ", " + count(response.rows())
                + (response.rows() == 1 ? " row" : " rows");
    }
}
