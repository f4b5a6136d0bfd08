package io.pgweir.wire;

import io.netty.buffer.ByteBuf;

/**
 * A message's body where it lies: {@code length} bytes from {@code offset} of {@code buffer}, by absolute index.
 *
 * <p>One instance is reused by its decoder. It borrows: whoever wants to keep bytes copies them before the call returns.
 */
public final class BodyView {
    private ByteBuf buffer = io.netty.buffer.Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;

    public BodyView wrap(ByteBuf buffer, int offset, int length) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        return this;
    }

    public ByteBuf buffer() {
        return buffer;
    }

    /** Absolute index of the first byte. */
    public int offset() {
        return offset;
    }

    /** In bytes, without type and length word. */
    public int length() {
        return length;
    }
}
