package io.pgweir.session;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/** The text of a Query or Parse, or its head where the message was too long to be gathered. */
final class QueryText {
    final String text;
    final boolean truncated;

    /** Of the whole text. */
    long bytes;

    /** Of the whole text as sent; null unless it was cut and its last piece has been seen. */
    byte @Nullable [] sha256;

    private QueryText(String text, boolean truncated, long bytes) {
        this.text = text;
        this.truncated = truncated;
        this.bytes = bytes;
    }

    static QueryText whole(String text) {
        return new QueryText(text, false, ByteBufUtil.utf8Bytes(text));
    }

    static QueryText head(String text, long bytes) {
        return new QueryText(text, true, bytes);
    }
}
