package io.pgweir.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link Packed} wrote, never beyond its end, and makes no room for what cannot be there. One thread. */
final class Unpacked {
    private final byte[] bytes;
    private int at;
    private final int end;

    Unpacked(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /** Bytes that nobody wrote so. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads one element of a list. */
    interface Element<T> {
        T read(Unpacked from) throws MalformedException;
    }

    boolean isAtEnd() {
        return at == end;
    }

    int at() {
        return at;
    }

    /** The next {@code count} bytes by themselves; they are stepped over here. */
    Unpacked within(int count) throws MalformedException {
        need(count);
        Unpacked part = new Unpacked(bytes, at, at + count);
        at += count;
        return part;
    }

    int int8() throws MalformedException {
        need(1);
        return bytes[at++] & 0xff;
    }

    long int64() throws MalformedException {
        need(Long.BYTES);
        long value = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN).getLong(at);
        at += Long.BYTES;
        return value;
    }

    long number() throws MalformedException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = int8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedException("number of more than 64 bits");
    }

    long signed() throws MalformedException {
        long value = number();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A count of bytes that must be there. */
    int length() throws MalformedException {
        long value = number();
        return within(value, end - at, "bytes");
    }

    /** A number from 0 to {@code max}. */
    int upTo(int max, String what) throws MalformedException {
        return within(number(), max, what);
    }

    private static int within(long value, int max, String what) throws MalformedException {
        if (value < 0 || value > max) {
            throw new MalformedException(
                    what + ": " + Long.toUnsignedString(value) + " (expected: at most " + max + ")");
        }
        return (int) value;
    }

    String text() throws MalformedException {
        int count = length();
        String text = new String(bytes, at, count, StandardCharsets.UTF_8);
        at += count;
        return text;
    }

    <T> List<T> list(Element<T> element) throws MalformedException {
        // An element has one byte at least: the list cannot be longer than what is left.
        int count = length();
        List<T> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return values;
    }

    <E extends Enum<E>> E constant(E[] constants) throws MalformedException {
        return constants[
                upTo(
                        constants.length - 1,
                        constants.getClass().getComponentType().getSimpleName())];
    }

    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return rest;
    }

    void skipAll() {
        at = end;
    }

    void end() throws MalformedException {
        if (at != end) {
            throw new MalformedException("bytes left: " + (end - at) + " (expected: 0)");
        }
    }

    private void need(int count) throws MalformedException {
        if (count < 0 || count > end - at) {
            throw new MalformedException("bytes left: " + (end - at) + " (expected: " + count + ")");
        }
    }
}
