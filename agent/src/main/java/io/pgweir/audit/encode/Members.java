package io.pgweir.audit.encode;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of an object of a record, looked at or taken out: what nobody took is still there at the end, so a form that has
 * no place for something cannot lose it. An object that was emptied goes too.
 *
 * <p>A member that is absent or null is null here. One of another type than is asked for is an {@link IllegalArgumentException}
 * that names it.
 */
final class Members {
    private final Map<String, @Nullable Object> map;
    private final String path;

    Members(Map<String, @Nullable Object> map) {
        this(map, "");
    }

    private Members(Map<String, @Nullable Object> map, String path) {
        this.map = map;
        this.path = path;
    }

    /** An object within, or an empty one that is not. */
    Members in(String name) {
        Object value = map.get(name);
        if (value == null) {
            return new Members(Map.of(), path + name + ".");
        }
        return new Members(asMap(name, value), path + name + ".");
    }

    boolean has(String name) {
        return map.get(name) != null;
    }

    @Nullable
    String string(String name) {
        return as(String.class, "a string", name);
    }

    String stringOr(String name, String absent) {
        String value = string(name);
        return value == null ? absent : value;
    }

    /** @throws IllegalArgumentException where it is missing */
    String required(String name) {
        String value = string(name);
        if (value == null) {
            throw new IllegalArgumentException("audit record: " + path + name + " is missing");
        }
        return value;
    }

    @Nullable
    Long number(String name) {
        return as(Long.class, "an integer", name);
    }

    long numberOr(String name, long absent) {
        Long value = number(name);
        return value == null ? absent : value;
    }

    @Nullable
    Boolean bool(String name) {
        return as(Boolean.class, "true or false", name);
    }

    @Nullable
    String takeString(String name) {
        String value = string(name);
        take(name);
        return value;
    }

    @Nullable
    Long takeNumber(String name) {
        Long value = number(name);
        take(name);
        return value;
    }

    /** Whatever it is. */
    @Nullable
    Object take(String name) {
        return map.isEmpty() ? null : map.remove(name);
    }

    /** What nobody took; of the record as a whole. */
    Map<String, @Nullable Object> rest() {
        map.values().removeIf(value -> value instanceof Map<?, ?> object && object.isEmpty());
        return map;
    }

    private <T> @Nullable T as(Class<T> type, String expected, String name) {
        Object value = map.get(name);
        if (value != null && !type.isInstance(value)) {
            throw mismatch(name, value, expected);
        }
        return type.cast(value);
    }

    @SuppressWarnings("unchecked") // JsonTree makes maps of no other kind
    private Map<String, @Nullable Object> asMap(String name, Object value) {
        if (value instanceof Map<?, ?> object) {
            return (Map<String, @Nullable Object>) object;
        }
        throw mismatch(name, value, "an object");
    }

    private IllegalArgumentException mismatch(String name, Object value, String expected) {
        String found = switch (value) {
            case String _ -> "a string";
            case Number _ -> "a number";
            case Boolean _ -> "true or false";
            case Map<?, ?> _ -> "an object";
            default -> "an array";
        };
        return new IllegalArgumentException(
                "audit record: " + path + name + ": " + found + " (expected: " + expected + ")");
    }
}
