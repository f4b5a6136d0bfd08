package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.pgweir.sql.CopyClause;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Format csv: between quotes, line ends and delimiters are data. What was quoted stays quoted (FORCE_QUOTE); what is shown is
 * quoted where it has to be.
 */
final class CsvCopyMask extends LinesMask {
    private final byte quote;
    private final byte escape;

    /** Of the row that is looked through. */
    private boolean quoted;

    CsvCopyMask(CopyClause clause, @Nullable ValueMask[] masks, Charset charset, int rowBytesMax) {
        super(clause, masks, charset, rowBytesMax);
        this.quote = (byte) clause.quote();
        this.escape = (byte) clause.escape();
    }

    @Override
    int lineEnd(ByteBuf row, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = row.getByte(at);
            if (quoted && b == escape && escape != quote) {
                if (at + 1 == to) {
                    return incomplete(row, at);
                }
                at += 2;
            } else if (isCut(row, at, to)) {
                return incomplete(row, at);
            } else {
                if (b == quote) {
                    // Its own escape: a quote that is doubled ends and begins.
                    quoted = !quoted;
                } else if (b == '\n' && !quoted) {
                    return at + 1;
                }
                at += width(row, at, to);
            }
        }
        return incomplete(row, to);
    }

    @Override
    int fieldEnd(ByteBuf row, int from, int lineEnd) {
        boolean within = false;
        int at = from;
        while (at < lineEnd) {
            byte b = row.getByte(at);
            if (within && b == escape && escape != quote) {
                at += 2;
                continue;
            }
            if (b == quote) {
                within = !within;
            } else if (b == delimiter && !within) {
                return at;
            }
            at += width(row, at, lineEnd);
        }
        return lineEnd;
    }

    @Override
    void writeMasked(ValueMask mask, ByteBuf row, int from, int to, ByteBuf out) {
        boolean wasQuoted = unquote(row, from, to);
        masked.clear();
        if (mask.write(plain, 0, plain.readableBytes(), masked)) {
            writeQuoted(wasQuoted, out);
        } else {
            out.writeBytes(nullString);
        }
    }

    /** @return whether any of it stood between quotes */
    private boolean unquote(ByteBuf row, int from, int to) {
        plain.clear();
        boolean within = false;
        boolean any = false;
        for (int at = from; at < to; ) {
            byte b = row.getByte(at);
            byte next = at + 1 < to ? row.getByte(at + 1) : 0;
            if (within && b == escape && at + 1 < to && (next == quote || next == escape)) {
                plain.writeByte(next);
                at += 2;
            } else if (b == quote) {
                within = !within;
                any = true;
                at++;
            } else {
                int width = width(row, at, to);
                plain.writeBytes(row, at, width);
                at += width;
            }
        }
        return any;
    }

    private void writeQuoted(boolean always, ByteBuf out) {
        int end = masked.readableBytes();
        if (!always && !needsQuotes(end)) {
            out.writeBytes(masked, 0, end);
            return;
        }
        out.writeByte(quote);
        for (int at = 0; at < end; ) {
            byte b = masked.getByte(at);
            if (b == quote || b == escape) {
                out.writeByte(escape);
            }
            int width = width(masked, at, end);
            out.writeBytes(masked, at, width);
            at += width;
        }
        out.writeByte(quote);
    }

    /** Also for what would read as NULL, or as the end of the data. */
    private boolean needsQuotes(int end) {
        if (isNull(masked, 0, end) || (end == 2 && masked.getByte(0) == '\\' && masked.getByte(1) == '.')) {
            return true;
        }
        for (int at = 0; at < end; at += width(masked, at, end)) {
            byte b = masked.getByte(at);
            if (b == delimiter || b == quote || b == '\n' || b == '\r') {
                return true;
            }
        }
        return false;
    }
}
