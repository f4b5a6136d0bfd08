package io.pgweir.rules.when;

import dev.cel.common.values.NullValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.rules.Question;
import io.pgweir.session.Parameters;
import io.pgweir.wire.value.ValueText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parameters as their text, whichever format they came in; unknown where a value was not kept whole or is of no known type. */
final class BoundValues {
    private BoundValues() {}

    static @Nullable Object count(Question question) {
        Parameters parameters = question.parameters();
        return parameters == null ? null : (long) parameters.lengths().length;
    }

    static @Nullable Object texts(Question question) {
        Parameters parameters = question.parameters();
        if (parameters == null) {
            return null;
        }
        byte @Nullable [][] values = parameters.values();
        List<Object> texts = new ArrayList<>();
        for (int i = 0; i < parameters.lengths().length; i++) {
            int length = parameters.lengths()[i];
            byte[] value = values == null || length < 0 ? null : values[i];
            if (length >= 0 && (value == null || value.length != length)) {
                return null;
            }
            Object text = value == null
                    ? NullValue.NULL_VALUE
                    : text(question, parameters.types()[i], parameters.formats()[i], value);
            if (text == null) {
                return null;
            }
            texts.add(text);
        }
        return texts;
    }

    private static @Nullable Object text(Question question, int type, int format, byte[] value) {
        StringBuilder text = new StringBuilder();
        ByteBuf bytes = Unpooled.wrappedBuffer(value);
        return ValueText.append(text, type, format, bytes, 0, value.length, question.charset())
                ? text.toString()
                : null;
    }
}
