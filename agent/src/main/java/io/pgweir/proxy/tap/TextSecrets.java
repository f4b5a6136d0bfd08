package io.pgweir.proxy.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.session.SessionTracker;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.MessageType;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Passwords and other secrets that SQL texts name, as {@code ALTER ROLE ... PASSWORD 'x'} does: no capture has them. */
final class TextSecrets {
    private final SessionTracker tracker;

    TextSecrets(SessionTracker tracker) {
        this.tracker = tracker;
    }

    /** @return the body of a Query or Parse without its secrets; null where it has none, or is no such message */
    @Nullable
    ByteBuf redacted(byte type, ByteBuf buffer, int bodyAt, int length) {
        if (type != MessageType.Frontend.QUERY && type != MessageType.Frontend.PARSE) {
            return null;
        }
        int end = bodyAt + length;
        int at = type == MessageType.Frontend.PARSE ? buffer.indexOf(bodyAt, end, (byte) 0) + 1 : bodyAt;
        int zero = at < bodyAt ? -1 : buffer.indexOf(at, end, (byte) 0);
        if (zero < at) {
            // Garbage: what the server cannot read names no secret.
            return null;
        }
        Charset charset = tracker.clientCharset();
        String text = buffer.toString(at, zero - at, charset);
        String clean = redacted(text);
        return clean.equals(text)
                ? null
                : Unpooled.buffer(length + clean.length())
                        .writeBytes(buffer, bodyAt, at - bodyAt)
                        .writeBytes(clean.getBytes(charset))
                        .writeBytes(buffer, zero, end - zero);
    }

    String redacted(String text) {
        return SqlScript.withoutSecrets(text, new LexicalRules(tracker.standardConformingStrings()));
    }
}
