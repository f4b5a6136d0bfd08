package io.pgweir.audit.seal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What an {@code audit.*} record says of the chain. */
sealed interface ControlRecord {
    JsonFactory FACTORY = new JsonFactory();

    record Covered(Checkpoint checkpoint) implements ControlRecord {}

    /** @param hash of record {@code seq} of {@code chain}, in hex */
    record Resumed(String chain, long seq, String hash) implements ControlRecord {}

    /** The agent lost records itself, and says how many. */
    record Lost(long dropped) implements ControlRecord {}

    record Stopped() implements ControlRecord {}

    /** Null for one that says nothing of it, or says it in a way that nobody can read. */
    static @Nullable ControlRecord read(byte[] record) {
        String type = "";
        ControlRecord read = null;
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), record)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("type") && value == JsonToken.VALUE_STRING) {
                    type = parser.getString();
                } else if (name.equals("checkpoint") && type.equals("audit.checkpoint")) {
                    read = Members.of(parser).covered();
                } else if (name.equals("resumes") && type.equals("audit.start")) {
                    read = Members.of(parser).resumed();
                } else if (name.equals("gap") && type.equals("audit.gap")) {
                    read = Members.of(parser).lost();
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException _) {
            return null;
        }
        return type.equals("audit.stop") ? new Stopped() : read;
    }

    /** The strings and numbers of one object; all else in it is passed by. */
    final class Members {
        private final Map<String, String> strings = new HashMap<>();
        private final Map<String, Long> numbers = new HashMap<>();

        static Members of(JsonParser parser) {
            Members members = new Members();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return members;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    members.strings.put(name, parser.getString());
                } else if (value == JsonToken.VALUE_NUMBER_INT) {
                    members.numbers.put(name, parser.getLongValue());
                } else {
                    parser.skipChildren();
                }
            }
            return members;
        }

        String string(String name) {
            return strings.getOrDefault(name, "");
        }

        long number(String name) {
            return numbers.getOrDefault(name, 0L);
        }

        /** Null for a gap whose records are in the trail all the same. */
        @Nullable
        Lost lost() {
            return switch (string("reason")) {
                case "not_durable", "oversized", "restamped" -> null;
                default -> new Lost(number("dropped"));
            };
        }

        Covered covered() {
            return new Covered(checkpoint());
        }

        Checkpoint checkpoint() {
            return new Checkpoint(
                    number("first_seq"),
                    number("last_seq"),
                    number("records"),
                    string("root"),
                    strings.get("key_id"),
                    strings.get("signature"));
        }

        @Nullable
        Resumed resumed() {
            return strings.containsKey("chain")
                    ? new Resumed(string("chain"), number("seq"), string("last_hash"))
                    : null;
        }
    }
}
