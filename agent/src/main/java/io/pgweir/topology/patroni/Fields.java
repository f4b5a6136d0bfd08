package io.pgweir.topology.patroni;

import java.util.HexFormat;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Objects of JSON as flat text: {@code {"a": 1, "b": {"c": true}}} has {@code a} and {@code b.c}. */
final class Fields {
    private static final int DEPTH_MAX = 3;

    private Fields() {}

    /** From after the object's start to its end. Arrays and what lies too deep are overlooked. */
    static void read(JsonParser parser, String prefix, Map<String, String> into) {
        read(parser, prefix, into, 1);
    }

    private static void read(JsonParser parser, String prefix, Map<String, String> into, int depth) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = prefix + parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT && depth < DEPTH_MAX) {
                read(parser, key + ".", into, depth + 1);
            } else if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                into.putIfAbsent(key, parser.getString());
            }
        }
    }

    /** -1 where it is none that counts something. */
    static long number(String text) {
        return text.length() <= 18 && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(text)
                : -1;
    }

    /** Of {@code 0/4288A00}; -1 where it is none. */
    static long lsn(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            return -1;
        }
        try {
            return HexFormat.fromHexDigitsToLong(text, 0, slash) << 32
                    | HexFormat.fromHexDigitsToLong(text, slash + 1, text.length());
        } catch (IllegalArgumentException odd) {
            return -1;
        }
    }
}
