package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.sql.CopyClause;
import io.pgweir.wire.copy.LeadBytes;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** What text and csv share: a row is a line that ends with LF, whatever the server's own machine has for a line end. */
abstract sealed class LinesMask extends CopyMask permits TextCopyMask, CsvCopyMask {
    final byte delimiter;
    final byte[] nullString;
    private final boolean @Nullable [] leads;

    /** The first line is none of the rows. */
    private boolean header;

    /** A value as it is without quotes and escapes; and what is shown in its place. */
    final ByteBuf plain = Unpooled.buffer(64);

    final ByteBuf masked = Unpooled.buffer(64);

    /** How much of the row has been looked through for its end, from its beginning. */
    private int scanned;

    LinesMask(CopyClause clause, @Nullable ValueMask[] masks, Charset charset, int rowBytesMax) {
        super(masks, rowBytesMax);
        this.delimiter = (byte) clause.delimiter();
        this.nullString = clause.nullString().getBytes(charset);
        this.leads = LeadBytes.of(charset);
        this.header = clause.header();
    }

    /** Bytes of the character at {@code at} of {@code to}: 2 where its second byte may look like ASCII. */
    final int width(ByteBuf in, int at, int to) {
        return leads != null && leads[in.getUnsignedByte(at)] && at + 1 < to ? 2 : 1;
    }

    /** Whether a lead byte is the last there is: what it leads is not there yet. */
    final boolean isCut(ByteBuf in, int at, int to) {
        return leads != null && leads[in.getUnsignedByte(at)] && at + 1 == to;
    }

    /** Index behind the LF that ends the row, looking from {@code from} on; or {@link #incomplete}. */
    abstract int lineEnd(ByteBuf row, int from, int to);

    @Override
    final int nextRow(ByteBuf row) {
        int start = row.readerIndex();
        int end = lineEnd(row, start + scanned, row.writerIndex());
        if (end == INCOMPLETE) {
            return INCOMPLETE;
        }
        scanned = 0;
        return end;
    }

    /** All before {@code at} need not be looked at again. */
    final int incomplete(ByteBuf row, int at) {
        scanned = at - row.readerIndex();
        return INCOMPLETE;
    }

    @Override
    final boolean write(ByteBuf row, int end, ByteBuf out) {
        int at = row.readerIndex();
        if (header) {
            header = false;
            out.writeBytes(row, at, end - at);
            return true;
        }
        int start = out.writerIndex();
        int lineEnd = end - 1;
        for (int i = 0; i < masks.length; i++) {
            int fieldEnd = fieldEnd(row, at, lineEnd);
            ValueMask mask = masks[i];
            if (mask == null || isNull(row, at, fieldEnd)) {
                out.writeBytes(row, at, fieldEnd - at);
            } else {
                writeMasked(mask, row, at, fieldEnd, out);
            }
            boolean lastOfLine = fieldEnd == lineEnd;
            if (lastOfLine != (i == masks.length - 1)) {
                out.writerIndex(start);
                return false;
            }
            out.writeByte(lastOfLine ? '\n' : delimiter);
            at = fieldEnd + 1;
        }
        return true;
    }

    /** Index of the delimiter that ends the field at {@code from}, or {@code lineEnd}. */
    abstract int fieldEnd(ByteBuf row, int from, int lineEnd);

    abstract void writeMasked(ValueMask mask, ByteBuf row, int from, int to, ByteBuf out);

    final boolean isNull(ByteBuf row, int from, int to) {
        if (to - from != nullString.length) {
            return false;
        }
        for (int i = 0; i < nullString.length; i++) {
            if (row.getByte(from + i) != nullString[i]) {
                return false;
            }
        }
        return true;
    }
}
