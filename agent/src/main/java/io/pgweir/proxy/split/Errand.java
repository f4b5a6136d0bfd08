package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;

/** A question of pgweir's own to a node, between the client's; nobody else hears of the answer. On the session's event loop. */
interface Errand {
    /** A message of the answer, whole; borrowed. Not its ReadyForQuery, nor an error. */
    default void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {}

    /** @param fault of the server, or of the connection; empty where all went well */
    void onEnd(String fault);

    /** The connection has ended before the answer has. */
    default void onGone(String fault) {
        onEnd(fault);
    }
}
