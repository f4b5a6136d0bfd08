package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the few messages that the proxy says itself. Each is a whole message in a new buffer that the caller owns.
 *
 * <p>Texts go out as UTF-8 where no encoding is asked for: those are ours and ASCII, which every client encoding contains.
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
        return errorResponse(allocator, StandardCharsets.UTF_8, severity, sqlState, message, detail, hint);
    }

    /** The same, in the client's encoding. */
    public static ByteBuf errorResponse(
            ByteBufAllocator allocator,
            Charset charset,
            String severity,
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) {
        ByteBuf out = open(allocator, MessageType.Backend.ERROR_RESPONSE);
        field(out, 'S', severity, charset);
        field(out, 'V', severity, charset);
        field(out, 'C', sqlState, charset);
        field(out, 'M', message, charset);
        field(out, 'D', detail, charset);
        field(out, 'H', hint, charset);
        return close(out.writeByte(0));
    }

    /** The ErrorResponse whose body that is, without its field P; borrows the body. */
    public static ByteBuf errorWithoutPosition(ByteBufAllocator allocator, ByteBuf body, int at, int length) {
        ByteBuf out = open(allocator, MessageType.Backend.ERROR_RESPONSE);
        int end = at + length;
        int field = at;
        while (field < end && body.getByte(field) != 0) {
            int zero = body.indexOf(field, end, (byte) 0);
            int next = zero < 0 ? end : zero + 1;
            if (body.getByte(field) != 'P') {
                out.writeBytes(body, field, next - field);
            }
            field = next;
        }
        return close(out.writeByte(0));
    }

    /** Query. */
    public static ByteBuf query(ByteBufAllocator allocator, String sql) {
        return query(allocator, StandardCharsets.UTF_8, sql);
    }

    /** The same, in the client's encoding. */
    public static ByteBuf query(ByteBufAllocator allocator, Charset charset, String sql) {
        ByteBuf out = open(allocator, MessageType.Frontend.QUERY);
        string(out, sql, charset);
        return close(out);
    }

    /** Parse without parameter types. */
    public static ByteBuf parse(ByteBufAllocator allocator, String name, String sql) {
        return parse(allocator, StandardCharsets.UTF_8, name, sql, new int[0]);
    }

    /** Parse, in the client's encoding. */
    public static ByteBuf parse(ByteBufAllocator allocator, Charset charset, String name, String sql, int[] types) {
        ByteBuf out = open(allocator, MessageType.Frontend.PARSE);
        string(out, name, charset);
        string(out, sql, charset);
        out.writeShort(types.length);
        for (int type : types) {
            out.writeInt(type);
        }
        return close(out);
    }

    /** Bind of parameters in text format, with results in text format. */
    public static ByteBuf bind(ByteBufAllocator allocator, String portal, String statement, byte[]... values) {
        ByteBuf out = open(allocator, MessageType.Frontend.BIND);
        string(out, portal, StandardCharsets.US_ASCII);
        string(out, statement, StandardCharsets.US_ASCII);
        out.writeShort(0).writeShort(values.length);
        for (byte[] value : values) {
            out.writeInt(value.length).writeBytes(value);
        }
        return close(out.writeShort(0));
    }

    /** Execute, of all rows. */
    public static ByteBuf execute(ByteBufAllocator allocator, String portal) {
        ByteBuf out = open(allocator, MessageType.Frontend.EXECUTE);
        string(out, portal, StandardCharsets.US_ASCII);
        return close(out.writeInt(0));
    }

    /** @param portal in the client encoding, as the client wrote it */
    public static ByteBuf describePortal(ByteBufAllocator allocator, byte[] portal) {
        ByteBuf out = open(allocator, MessageType.Frontend.DESCRIBE);
        return close(out.writeByte('P').writeBytes(portal).writeByte(0));
    }

    public static ByteBuf closeStatement(ByteBufAllocator allocator, String name) {
        return closeStatement(allocator, StandardCharsets.US_ASCII, name);
    }

    /** The same, in the client's encoding. */
    public static ByteBuf closeStatement(ByteBufAllocator allocator, Charset charset, String name) {
        ByteBuf out = open(allocator, MessageType.Frontend.CLOSE).writeByte('S');
        string(out, name, charset);
        return close(out);
    }

    public static ByteBuf copyFail(ByteBufAllocator allocator, String reason) {
        ByteBuf out = open(allocator, MessageType.Frontend.COPY_FAIL);
        string(out, reason, StandardCharsets.US_ASCII);
        return close(out);
    }

    /** ParameterStatus. */
    public static ByteBuf parameterStatus(ByteBufAllocator allocator, Charset charset, String name, String value) {
        ByteBuf out = open(allocator, MessageType.Backend.PARAMETER_STATUS);
        string(out, name, charset);
        string(out, value, charset);
        return close(out);
    }

    /** Sync, Flush. */
    public static ByteBuf bodyless(ByteBufAllocator allocator, byte type) {
        return close(open(allocator, type));
    }

    /** @param status I, T or E */
    public static ByteBuf readyForQuery(ByteBufAllocator allocator, byte status) {
        return close(open(allocator, MessageType.Backend.READY_FOR_QUERY).writeByte(status));
    }

    /** AuthenticationSASL: what is offered, best first. */
    public static ByteBuf authenticationSasl(ByteBufAllocator allocator, List<String> mechanisms) {
        ByteBuf out = open(allocator, MessageType.Backend.AUTHENTICATION);
        out.writeInt(BackendMessage.Authentication.SASL);
        for (String mechanism : mechanisms) {
            string(out, mechanism, StandardCharsets.UTF_8);
        }
        return close(out.writeByte(0));
    }

    /**
     * Authentication of one {@code code} of {@link BackendMessage.Authentication}.
     *
     * @param rest what stands behind the code; nothing for most
     */
    public static ByteBuf authentication(ByteBufAllocator allocator, int code, byte[] rest) {
        return close(open(allocator, MessageType.Backend.AUTHENTICATION)
                .writeInt(code)
                .writeBytes(rest));
    }

    /** The answer to an Authentication message: PasswordMessage, SASLInitialResponse, SASLResponse. */
    public static ByteBuf authenticationAnswer(ByteBufAllocator allocator, byte[] body) {
        return close(open(allocator, MessageType.Frontend.AUTHENTICATION).writeBytes(body));
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

    private static void field(ByteBuf out, char code, @Nullable String text, Charset charset) {
        if (text != null) {
            out.writeByte(code);
            string(out, text, charset);
        }
    }

    private static void string(ByteBuf out, String text, Charset charset) {
        // A zero byte would end the string and make garbage of what follows.
        out.writeCharSequence(text.replace('\0', ' '), charset);
        out.writeByte(0);
    }
}
