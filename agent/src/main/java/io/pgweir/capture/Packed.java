package io.pgweir.capture;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Bytes that grow at their end; reused. Integers are LEB128, the lowest seven bits first. One thread. */
final class Packed {
    private byte[] bytes;
    private int length;

    Packed(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    Packed int8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Packed constant(Enum<?> value) {
        return int8(code(value));
    }

    @SuppressWarnings("EnumOrdinal") // the enums that are written so say that their order is the format's
    static byte code(Enum<?> value) {
        return (byte) value.ordinal();
    }

    Packed int64(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(bytes).putLong(length, value);
        length += Long.BYTES;
        return this;
    }

    /** Unsigned. */
    Packed number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** Small values of either sign are short: zigzag. */
    Packed signed(long value) {
        return number((value << 1) ^ (value >> 63));
    }

    Packed text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return number(utf8.length).bytes(utf8, 0, utf8.length);
    }

    <T> Packed list(List<T> values, BiConsumer<Packed, T> each) {
        number(values.size());
        values.forEach(value -> each.accept(this, value));
        return this;
    }

    Packed bytes(byte[] from, int at, int count) {
        room(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
        return this;
    }

    Packed bytes(ByteBuffer from) {
        int count = from.remaining();
        room(count);
        from.get(bytes, length, count);
        length += count;
        return this;
    }

    Packed bytes(ByteBuf from, int at, int count) {
        room(count);
        from.getBytes(at, bytes, length, count);
        length += count;
        return this;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
