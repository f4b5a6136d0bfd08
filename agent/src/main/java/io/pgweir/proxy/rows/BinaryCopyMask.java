package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Format binary; {@link io.pgweir.wire.copy.CopyRows#binary()} has its layout. */
final class BinaryCopyMask extends CopyMask {
    private static final int EXTENSION_LENGTH_AT = 15;
    private static final int HEADER_BYTES = EXTENSION_LENGTH_AT + Integer.BYTES;
    private static final int NULL = -1;
    private static final short TRAILER = -1;

    /** The header, which counts as a row here, has been seen. */
    private boolean begun;

    private boolean ended;

    /** Index of the next field of the row, from its beginning; 0 before the first. */
    private int scanned;

    private int fields;

    BinaryCopyMask(@Nullable ValueMask[] masks, int rowBytesMax) {
        super(masks, rowBytesMax);
    }

    @Override
    int nextRow(ByteBuf row) {
        int start = row.readerIndex();
        int there = row.readableBytes();
        if (ended) {
            return there == 0 ? INCOMPLETE : BROKEN;
        }
        if (!begun) {
            return header(row, start, there);
        }
        if (there < Short.BYTES) {
            return INCOMPLETE;
        }
        if (row.getShort(start) == TRAILER) {
            return start + Short.BYTES;
        }
        if (scanned == 0) {
            scanned = Short.BYTES;
            fields = row.getShort(start);
        }
        while (fields > 0) {
            if (there < scanned + Integer.BYTES) {
                return INCOMPLETE;
            }
            int length = row.getInt(start + scanned);
            if (length < NULL) {
                return BROKEN;
            }
            int behind = Math.max(0, length);
            if (there - scanned - Integer.BYTES < behind) {
                return INCOMPLETE;
            }
            scanned += Integer.BYTES + behind;
            fields--;
        }
        return start + scanned;
    }

    private static int header(ByteBuf row, int start, int there) {
        if (there < HEADER_BYTES) {
            return INCOMPLETE;
        }
        int extension = row.getInt(start + EXTENSION_LENGTH_AT);
        if (extension < 0) {
            return BROKEN;
        }
        return there - HEADER_BYTES < extension ? INCOMPLETE : start + HEADER_BYTES + extension;
    }

    @Override
    boolean write(ByteBuf row, int end, ByteBuf out) {
        int start = row.readerIndex();
        scanned = 0;
        if (!begun || row.getShort(start) == TRAILER) {
            ended = begun;
            begun = true;
            out.writeBytes(row, start, end - start);
            return true;
        }
        if (row.getShort(start) != masks.length) {
            return false;
        }
        int copied = start;
        int at = start + Short.BYTES;
        for (ValueMask mask : masks) {
            int length = row.getInt(at);
            at += Integer.BYTES;
            if (length != NULL) {
                if (mask != null) {
                    out.writeBytes(row, copied, at - Integer.BYTES - copied);
                    RowMask.writeField(mask, row, at, length, out);
                    copied = at + length;
                }
                at += length;
            }
        }
        out.writeBytes(row, copied, end - copied);
        return true;
    }
}
