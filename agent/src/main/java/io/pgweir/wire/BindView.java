package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The body of a Bind where it lies.
 *
 * <pre>
 * String portal, String statement, Int16 formats, formats times Int16,
 * Int16 parameters, parameters times (Int32 length or -1, value), Int16 result formats, result formats times Int16
 * </pre>
 *
 * <p>One instance is reused by its decoder. It borrows: whoever wants to keep bytes copies them before the call returns.
 */
public final class BindView {
    /** Length of a parameter that lies, wholly or in part, beyond the head of a message too long to be gathered. */
    public static final int NOT_SEEN = ValueTable.NOT_SEEN;

    private final Formats formats = new Formats();
    private final ValueTable values = new ValueTable();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private String portal = "";
    private String statement = "";

    BindView() {}

    /** Reads the whole body; the reader's fault tells whether it adds up. */
    void read(BodyReader reader) {
        readNames(reader);
        int claimed = reader.count();
        formats.check(reader, claimed);
        values.read(reader, claimed);
        int resultFormats = reader.count();
        if (reader.fits(resultFormats, Short.BYTES)) {
            reader.skip(resultFormats * Short.BYTES);
        }
        reader.end();
    }

    /** Reads as many parameters as the head holds. */
    void readHead(BodyReader reader) {
        readNames(reader);
        int claimed = reader.count();
        formats.check(reader, claimed);
        values.readHead(reader, claimed);
    }

    private void readNames(BodyReader reader) {
        buffer = reader.buffer();
        portal = reader.name();
        statement = reader.name();
        formats.read(reader);
    }

    public String portal() {
        return portal;
    }

    public String statement() {
        return statement;
    }

    /** Number of parameters, 0 to 65535. */
    public int parameters() {
        return values.count();
    }

    /** 0 text, 1 binary: the one code for all, or each its own. */
    public int format(int parameter) {
        return formats.format(parameter);
    }

    /** In bytes; -1 for NULL, {@link #NOT_SEEN} where the bytes are not at hand. */
    public int length(int parameter) {
        return values.length(parameter);
    }

    /** Absolute index of the value's first byte in {@link #buffer()}. */
    public int offset(int parameter) {
        return values.offset(parameter);
    }

    public ByteBuf buffer() {
        return buffer;
    }
}
