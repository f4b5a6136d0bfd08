package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.pgweir.sql.CopyClause;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Format text: a backslash takes the next byte with it; line ends within values are written as {@code \n} and {@code \r}. */
final class TextCopyMask extends LinesMask {
    /** What a letter behind a backslash stands for, at the same index. */
    private static final String LETTERS = "bfnrtv";

    private static final String CONTROLS = "\b\f\n\r\t\u000b";

    TextCopyMask(CopyClause clause, @Nullable ValueMask[] masks, Charset charset, int rowBytesMax) {
        super(clause, masks, charset, rowBytesMax);
    }

    /** LF is never the second byte of a character, and never stands behind a backslash in what a server sends. */
    @Override
    int lineEnd(ByteBuf row, int from, int to) {
        int feed = row.indexOf(from, to, (byte) '\n');
        return feed < 0 ? incomplete(row, to) : feed + 1;
    }

    @Override
    int fieldEnd(ByteBuf row, int from, int lineEnd) {
        int at = from;
        while (at < lineEnd) {
            byte b = row.getByte(at);
            if (b == delimiter) {
                return at;
            }
            at += b == '\\' ? 2 : width(row, at, lineEnd);
        }
        return lineEnd;
    }

    @Override
    void writeMasked(ValueMask mask, ByteBuf row, int from, int to, ByteBuf out) {
        plain.clear();
        for (int at = from; at < to; ) {
            byte b = row.getByte(at);
            if (b == '\\' && at + 1 < to) {
                byte letter = row.getByte(at + 1);
                int control = LETTERS.indexOf(letter);
                plain.writeByte(control < 0 ? letter : CONTROLS.charAt(control));
                at += 2;
            } else {
                int width = width(row, at, to);
                plain.writeBytes(row, at, width);
                at += width;
            }
        }
        masked.clear();
        if (mask.write(plain, 0, plain.readableBytes(), masked)) {
            writeEscaped(out);
        } else {
            out.writeBytes(nullString);
        }
    }

    private void writeEscaped(ByteBuf out) {
        int end = masked.readableBytes();
        for (int at = 0; at < end; ) {
            int width = width(masked, at, end);
            byte b = masked.getByte(at);
            int control = width == 1 ? CONTROLS.indexOf(b) : -1;
            if (control >= 0) {
                out.writeByte('\\').writeByte(LETTERS.charAt(control));
            } else {
                if (width == 1 && (b == '\\' || b == delimiter)) {
                    out.writeByte('\\');
                }
                out.writeBytes(masked, at, width);
            }
            at += width;
        }
    }
}
