package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Reads the heads of one direction's CopyData in streaming replication, message after message, however they are cut.
 *
 * <pre>
 *   XLogData   from the server   'w' start(8) end of the log(8) clock(8), then log or logical changes
 *   keepalive  from the server   'k' all is sent up to(8) clock(8) reply requested(1)
 *   status     from the client   'r' written(8) flushed(8) applied(8) clock(8) reply requested(1)
 * </pre>
 *
 * Anything else is passed over: feedback, letters of later versions, heads cut short. Allocates nothing but itself; one
 * thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public final class ReplicationHead {
    private static final int XLOG_BYTES = 25;
    private static final int KEEPALIVE_BYTES = 18;
    private static final int STATUS_BYTES = 34;

    private final ByteBuffer head = ByteBuffer.allocate(STATUS_BYTES);

    /** Of the message that is passing: length of the head that its letter asks for, and how much of it has come. */
    private int wanted;

    private int had;

    private int dataLength;

    /**
     * Reads a piece of a message's body.
     *
     * @param first whether it begins a message
     * @return whether it made a head whole, which {@link #type} and {@link #position} then tell
     */
    public boolean read(ByteBuf buffer, int at, int length, boolean first) {
        if (first) {
            had = 0;
            wanted = length == 0 ? 0 : bytesOf(buffer.getByte(at));
        }
        int taken = Math.min(length, wanted - had);
        buffer.getBytes(at, head.array(), had, taken);
        had += taken;
        boolean whole = had == wanted;
        dataLength = whole && wanted == XLOG_BYTES ? length - taken : 0;
        return whole && taken > 0;
    }

    /** {@code 'w'}, {@code 'k'} or {@code 'r'}. */
    public byte type() {
        return head.get(0);
    }

    /** In the log: where an XLogData starts, how far a keepalive says that all was sent, what a status says is flushed. */
    public long position() {
        return head.getLong(type() == 'r' ? 9 : 1);
    }

    /** How many bytes of the piece that was read last are an XLogData's, behind its head. */
    public int dataLength() {
        return dataLength;
    }

    private static int bytesOf(byte type) {
        return switch (type) {
            case 'w' -> XLOG_BYTES;
            case 'k' -> KEEPALIVE_BYTES;
            case 'r' -> STATUS_BYTES;
            default -> 0;
        };
    }
}
