package io.pgweir.wire;

/** The body of a DataRow where it lies. Implementation: wire helper. */
public interface RowView {
    int columns();

    /** In bytes; -1 for NULL. */
    int length(int column);

    int offset(int column);

    io.netty.buffer.ByteBuf buffer();
}
