package io.pgweir.cli;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Of a record, what {@code rules learn} takes from it; empty where it has it not. */
record LearnedRecord(String type, String user, String application, String outcome, String fingerprint, String text) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Null where it is no JSON. */
    static @Nullable LearnedRecord read(byte[] json) {
        String[] values = {"", "", "", "", "", ""};
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                int at = name.equals("sql") && value == JsonToken.START_OBJECT ? -1 : place(name);
                if (at == -1) {
                    sql(parser, values);
                } else if (at < values.length && value == JsonToken.VALUE_STRING) {
                    values[at] = parser.getString();
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException _) {
            return null;
        }
        return new LearnedRecord(values[0], values[1], values[2], values[3], values[4], values[5]);
    }

    private static int place(String name) {
        return switch (name) {
            case "type" -> 0;
            case "user" -> 1;
            case "application" -> 2;
            case "outcome" -> 3;
            default -> Integer.MAX_VALUE;
        };
    }

    private static void sql(JsonParser parser, String[] values) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            boolean string = parser.nextToken() == JsonToken.VALUE_STRING;
            if (string && name.equals("fingerprint")) {
                values[4] = parser.getString();
            } else if (string && name.equals("text")) {
                values[5] = parser.getString();
            } else {
                parser.skipChildren();
            }
        }
    }

    /** Whether it tells of a statement that succeeded, and whose. */
    boolean isLesson() {
        boolean statement = type.equals("statement") || type.equals("copy");
        return statement && outcome.equals("success") && !user.isEmpty() && !fingerprint.isEmpty();
    }
}
