package io.pgweir.wire;

import io.netty.buffer.ByteBuf;

/** Reads the body of a CopyData of streaming replication, either way. Stateless; reads within the body only. */
public final class ReplicationDecoder {
    private static final int XLOG_HEADER_BYTES = 25;
    private static final int KEEPALIVE_BYTES = 18;
    private static final int STATUS_BYTES = 34;
    private static final int FEEDBACK_BYTES = 25;

    private ReplicationDecoder() {}

    public static ReplicationMessage decode(ByteBuf buffer, int at, int length) {
        byte type = length == 0 ? 0 : buffer.getByte(at);
        int body = at + 1;
        if (type == 'w' && length >= XLOG_HEADER_BYTES) {
            return new ReplicationMessage.XLogData(
                    buffer.getLong(body),
                    buffer.getLong(body + 8),
                    buffer.getLong(body + 16),
                    length - XLOG_HEADER_BYTES);
        }
        if (type == 'k' && length == KEEPALIVE_BYTES) {
            return new ReplicationMessage.PrimaryKeepalive(
                    buffer.getLong(body), buffer.getLong(body + 8), buffer.getByte(body + 16) != 0);
        }
        if (type == 'r' && length == STATUS_BYTES) {
            return new ReplicationMessage.StandbyStatusUpdate(
                    buffer.getLong(body),
                    buffer.getLong(body + 8),
                    buffer.getLong(body + 16),
                    buffer.getLong(body + 24),
                    buffer.getByte(body + 32) != 0);
        }
        if (type == 'h' && length == FEEDBACK_BYTES) {
            return new ReplicationMessage.HotStandbyFeedback(
                    buffer.getLong(body),
                    buffer.getInt(body + 8),
                    buffer.getInt(body + 12),
                    buffer.getInt(body + 16),
                    buffer.getInt(body + 20));
        }
        return new ReplicationMessage.Unknown(type, length);
    }
}
