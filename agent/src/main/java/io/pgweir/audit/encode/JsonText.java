package io.pgweir.audit.encode;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/**
 * Jackson's generator with the few shapes that records are made of. What Jackson refuses, half a surrogate pair, is mended;
 * all else it escapes. One thread.
 */
final class JsonText {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().rootValueSeparator("").build();

    private final JsonGenerator generator;
    private final byte[] scratch = new byte[UuidText.BYTES];
    private final TimeText time = new TimeText();

    JsonText(OutputStream out) {
        generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    /** What {@code content} writes, to be copied into records as it is. */
    static SerializableString fragment(Consumer<JsonText> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        JsonText text = new JsonText(bytes);
        content.accept(text);
        text.generator.close();
        return new SerializedString(bytes.toString(StandardCharsets.UTF_8));
    }

    void begin() {
        generator.writeStartObject();
    }

    void begin(SerializableString name) {
        generator.writeName(name);
        generator.writeStartObject();
    }

    void end() {
        generator.writeEndObject();
    }

    void beginArray(SerializableString name) {
        generator.writeName(name);
        generator.writeStartArray();
    }

    void endArray() {
        generator.writeEndArray();
    }

    void flush() {
        generator.flush();
    }

    void string(SerializableString name, @Nullable String value) {
        generator.writeName(name);
        if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(mended(value));
        }
    }

    /** A property whose name is not ours. */
    void string(String name, String value) {
        generator.writeName(mended(name));
        generator.writeString(mended(value));
    }

    void stringUnlessNull(SerializableString name, @Nullable String value) {
        if (value != null) {
            string(name, value);
        }
    }

    /** An element of an array. */
    void string(String value) {
        generator.writeString(mended(value));
    }

    void number(SerializableString name, long value) {
        generator.writeName(name);
        generator.writeNumber(value);
    }

    void bool(SerializableString name, boolean value) {
        generator.writeName(name);
        generator.writeBoolean(value);
    }

    void nil(SerializableString name) {
        generator.writeName(name);
        generator.writeNull();
    }

    void time(SerializableString name, long micros) {
        generator.writeName(name);
        generator.writeRawUTF8String(time.of(micros), 0, TimeText.BYTES);
    }

    void uuid(SerializableString name, UUID uuid) {
        uuid(name, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    void uuid(SerializableString name, long high, long low) {
        UuidText.write(high, low, scratch);
        generator.writeName(name);
        generator.writeRawUTF8String(scratch, 0, UuidText.BYTES);
    }

    /** A value that {@link #fragment} made. */
    void value(SerializableString name, SerializableString fragment) {
        generator.writeName(name);
        generator.writeRawValue(fragment);
    }

    /** Whole properties, with the comma before them: not the first of their object. */
    void properties(SerializableString fragment) {
        generator.writeRaw(fragment);
    }

    /** Halves of surrogate pairs, which no UTF-8 can spell, become U+FFFD. */
    static String mended(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return mendedFrom(text, i);
            }
        }
        return text;
    }

    private static String mendedFrom(String text, int from) {
        StringBuilder mended = new StringBuilder(text.length()).append(text, 0, from);
        int at = from;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            mended.appendCodePoint(half ? 0xFFFD : point);
            at += Character.charCount(point);
        }
        return mended.toString();
    }
}
