package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The body of a DataRow where it lies.
 *
 * <pre>
 * Int16 columns, columns times (Int32 length or -1, value)
 * </pre>
 *
 * <p>One instance is reused by its decoder. It borrows: whoever wants to keep bytes copies them before the call returns.
 */
public final class RowView {
    private final BodyReader reader = new BodyReader(new TextCache());
    private final ValueTable values = new ValueTable();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

    /** Checks the row to its last byte: null where it adds up, else what is wrong with it (and the view is empty). */
    public @Nullable String wrap(ByteBuf body, int bodyAt, int bodyLength) {
        buffer = body;
        reader.wrap(body, bodyAt, bodyLength);
        values.read(reader, reader.count());
        reader.end();
        return reader.fault();
    }

    public int columns() {
        return values.count();
    }

    /** In bytes; -1 for NULL. */
    public int length(int column) {
        return values.length(column);
    }

    /** Absolute index of the value's first byte in {@link #buffer()}. */
    public int offset(int column) {
        return values.offset(column);
    }

    public ByteBuf buffer() {
        return buffer;
    }
}
