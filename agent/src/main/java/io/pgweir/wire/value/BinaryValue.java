package io.pgweir.wire.value;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;

/** Reads one value in binary format from front to back. Callers ask {@link #remaining} or {@link #is} before they read. */
final class BinaryValue {
    private final ByteBuf buffer;
    private final int end;
    private final Charset charset;
    private int at;

    BinaryValue(ByteBuf buffer, int offset, int length, Charset charset) {
        this.buffer = buffer;
        this.at = offset;
        this.end = offset + length;
        this.charset = charset;
    }

    /** Whether exactly so many bytes are left. */
    boolean is(int bytes) {
        return end - at == bytes;
    }

    int remaining() {
        return end - at;
    }

    ByteBuf buffer() {
        return buffer;
    }

    int at() {
        return at;
    }

    byte int8() {
        return buffer.getByte(at++);
    }

    short int16() {
        at += 2;
        return buffer.getShort(at - 2);
    }

    /** Unsigned, {@code ahead} bytes from here, without stepping. */
    int peekInt16(int ahead) {
        return buffer.getUnsignedShort(at + ahead);
    }

    int int32() {
        at += 4;
        return buffer.getInt(at - 4);
    }

    long int64() {
        at += 8;
        return buffer.getLong(at - 8);
    }

    String text(int bytes) {
        at += bytes;
        return buffer.toString(at - bytes, bytes, charset);
    }

    /** The next {@code bytes} as a value of their own. */
    BinaryValue part(int bytes) {
        at += bytes;
        return new BinaryValue(buffer, at - bytes, bytes, charset);
    }
}
