package io.pgweir.audit.encode;

import io.netty.buffer.Unpooled;
import io.pgweir.audit.Origin;
import io.pgweir.session.Execution;
import io.pgweir.session.Parameters;
import io.pgweir.wire.value.PgType;
import io.pgweir.wire.value.ValueText;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** The {@code parameters} array: what was bound, by type, format and length; values only where they may be shown. */
final class ParameterText {
    private static final int NULL = -1;

    private final Redaction redaction;
    private final StringBuilder text = new StringBuilder();

    ParameterText(Redaction redaction) {
        this.redaction = redaction;
    }

    void write(JsonText json, Origin origin, Execution execution) {
        Parameters parameters = execution.parameters();
        if (parameters == null) {
            return;
        }
        byte[][] values = redaction.showsParametersOf(execution) ? parameters.values() : null;
        json.beginArray(Property.PARAMETERS);
        for (int i = 0; i < parameters.lengths().length; i++) {
            write(json, parameters, i, values == null ? null : values[i], origin.charset());
        }
        json.endArray();
    }

    private void write(JsonText json, Parameters parameters, int i, byte @Nullable [] value, Charset charset) {
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
                json.string(Property.VALUE, textOf(type, format, value, charset));
                json.bool(Property.TRUNCATED, value.length < length);
            }
        }
        json.end();
    }

    private String textOf(int type, int format, byte[] value, Charset charset) {
        text.setLength(0);
        ValueText.append(text, type, format, Unpooled.wrappedBuffer(value), 0, value.length, charset);
        return text.toString();
    }
}
