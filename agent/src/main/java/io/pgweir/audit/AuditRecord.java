package io.pgweir.audit;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A record as it is kept and delivered: one JSON object of {@code schemas/audit-event.v1.json} in UTF-8, without its line feed.
 * Its head is read when it is first asked for. One thread at a time.
 */
public final class AuditRecord {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** No text can hold it: a quote within one is escaped. */
    private static final String HASH = ",\"hash\":\"";

    private static final int HASH_DIGITS = 64;

    private final byte[] json;
    private @Nullable Head head;

    /** @param json becomes this record's: nobody writes to it any more */
    public AuditRecord(byte[] json) {
        this.json = json;
    }

    /** The record itself; not a copy. */
    public byte[] json() {
        return json;
    }

    /** @throws IllegalArgumentException where it is no JSON object, or a property of the head has another type */
    public Head head() {
        Head read = head;
        if (read == null) {
            read = Head.of(json);
            head = read;
        }
        return read;
    }

    /** Its own {@code hash}, hex; null where it has none. */
    public @Nullable String hash() {
        String text = toString();
        int at = text.indexOf(HASH);
        int from = at + HASH.length();
        return at < 0 || text.length() < from + HASH_DIGITS ? null : text.substring(from, from + HASH_DIGITS);
    }

    @Override
    public String toString() {
        return new String(json, StandardCharsets.UTF_8);
    }

    /**
     * What delivery must know of a record. A property that it does not have is empty, 0 or null.
     *
     * @param time as the record spells it: RFC 3339, UTC, microseconds
     * @param chain uid of the chain that it belongs to
     * @param seq its number in the chain, from 1
     */
    public record Head(
            String id,
            String type,
            String time,
            String chain,
            long seq,
            @Nullable String session) {
        /** Behind the properties that every record begins with, {@code session} is the next that counts. */
        static Head of(byte[] json) {
            String id = "";
            String type = "";
            String time = "";
            String chain = "";
            long seq = 0;
            String session = null;
            try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new IllegalArgumentException("audit record is no JSON object");
                }
                while (session == null && parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    JsonToken value = parser.nextToken();
                    switch (name) {
                        case "id" -> id = parser.getString();
                        case "type" -> type = parser.getString();
                        case "time" -> time = parser.getString();
                        case "chain" -> chain = parser.getString();
                        case "seq" -> seq = parser.getLongValue();
                        case "session" -> session = parser.getString();
                        default -> {
                            if (value.isStructStart()) {
                                parser.skipChildren();
                            }
                        }
                    }
                }
            } catch (JacksonException fault) {
                throw new IllegalArgumentException("audit record cannot be read: " + fault.getOriginalMessage(), fault);
            }
            return new Head(id, type, time, chain, seq, session);
        }
    }
}
