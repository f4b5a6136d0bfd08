package io.pgweir.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** One JSON object of texts, as strict as the configuration: every key is known and comes once. */
final class Body {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

    private final Map<String, String> values;

    private Body(Map<String, String> values) {
        this.values = values;
    }

    /** @throws IllegalArgumentException saying what was found and what was expected */
    static Body parse(byte[] utf8, String... known) {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
            expect(json.nextToken() == JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                expect(List.of(known).contains(name), "the keys " + String.join(", ", known));
                expect(json.nextToken() == JsonToken.VALUE_STRING, "a text as " + name);
                expect(values.put(name, json.getString()) == null, name + " once");
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null, "one object of texts");
        } catch (JacksonException unreadable) {
            throw new IllegalArgumentException("body: no JSON (expected: an object of texts)", unreadable);
        }
        return new Body(values);
    }

    private static void expect(boolean met, String expected) {
        if (!met) {
            throw new IllegalArgumentException("body: something else (expected: " + expected + ")");
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("body: no " + name + " (expected: a text that is not empty)");
        }
        return value;
    }

    /** Null where it is not given. */
    @Nullable
    Duration duration(String name, Duration max) {
        String text = values.get(name);
        if (text == null) {
            return null;
        }
        Matcher match = DURATION.matcher(text);
        Duration found = match.matches() ? of(Long.parseLong(match.group(1)), match.group(2)) : Duration.ZERO;
        if (found.isZero() || found.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + text + " (expected: a duration up to " + max.toHours() + "h, such as 30s or 10m)");
        }
        return found;
    }

    private static Duration of(long count, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }
}
