package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes shorter copies of native records; see {@link Fitter} for what is in them. */
final class RecordCut {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final AuditRecord whole;
    private final int textBytesMax;
    private final boolean bare;

    private RecordCut(AuditRecord whole, int textBytesMax, boolean bare) {
        this.whole = whole;
        this.textBytesMax = textBytesMax;
        this.bare = bare;
    }

    /** Every text cut to {@code textBytesMax}. */
    static AuditRecord texts(AuditRecord whole, int textBytesMax) {
        return new RecordCut(whole, textBytesMax, false).write();
    }

    /** Nothing but the numbers, words and cut texts of the top level. */
    static AuditRecord bare(AuditRecord whole, int textBytesMax) {
        return new RecordCut(whole, textBytesMax, true).write();
    }

    private AuditRecord write() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(textBytesMax);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), whole.json());
                JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return unreadable();
            }
            copy(parser, to);
        } catch (JacksonException garbage) {
            return unreadable();
        }
        return new AuditRecord(bytes.toByteArray());
    }

    private void copy(JsonParser parser, JsonGenerator to) {
        to.writeStartObject();
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                token = parser.nextToken();
                if (bare && token.isStructStart()) {
                    parser.skipChildren();
                    continue;
                }
                to.writeName(name);
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd() && --depth == 0) {
                writeCut(to);
            }
            if (token == JsonToken.VALUE_STRING) {
                to.writeString(Cut.head(parser.getString(), textBytesMax));
            } else {
                to.copyCurrentEvent(parser);
            }
        }
    }

    private void writeCut(JsonGenerator to) {
        to.writeName("cut");
        to.writeStartObject();
        to.writeName("length");
        to.writeNumber(whole.json().length);
        to.writeName("sha256");
        to.writeString(Digests.sha256(whole.json()));
        to.writeEndObject();
    }

    /** Of what is no record: that it was there. */
    private AuditRecord unreadable() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            to.writeStartObject();
            writeCut(to);
            to.writeEndObject();
        }
        return new AuditRecord(bytes.toByteArray());
    }
}
