package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the few messages that the proxy says itself. Each is a whole message in a new buffer that the caller owns.
 *
 * <p>Texts go out as UTF-8; ours are ASCII, which every client encoding of PostgreSQL contains.
 */
public final class MessageWriter {
    private static final int INITIAL_BYTES = 256;

    private MessageWriter() {}

    /** ErrorResponse with the fields S, V, C and M, and D and H where given; without zero bytes. */
    public static ByteBuf errorResponse(
            ByteBufAllocator allocator,
            String severity,
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) {
        ByteBuf out = open(allocator, MessageType.Backend.ERROR_RESPONSE);
        field(out, 'S', severity);
        field(out, 'V', severity);
        field(out, 'C', sqlState);
        field(out, 'M', message);
        field(out, 'D', detail);
        field(out, 'H', hint);
        return close(out.writeByte(0));
    }

    /** Query. */
    public static ByteBuf query(ByteBufAllocator allocator, String sql) {
        ByteBuf out = open(allocator, MessageType.Frontend.QUERY);
        string(out, sql);
        return close(out);
    }

    /** Parse without parameter types. */
    public static ByteBuf parse(ByteBufAllocator allocator, String name, String sql) {
        ByteBuf out = open(allocator, MessageType.Frontend.PARSE);
        string(out, name);
        string(out, sql);
        return close(out.writeShort(0));
    }

    /** AuthenticationSASL: what is offered, best first. */
    public static ByteBuf authenticationSasl(ByteBufAllocator allocator, List<String> mechanisms) {
        ByteBuf out = open(allocator, MessageType.Backend.AUTHENTICATION);
        out.writeInt(BackendMessage.Authentication.SASL);
        for (String mechanism : mechanisms) {
            string(out, mechanism);
        }
        return close(out.writeByte(0));
    }

    public static ByteBuf sslRequest(ByteBufAllocator allocator) {
        return allocator
                .buffer(StartupPacket.LENGTH_MIN)
                .writeInt(StartupPacket.LENGTH_MIN)
                .writeInt(StartupPacket.SSL_REQUEST_CODE);
    }

    public static ByteBuf cancelRequest(ByteBufAllocator allocator, int processId, byte[] key) {
        int length = StartupPacket.LENGTH_MIN + Integer.BYTES + key.length;
        return allocator
                .buffer(length)
                .writeInt(length)
                .writeInt(StartupPacket.CANCEL_REQUEST_CODE)
                .writeInt(processId)
                .writeBytes(key);
    }

    private static ByteBuf open(ByteBufAllocator allocator, byte type) {
        return allocator.buffer(INITIAL_BYTES).writeByte(type).writeInt(0);
    }

    /** Puts the length word in, now that it is known. */
    private static ByteBuf close(ByteBuf out) {
        return out.setInt(1, out.readableBytes() - 1);
    }

    private static void field(ByteBuf out, char code, @Nullable String text) {
        if (text != null) {
            out.writeByte(code);
            string(out, text);
        }
    }

    private static void string(ByteBuf out, String text) {
        // A zero byte would end the string and make garbage of what follows.
        ByteBufUtil.writeUtf8(out, text.replace('\0', ' '));
        out.writeByte(0);
    }
}
