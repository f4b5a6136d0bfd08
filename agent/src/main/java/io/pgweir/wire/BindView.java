package io.pgweir.wire;

/** The body of a Bind where it lies. Implementation: wire helper. */
public interface BindView {
    String portal();

    String statement();

    /** Number of parameters, 0 to 65535. */
    int parameters();

    /** 0 text, 1 binary: the one code for all, or each its own. */
    int format(int parameter);

    /** In bytes; -1 for NULL. */
    int length(int parameter);

    /** Absolute index of the value's first byte in {@link #buffer()}. */
    int offset(int parameter);

    io.netty.buffer.ByteBuf buffer();
}
