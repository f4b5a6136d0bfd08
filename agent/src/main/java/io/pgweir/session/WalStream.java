package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.ReplicationHead;

/** A streaming replication as it passes. Allocates nothing; the session's event loop. */
final class WalStream {
    private final ReplicationHead server = new ReplicationHead();
    private final ReplicationHead client = new ReplicationHead();
    private long messagesFromServer;
    private long messagesFromClient;
    private long bytes;
    private long firstLsn;
    private long lastLsn;
    private long flushedLsn;

    /** A piece of a CopyData of the server. Logical decoding sends position 0 where a message has none of its own. */
    void onServer(ByteBuf buffer, int at, int length, boolean first) {
        messagesFromServer += first ? 1 : 0;
        if (server.read(buffer, at, length, first) && server.type() != 'r') {
            long position = server.position();
            firstLsn = firstLsn == 0 ? position : firstLsn;
            lastLsn = Long.compareUnsigned(position, lastLsn) > 0 ? position : lastLsn;
        }
        bytes += server.dataLength();
    }

    /** A piece of a CopyData of the client. */
    void onClient(ByteBuf buffer, int at, int length, boolean first) {
        messagesFromClient += first ? 1 : 0;
        if (client.read(buffer, at, length, first) && client.type() == 'r') {
            flushedLsn = client.position();
        }
    }

    WalTotals toTotals() {
        return new WalTotals(messagesFromServer, messagesFromClient, bytes, firstLsn, lastLsn, flushedLsn);
    }
}
