package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The body of a FunctionCall where it lies.
 *
 * <pre>
 * Int32 function, Int16 formats, formats times Int16,
 * Int16 arguments, arguments times (Int32 length or -1, value), Int16 result format
 * </pre>
 *
 * <p>One instance is reused by its decoder. It borrows: whoever wants to keep bytes copies them before the call returns.
 */
public final class FunctionCallView {
    /** Length of an argument that lies, wholly or in part, beyond the head of a message too long to be gathered. */
    public static final int NOT_SEEN = ValueTable.NOT_SEEN;

    private final Formats formats = new Formats();
    private final ValueTable values = new ValueTable();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int functionOid;

    FunctionCallView() {}

    /** Reads the whole body; the reader's fault tells whether it adds up. */
    void read(BodyReader reader) {
        readFunction(reader);
        int claimed = reader.count();
        formats.check(reader, claimed);
        values.read(reader, claimed);
        reader.int16();
        reader.end();
    }

    /** Reads as many arguments as the head holds. */
    void readHead(BodyReader reader) {
        readFunction(reader);
        int claimed = reader.count();
        formats.check(reader, claimed);
        values.readHead(reader, claimed);
    }

    private void readFunction(BodyReader reader) {
        buffer = reader.buffer();
        functionOid = reader.int32();
        formats.read(reader);
    }

    public int functionOid() {
        return functionOid;
    }

    /** Number of arguments, 0 to 65535. */
    public int arguments() {
        return values.count();
    }

    /** 0 text, 1 binary: the one code for all, or each its own. */
    public int format(int argument) {
        return formats.format(argument);
    }

    /** In bytes; -1 for NULL, {@link #NOT_SEEN} where the bytes are not at hand. */
    public int length(int argument) {
        return values.length(argument);
    }

    /** Absolute index of the value's first byte in {@link #buffer()}. */
    public int offset(int argument) {
        return values.offset(argument);
    }

    public ByteBuf buffer() {
        return buffer;
    }
}
