package io.pgweir.audit.seal;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A record in the form that is hashed, made again from JSON that somebody may have spaced or escaped otherwise: compact, members as
 * they come, without {@code hash} and {@code open}, without the closing brace.
 *
 * @param canonical those bytes
 * @param hash null where it has none, as for the others
 * @param seq 0 where it has none
 * @param isControl whether its type begins with {@code audit.}
 * @param isCut whether a sink says that it shortened it
 */
record CanonicalRecord(
        byte[] canonical,
        @Nullable String chain,
        long seq,
        @Nullable String prev,
        @Nullable String hash,
        boolean isControl,
        boolean isCut) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** @throws UnreadableException where it is not exactly one JSON object */
    static CanonicalRecord read(byte[] in, int from, int to) throws UnreadableException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(to - from);
        Members members = new Members();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in, from, to - from);
                JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableException("no record (expected: a JSON object)");
            }
            generator.writeStartObject();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                members.copy(parser, generator);
            }
            generator.writeEndObject();
            if (parser.nextToken() != null) {
                throw new UnreadableException("something behind the record (expected: one JSON object)");
            }
        } catch (JacksonException garbage) {
            throw new UnreadableException("no JSON: " + garbage.getOriginalMessage());
        }
        byte[] whole = bytes.toByteArray();
        byte[] canonical = java.util.Arrays.copyOf(whole, whole.length - 1);
        return new CanonicalRecord(
                canonical, members.chain, members.seq, members.prev, members.hash, members.isControl, members.isCut);
    }

    /** What is worth knowing of the members of the top level. */
    private static final class Members {
        private @Nullable String chain;
        private long seq;
        private @Nullable String prev;
        private @Nullable String hash;
        private boolean isControl;
        private boolean isCut;

        void copy(JsonParser parser, JsonGenerator to) throws UnreadableException {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            boolean isString = value == JsonToken.VALUE_STRING;
            switch (name) {
                case "hash" -> {
                    if (hash != null || !isString) {
                        throw new UnreadableException("hash is there twice, or no string");
                    }
                    hash = parser.getString();
                    return;
                }
                case "open" -> {
                    parser.skipChildren();
                    return;
                }
                case "chain" -> chain = isString ? parser.getString() : null;
                case "prev" -> prev = isString ? parser.getString() : null;
                case "seq" -> seq = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0;
                case "type" -> isControl = isString && parser.getString().startsWith("audit.");
                case "cut" -> isCut = value == JsonToken.START_OBJECT;
                default -> {
                    // Part of the canonical form, and of nothing else.
                }
            }
            to.writeName(name);
            to.copyCurrentStructure(parser);
        }
    }

    /** Says why bytes are no record. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String what) {
            super(what);
        }
    }
}
