package io.pgweir.audit.encode;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A record as the JDK's own values: maps that keep their order, lists, strings, {@link Number}s, booleans and null. Integers are
 * {@link Long} as far as they fit.
 */
public final class JsonTree {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .rootValueSeparator("")
            .build();

    private JsonTree() {}

    /** @throws IllegalArgumentException where {@code json} is anything but one JSON object, or names a member twice */
    public static Map<String, @Nullable Object> read(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("audit record: no JSON object");
            }
            Map<String, @Nullable Object> record = readObject(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("audit record: more than one JSON object");
            }
            return record;
        } catch (JacksonException fault) {
            throw new IllegalArgumentException("audit record: " + fault.getOriginalMessage(), fault);
        }
    }

    /** Compact, without a line feed; flushed, not closed. */
    public static void write(Map<String, @Nullable Object> object, OutputStream to) {
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), to)) {
            writeObject(generator, object);
        }
    }

    private static Map<String, @Nullable Object> readObject(JsonParser parser) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, readValue(parser));
        }
        return object;
    }

    private static @Nullable Object readValue(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> readArray(parser);
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : Long.valueOf(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getString();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("a JSON value begins with " + parser.currentToken());
        };
    }

    private static List<@Nullable Object> readArray(JsonParser parser) {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(readValue(parser));
        }
        return Collections.unmodifiableList(array);
    }

    private static void writeObject(JsonGenerator generator, Map<?, ?> object) {
        generator.writeStartObject();
        object.forEach((name, value) -> {
            generator.writeName(JsonText.mended(String.valueOf(name)));
            writeValue(generator, value);
        });
        generator.writeEndObject();
    }

    private static void writeValue(JsonGenerator generator, @Nullable Object value) {
        switch (value) {
            case null -> generator.writeNull();
            case String text -> generator.writeString(JsonText.mended(text));
            case Long number -> generator.writeNumber(number);
            case Integer number -> generator.writeNumber(number);
            case Number number -> generator.writeNumber(number.toString());
            case Boolean bool -> generator.writeBoolean(bool);
            case Map<?, ?> object -> writeObject(generator, object);
            case List<?> array -> {
                generator.writeStartArray();
                array.forEach(element -> writeValue(generator, element));
                generator.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
        }
    }
}
