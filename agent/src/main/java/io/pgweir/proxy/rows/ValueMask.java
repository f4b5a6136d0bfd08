package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;

/** What is shown in the place of one column's values. One a result; event loop. */
public sealed interface ValueMask permits NullMask, FixedMask, PartialMask, HashMask {
    /**
     * Appends what is shown instead of a value that is not NULL.
     *
     * @return false where that is NULL: nothing has been appended
     */
    boolean write(ByteBuf in, int at, int length, ByteBuf out);
}
