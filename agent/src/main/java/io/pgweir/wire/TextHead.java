package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/** Decodes the beginning of a text that goes on beyond the bytes at hand. */
final class TextHead {
    private TextHead() {}

    /** All whole characters of the {@code length} bytes from {@code at}: a character that is cut by the end is left off. */
    static String decode(ByteBuf buffer, int at, int length, Charset charset) {
        ByteBuffer bytes = buffer.nioBuffer(at, length);
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        CharBuffer chars = CharBuffer.allocate((int) Math.ceil(decoder.maxCharsPerByte() * (double) length));
        // Not the end of input: an incomplete sequence at the end stays unread, a wrong one elsewhere is replaced.
        decoder.decode(bytes, chars, false);
        return chars.flip().toString();
    }
}
