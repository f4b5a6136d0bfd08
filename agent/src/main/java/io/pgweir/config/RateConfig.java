package io.pgweir.config;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often something may happen: {@code 10/s}, {@code 100/m}, {@code 1000/h}.
 *
 * @param burst that may happen at once after a quiet time
 */
public record RateConfig(double perSecond, int burst) {
    static final int BURST_MAX = 1_000_000;
    private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/(s|m|h)");

    /** Without a burst of its own: what comes in a second, at least one. */
    static RateConfig of(double perSecond) {
        return new RateConfig(perSecond, (int) Math.max(1, Math.ceil(perSecond)));
    }

    static OptionalDouble perSecond(String text) {
        Matcher match = RATE.matcher(text);
        if (!match.matches() || Integer.parseInt(match.group(1)) == 0) {
            return OptionalDouble.empty();
        }
        int seconds = switch (match.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            default -> 3600;
        };
        return OptionalDouble.of(Double.parseDouble(match.group(1)) / seconds);
    }
}
