package io.pgweir.wire;

/** The body of a FunctionCall where it lies. Implementation: wire helper. */
public interface FunctionCallView {
    int functionOid();

    /** Number of arguments, 0 to 65535. */
    int arguments();

    /** 0 text, 1 binary: the one code for all, or each its own. */
    int format(int argument);

    /** In bytes; -1 for NULL. */
    int length(int argument);

    /** Absolute index of the value's first byte in {@link #buffer()}. */
    int offset(int argument);

    io.netty.buffer.ByteBuf buffer();
}
