package io.pgweir.boot;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The log as JSON, one object a line: what happened under fixed names, its facts beside it under their own.
 *
 * <pre>
 *   {"time":"2026-05-04T09:12:31.004Z","level":"info","logger":"io.pgweir.boot.Agent","thread":"main",
 *    "message":"Listening","listener":"orders","address":"127.0.0.1:6432"}
 * </pre>
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Set<String> OWN = Set.of("time", "level", "logger", "thread", "message", "error", "stack");

    @Override
    public byte @Nullable [] headerBytes() {
        return null;
    }

    @Override
    public byte @Nullable [] footerBytes() {
        return null;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("time", event.getInstant().toString());
            json.writeStringProperty("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
            json.writeStringProperty("logger", event.getLoggerName());
            json.writeStringProperty("thread", event.getThreadName());
            json.writeStringProperty("message", whole(event.getFormattedMessage()));
            List<KeyValuePair> facts = event.getKeyValuePairs();
            if (facts != null) {
                facts.forEach(fact -> write(json, fact));
            }
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null) {
                json.writeStringProperty("error", whole(thrown.getClassName() + ": " + thrown.getMessage()));
                json.writeStringProperty("stack", whole(ThrowableProxyUtil.asString(thrown)));
            }
            json.writeEndObject();
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static void write(JsonGenerator json, KeyValuePair fact) {
        json.writeName(OWN.contains(fact.key) ? "fact_" + fact.key : fact.key);
        switch (fact.value) {
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            case null -> json.writeNull();
            default -> json.writeString(whole(fact.value.toString()));
        }
    }

    /** Half a surrogate pair is no text, and no reason to lose a line. */
    private static String whole(@Nullable String text) {
        if (text == null) {
            return "";
        }
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))
                    && !(i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)))
                    && !(i > 0 && Character.isSurrogatePair(text.charAt(i - 1), text.charAt(i)))) {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, '\ufffd');
            }
        }
        return mended == null ? text : mended.toString();
    }
}
