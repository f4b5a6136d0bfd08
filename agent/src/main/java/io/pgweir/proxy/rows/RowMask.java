package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes DataRows anew, with other values in masked columns: lengths right, everything else byte for byte. NULL stays NULL.
 *
 * <p>One a result; event loop; allocates nothing.
 */
public final class RowMask {
    private static final int NULL = -1;

    private final @Nullable ValueMask[] masks;

    /** Behind the last column that is masked. */
    private final int end;

    /** @param masks one a column, null where it is shown; at least one is not */
    public RowMask(@Nullable ValueMask[] masks) {
        this.masks = masks.clone();
        int last = masks.length;
        while (last > 0 && masks[last - 1] == null) {
            last--;
        }
        this.end = last;
    }

    /**
     * Appends a whole DataRow made from the body at {@code bodyAt}.
     *
     * @return false where the body is no row of so many columns: nothing has been appended
     */
    public boolean write(ByteBuf in, int bodyAt, int bodyLength, ByteBuf out) {
        int start = out.writerIndex();
        if (bodyLength < Short.BYTES || in.getUnsignedShort(bodyAt) != masks.length) {
            return false;
        }
        out.ensureWritable(1 + Integer.BYTES + bodyLength);
        out.writeByte(MessageType.Backend.DATA_ROW).writeInt(0);
        int bodyEnd = bodyAt + bodyLength;
        int copied = bodyAt;
        int at = bodyAt + Short.BYTES;
        for (int i = 0; i < end; i++) {
            if (bodyEnd - at < Integer.BYTES) {
                out.writerIndex(start);
                return false;
            }
            int length = in.getInt(at);
            at += Integer.BYTES;
            if (length == NULL) {
                continue;
            }
            if (length < 0 || length > bodyEnd - at) {
                out.writerIndex(start);
                return false;
            }
            ValueMask mask = masks[i];
            if (mask != null) {
                out.writeBytes(in, copied, at - Integer.BYTES - copied);
                writeField(mask, in, at, length, out);
                copied = at + length;
            }
            at += length;
        }
        out.writeBytes(in, copied, bodyEnd - copied);
        out.setInt(start + 1, out.writerIndex() - start - 1);
        return true;
    }

    /** Int32 length or -1, and the value. */
    static void writeField(ValueMask mask, ByteBuf in, int at, int length, ByteBuf out) {
        int lengthAt = out.writerIndex();
        out.writeInt(NULL);
        if (mask.write(in, at, length, out)) {
            out.setInt(lengthAt, out.writerIndex() - lengthAt - Integer.BYTES);
        }
    }
}
