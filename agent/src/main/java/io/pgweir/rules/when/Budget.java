package io.pgweir.rules.when;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionResolver;
import dev.cel.runtime.CelResolvedOverload;
import io.pgweir.rules.Key;
import io.pgweir.rules.Meter;
import io.pgweir.rules.Question;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code budget.rows("user", "1h")} and {@code budget.bytes}: what the {@link Meter} has counted for this question's asker. */
final class Budget implements CelFunctionResolver {
    static final String ROWS = "budget.rows";
    static final String BYTES = "budget.bytes";

    private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");

    private final Question question;

    Budget(Question question) {
        this.question = question;
    }

    /** Null where it is no key. */
    static @Nullable Key key(String word) {
        for (Key key : Key.values()) {
            if (key.name().toLowerCase(Locale.ROOT).equals(word)) {
                return key;
            }
        }
        return null;
    }

    /** Null where it is no window. */
    static @Nullable Duration window(String text) {
        Matcher match = WINDOW.matcher(text);
        if (!match.matches()) {
            return null;
        }
        long count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private Object spent(String function, Object[] arguments) throws CelEvaluationException {
        Meter meter = question.meter();
        Key key = key(String.valueOf(arguments[0]));
        Duration window = window(String.valueOf(arguments[1]));
        if (meter == null || key == null || window == null) {
            throw new CelEvaluationException(function + ": nothing counts that");
        }
        return function.equals(ROWS) ? meter.rows(key, window, question) : meter.bytes(key, window, question);
    }

    @Override
    public Optional<CelResolvedOverload> findOverloadMatchingArgs(
            String function, Collection<String> overloads, Object[] arguments) {
        return findOverloadMatchingArgs(function, arguments);
    }

    @Override
    @SuppressWarnings("Immutable") // it lives as long as the one evaluation that it is made for
    public Optional<CelResolvedOverload> findOverloadMatchingArgs(String function, Object[] arguments) {
        return Optional.of(CelResolvedOverload.of(
                function,
                function + "_string_string",
                values -> spent(function, values),
                true,
                String.class,
                String.class));
    }
}
