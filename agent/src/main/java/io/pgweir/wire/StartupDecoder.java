package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the packets without a type byte, by the rules of PostgreSQL's ProcessStartupPacket.
 *
 * <pre>
 * Int32 length (counts itself), Int32 code or version, body
 * </pre>
 *
 * <p>Stateless. Reads by absolute index, moves nothing, keeps nothing of the buffer.
 */
public final class StartupDecoder {
    private static final int CODE_AT = 4;
    private static final int BODY_AT = 8;
    private static final int CANCEL_KEY_AT = 12;
    private static final int CANCEL_KEY_BYTES_MIN = 4;
    private static final int CANCEL_KEY_BYTES_MAX = 256;

    private StartupDecoder() {}

    /**
     * The packet whose {@code length} bytes lie at {@code at}, its length word included.
     *
     * <p>A version whose major number is not 3 comes without parameters: PostgreSQL refuses it before it reads them.
     *
     * @throws ProtocolException where PostgreSQL would refuse it too
     */
    public static StartupPacket decode(ByteBuf buffer, int at, int length) throws ProtocolException {
        checkLength(length);
        int code = buffer.getInt(at + CODE_AT);
        return switch (code) {
            case StartupPacket.SSL_REQUEST_CODE -> new StartupPacket.SslRequest();
            case StartupPacket.GSSENC_REQUEST_CODE -> new StartupPacket.GssEncRequest();
            case StartupPacket.CANCEL_REQUEST_CODE -> cancelRequest(buffer, at, length);
            default ->
                new StartupPacket.Startup(
                        code, code >>> 16 == 3 ? parameters(buffer, at + BODY_AT, at + length) : List.of());
        };
    }

    /** Checks a length word before the rest of its packet is waited for. */
    public static void checkLength(int length) throws ProtocolException {
        if (length < StartupPacket.LENGTH_MIN || length > StartupPacket.LENGTH_MAX) {
            throw new ProtocolException("length of startup packet: " + length + " (expected: "
                    + StartupPacket.LENGTH_MIN + " to " + StartupPacket.LENGTH_MAX + "), offset 0");
        }
    }

    private static StartupPacket cancelRequest(ByteBuf buffer, int at, int length) throws ProtocolException {
        int keyLength = length - CANCEL_KEY_AT;
        if (keyLength < CANCEL_KEY_BYTES_MIN || keyLength > CANCEL_KEY_BYTES_MAX) {
            throw new ProtocolException("length of cancel request: " + length + " (expected: "
                    + (CANCEL_KEY_AT + CANCEL_KEY_BYTES_MIN) + " to " + (CANCEL_KEY_AT + CANCEL_KEY_BYTES_MAX)
                    + "), offset 0");
        }
        byte[] key = new byte[keyLength];
        buffer.getBytes(at + CANCEL_KEY_AT, key);
        return new StartupPacket.CancelRequest(buffer.getInt(at + BODY_AT), key);
    }

    /**
     * Names and values up to the packet's last byte. That byte ends the list whatever it is: PostgreSQL looks at where
     * its walk stopped, not at the byte there, so a stray last byte passes.
     */
    private static List<StartupPacket.Parameter> parameters(ByteBuf buffer, int start, int end)
            throws ProtocolException {
        List<StartupPacket.Parameter> parameters = new ArrayList<>();
        int at = start;
        while (at < end && buffer.getByte(at) != 0) {
            int nameEnd = buffer.indexOf(at, end, (byte) 0);
            if (nameEnd < 0 || nameEnd + 1 >= end) {
                break;
            }
            int valueEnd = buffer.indexOf(nameEnd + 1, end, (byte) 0);
            if (valueEnd < 0) {
                at = end;
                break;
            }
            parameters.add(new StartupPacket.Parameter(
                    buffer.toString(at, nameEnd - at, StandardCharsets.UTF_8),
                    buffer.toString(nameEnd + 1, valueEnd - nameEnd - 1, StandardCharsets.UTF_8)));
            at = valueEnd + 1;
        }
        if (at != end - 1) {
            throw new ProtocolException("end of startup parameters: offset " + (at - start + BODY_AT)
                    + " (expected: a terminator as last byte, offset " + (end - 1 - start + BODY_AT) + ")");
        }
        return parameters;
    }
}
