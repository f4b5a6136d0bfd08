package io.pgweir.config;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit: {@code 500ms}, {@code 16MiB}. */
final class Quantity {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");

    private Quantity() {}

    static OptionalLong millis(String text) {
        Matcher match = DURATION.matcher(text);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (match.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
        return OptionalLong.of(Long.parseLong(match.group(1)) * unit);
    }

    static OptionalLong bytes(String text) {
        Matcher match = BYTES.matcher(text);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        int shift = switch (match.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case null, default -> 0;
        };
        return OptionalLong.of(Long.parseLong(match.group(1)) << shift);
    }

    /** The biggest unit that says it exactly. */
    static String ofBytes(long bytes) {
        int shift = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, 3);
        return (bytes >> (10 * shift)) + new String[] {"B", "KiB", "MiB", "GiB"}[shift];
    }

    /** The biggest unit that says it exactly. */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        return millis % 3_600_000 == 0
                ? millis / 3_600_000 + "h"
                : millis % 60_000 == 0
                        ? millis / 60_000 + "m"
                        : millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
