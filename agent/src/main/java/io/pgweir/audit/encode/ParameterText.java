package io.pgweir.audit.encode;

import io.netty.buffer.Unpooled;
import io.pgweir.audit.Origin;
import io.pgweir.session.Execution;
import io.pgweir.session.Parameters;
import io.pgweir.wire.value.PgType;
import io.pgweir.wire.value.ValueText;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The {@code parameters} array: what was bound, by type, format and length, and a token for the value. Values themselves only where
 * they may be shown, and then in {@code open}.
 *
 * <p>A token is of the value's text in UTF-8, whichever format it came in, so 42 has one token as text and as a binary int4. One of
 * which only a head is kept has none.
 */
final class ParameterText {
    private static final int NULL = -1;

    private final Redaction redaction;
    private final Tokens tokens;
    private final Disclosed open;
    private final StringBuilder text = new StringBuilder();

    ParameterText(Redaction redaction, Tokens tokens, Disclosed open) {
        this.redaction = redaction;
        this.tokens = tokens;
        this.open = open;
    }

    void write(JsonText json, Origin origin, Execution execution) {
        Parameters parameters = execution.parameters();
        if (parameters == null) {
            return;
        }
        byte[][] values = redaction.mayTellParametersOf(execution) ? parameters.values() : null;
        boolean shown = redaction.showsParametersOf(execution);
        json.beginArray(Property.PARAMETERS);
        for (int i = 0; i < parameters.lengths().length; i++) {
            write(json, parameters, i, values == null ? null : values[i], shown, origin.charset());
        }
        json.endArray();
    }

    private void write(
            JsonText json, Parameters parameters, int i, byte @Nullable [] value, boolean shown, Charset charset) {
        int type = parameters.types()[i];
        int format = parameters.formats()[i];
        int length = parameters.lengths()[i];
        json.begin();
        if (type != 0) {
            json.string(Property.TYPE, PgType.name(type));
        }
        json.string(Property.FORMAT, format == 0 ? "text" : "binary");
        if (length == NULL) {
            json.bool(Property.NULL, true);
        } else if (length >= 0) {
            // Less than 0: it lay beyond what pgweir looks at of one message.
            json.number(Property.LENGTH, length);
            if (value != null) {
                writeValue(json, textOf(type, format, value, charset), value.length < length, shown);
                json.end();
                return;
            }
        }
        open.noParameter();
        json.end();
    }

    private void writeValue(JsonText json, String value, boolean truncated, boolean shown) {
        if (!truncated) {
            json.string(Property.HMAC, tokens.token(value.getBytes(StandardCharsets.UTF_8)));
        }
        if (shown) {
            json.string(Property.COMMITMENT, open.parameter(JsonText.mended(value)));
            json.bool(Property.TRUNCATED, truncated);
        } else {
            open.noParameter();
        }
    }

    private String textOf(int type, int format, byte[] value, Charset charset) {
        text.setLength(0);
        ValueText.append(text, type, format, Unpooled.wrappedBuffer(value), 0, value.length, charset);
        return text.toString();
    }
}
