package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;

/** What the server gets in the place of a request that it is to refuse: docs/adr/0005. */
final class Refused {
    /** No SQL, whatever the server's version. A statement name as well. */
    private static final String TEXT = "pgweir refused this statement";

    private Refused() {}

    /** Of the protocol that {@code type} is of: the server then skips to the next Sync, or says ReadyForQuery, as behind any error. */
    static ByteBuf inPlaceOf(byte type, ByteBufAllocator allocator) {
        boolean simple = type == MessageType.Frontend.QUERY || type == MessageType.Frontend.FUNCTION_CALL;
        return simple ? MessageWriter.query(allocator, TEXT) : MessageWriter.parse(allocator, TEXT, TEXT);
    }
}
