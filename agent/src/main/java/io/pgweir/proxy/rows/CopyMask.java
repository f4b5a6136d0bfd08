package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.sql.CopyClause;
import io.pgweir.wire.MessageType;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Writes a COPY OUT stream anew, row by row, with other values in masked columns. Rows may be split over CopyData messages in
 * any way; what a message completes leaves in one message, so a server's habit of one row a message stays.
 *
 * <p>Memory: one row, at most the bound it is made with. One a stream; event loop.
 */
public abstract sealed class CopyMask permits LinesMask, BinaryCopyMask {
    private static final int NOTHING = 1 + Integer.BYTES;

    /** One a column, null where it is shown. */
    final @Nullable ValueMask[] masks;

    private final int rowBytesMax;

    /** The row so far. */
    private final ByteBuf row = Unpooled.buffer(256);

    CopyMask(@Nullable ValueMask[] masks, int rowBytesMax) {
        this.masks = masks.clone();
        this.rowBytesMax = rowBytesMax;
    }

    /** @param charset of the stream */
    public static CopyMask of(CopyClause clause, @Nullable ValueMask[] masks, Charset charset, int rowBytesMax) {
        return switch (clause.format()) {
            case TEXT -> new TextCopyMask(clause, masks, charset, rowBytesMax);
            case CSV -> new CsvCopyMask(clause, masks, charset, rowBytesMax);
            case BINARY -> new BinaryCopyMask(masks, rowBytesMax);
        };
    }

    /**
     * The body of one CopyData; appends one with the rows that it completes, or none.
     *
     * @return false where the stream is no such COPY, or a row is longer than the bound: nothing of this row has been appended
     */
    public final boolean feed(ByteBuf in, int at, int length, ByteBuf out) {
        row.writeBytes(in, at, length);
        int start = out.writerIndex();
        out.writeByte(MessageType.Backend.COPY_DATA).writeInt(0);
        boolean fine = true;
        for (int end = nextRow(row); end != INCOMPLETE && fine; end = nextRow(row)) {
            fine = end != BROKEN && write(row, end, out);
            row.readerIndex(fine ? end : row.readerIndex());
        }
        row.discardReadBytes();
        int written = out.writerIndex() - start;
        if (written == NOTHING) {
            out.writerIndex(start);
        } else {
            out.setInt(start + 1, written - 1);
        }
        return fine && row.readableBytes() <= rowBytesMax;
    }

    /** Whether the stream may end here. */
    public final boolean isBetweenRows() {
        return !row.isReadable();
    }

    static final int INCOMPLETE = -1;
    static final int BROKEN = -2;

    /** Index behind the row that begins at the reader index; {@link #INCOMPLETE}, or {@link #BROKEN}. */
    abstract int nextRow(ByteBuf row);

    /** Appends the row from the reader index to {@code end}; false where it is none of so many columns. */
    abstract boolean write(ByteBuf row, int end, ByteBuf out);
}
