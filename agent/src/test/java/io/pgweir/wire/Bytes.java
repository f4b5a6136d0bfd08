package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds bodies as the manual writes them down, and lays them between bytes that nobody may read. */
public final class Bytes {
    /** Bytes in front of a laid body. */
    public static final int AT = 7;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Bytes() {}

    public static Bytes of() {
        return new Bytes();
    }

    public Bytes int8(int value) {
        out.write(value);
        return this;
    }

    public Bytes int16(int... values) {
        for (int value : values) {
            int8(value >> 8).int8(value);
        }
        return this;
    }

    public Bytes int32(int... values) {
        for (int value : values) {
            int16(value >> 16).int16(value);
        }
        return this;
    }

    public Bytes int64(long... values) {
        for (long value : values) {
            int32((int) (value >> 32)).int32((int) value);
        }
        return this;
    }

    public Bytes bytes(int... values) {
        for (int value : values) {
            int8(value);
        }
        return this;
    }

    public Bytes text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public Bytes string(String text) {
        return text(text).int8(0);
    }

    public byte[] array() {
        return out.toByteArray();
    }

    /** The body from index {@link #AT}, with {@code poison} before it and nothing at all behind it. */
    public static ByteBuf lay(byte[] body, int poison) {
        byte[] all = new byte[AT + body.length];
        Arrays.fill(all, 0, AT, (byte) poison);
        System.arraycopy(body, 0, all, AT, body.length);
        return Unpooled.wrappedBuffer(all);
    }

    /** The body from index {@link #AT} with {@code poison} on both sides. */
    public static ByteBuf layBetween(byte[] body, int poison) {
        byte[] all = new byte[2 * AT + body.length];
        Arrays.fill(all, (byte) poison);
        System.arraycopy(body, 0, all, AT, body.length);
        return Unpooled.wrappedBuffer(all);
    }
}
