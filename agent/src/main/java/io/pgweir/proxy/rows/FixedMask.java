package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;

/** The same bytes for every value: the rule's text, as the column's type and format write it. */
record FixedMask(byte[] value) implements ValueMask {
    @Override
    public boolean write(ByteBuf in, int at, int length, ByteBuf out) {
        out.writeBytes(value);
        return true;
    }
}
