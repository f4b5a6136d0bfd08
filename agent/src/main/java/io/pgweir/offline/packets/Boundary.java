package io.pgweir.offline.packets;

import io.pgweir.wire.MessageType;
import io.pgweir.wire.TransactionStatus;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Guesses where messages begin, by the look of what one segment carries. */
final class Boundary {
    private static final int TLS_RECORD_MIN = 0x14;
    private static final int TLS_RECORD_MAX = 0x17;
    private static final int TLS_MAJOR = 3;
    private static final int READY_BYTES = 6;

    private Boundary() {}

    /** Whether it begins as a TLS record does. */
    static boolean beginsTls(ByteBuffer bytes) {
        int at = bytes.position();
        return bytes.remaining() >= 2
                && bytes.get(at) >= TLS_RECORD_MIN
                && bytes.get(at) <= TLS_RECORD_MAX
                && bytes.get(at + 1) == TLS_MAJOR;
    }

    /** Whether it begins with messages of a client that is logged in, one behind the other as far as it goes. */
    static boolean beginsMessages(ByteBuffer bytes) {
        return bytes.remaining() >= MessageType.HEADER_BYTES && end(bytes, true) >= 0;
    }

    /** Whether it is whole messages of a server. */
    static boolean isWhole(ByteBuffer bytes) {
        return end(bytes, false) == bytes.limit();
    }

    /** What ReadyForQuery at its end says; null where none is there. */
    static @Nullable TransactionStatus ready(ByteBuffer bytes) {
        int at = bytes.limit() - READY_BYTES;
        if (at < bytes.position()
                || bytes.get(at) != MessageType.Backend.READY_FOR_QUERY
                || bytes.getInt(at + 1) != READY_BYTES - 1) {
            return null;
        }
        for (TransactionStatus status : TransactionStatus.values()) {
            if (status.code() == bytes.get(at + READY_BYTES - 1)) {
                return status;
            }
        }
        return null;
    }

    /** Where the walk over headers ends, at or behind the limit, or before it within a header; negative where one is none. */
    private static long end(ByteBuffer bytes, boolean client) {
        long at = bytes.position();
        while (at + MessageType.HEADER_BYTES <= bytes.limit()) {
            byte type = bytes.get((int) at);
            int length = bytes.getInt((int) at + 1);
            boolean known = client
                    ? MessageType.frontendKnown(type)
                            && type != MessageType.Frontend.AUTHENTICATION
                            && length - MessageType.LENGTH_BYTES <= MessageType.frontendBodyBytesMax(type)
                    : MessageType.backendKnown(type)
                            && length - MessageType.LENGTH_BYTES <= MessageType.LARGE_BODY_BYTES_MAX;
            if (!known || length < MessageType.LENGTH_BYTES) {
                return -1;
            }
            at += 1L + length;
        }
        return at;
    }
}
