package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** Decodes the beginning of a text that goes on beyond the bytes at hand. */
final class TextHead {
    private TextHead() {}

    /** All whole characters of the {@code length} bytes from {@code at}: a character that is cut by the end is left off. */
    static String decode(ByteBuf buffer, int at, int length, Charset charset) {
        ByteBuffer bytes = buffer.nioBuffer(at, length);
        CharBuffer chars =
                CharBuffer.allocate((int) Math.ceil(charset.newDecoder().maxCharsPerByte() * (double) length) + 1);
        // endOfInput is false: an incomplete sequence at the end stays unread, a wrong one elsewhere is replaced.
        charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .decode(bytes, chars, false);
        return chars.flip().toString();
    }
}
