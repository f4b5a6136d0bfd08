package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;

/** NULL, in a column that is NOT NULL as well: the wire knows no such thing. */
enum NullMask implements ValueMask {
    INSTANCE;

    @Override
    public boolean write(ByteBuf in, int at, int length, ByteBuf out) {
        return false;
    }
}
