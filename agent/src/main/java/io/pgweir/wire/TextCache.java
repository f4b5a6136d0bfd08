package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names that come again and again, found by their bytes so that a known one allocates nothing.
 *
 * <p>Direct-mapped: two names of one slot push each other out. At most {@value #SLOTS} names of {@value #BYTES_MAX} bytes.
 */
final class TextCache {
    /** PostgreSQL's own names end at 63 bytes (NAMEDATALEN). */
    private static final int BYTES_MAX = 63;

    private static final int SLOTS = 32;

    /** Made at the first name. */
    private byte[] @Nullable [] bytes = {};

    private String[] texts = {};

    String text(ByteBuf buffer, int at, int length, Charset charset) {
        if (length == 0) {
            return "";
        }
        if (length > BYTES_MAX) {
            return buffer.toString(at, length, charset);
        }
        if (bytes.length == 0) {
            bytes = new byte[SLOTS][];
            texts = new String[SLOTS];
        }
        int hash = 0;
        for (int i = at; i < at + length; i++) {
            hash = 31 * hash + buffer.getByte(i);
        }
        int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
        byte[] known = bytes[slot];
        if (known == null || !equal(known, buffer, at, length)) {
            known = new byte[length];
            buffer.getBytes(at, known);
            bytes[slot] = known;
            texts[slot] = new String(known, charset);
        }
        return texts[slot];
    }

    private static boolean equal(byte[] known, ByteBuf buffer, int at, int length) {
        if (known.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known[i] != buffer.getByte(at + i)) {
                return false;
            }
        }
        return true;
    }

    /** Forgets all: the same bytes mean other characters from now on. */
    void clear() {
        Arrays.fill(bytes, null);
    }
}
