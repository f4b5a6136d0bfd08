package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** A keyed hash of a text, as hex: of its characters, so that clients of any encoding see the same. */
final class HashMask implements ValueMask {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final MaskKey key;
    private final Charset charset;
    private byte[] value = new byte[256];

    HashMask(MaskKey key, Charset charset) {
        this.key = key;
        this.charset = charset;
    }

    @Override
    public boolean write(ByteBuf in, int at, int length, ByteBuf out) {
        byte[] digest;
        if (charset.equals(StandardCharsets.UTF_8)) {
            if (value.length < length) {
                value = new byte[length];
            }
            in.getBytes(at, value, 0, length);
            digest = key.digest(value, length);
        } else {
            byte[] bytes = in.toString(at, length, charset).getBytes(StandardCharsets.UTF_8);
            digest = key.digest(bytes, bytes.length);
        }
        for (int i = 0; i < MaskKey.BYTES_KEPT; i++) {
            out.writeByte(DIGITS[(digest[i] >> 4) & 0xf]).writeByte(DIGITS[digest[i] & 0xf]);
        }
        return true;
    }
}
