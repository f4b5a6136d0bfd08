package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.config.ApplicationNameConfig;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The server is told the client's application_name with a suffix, so that pg_stat_activity and the server's log name the session of
 * the audit trail. All else of the startup packet stays as it came, byte by byte:
 *
 * <pre>
 *  length  version  user\0bob\0  application_name\0psql\0  \0
 *    |                                             ^
 *    '-- grows by                                  the last value of that name is cut and gets the suffix;
 *                                                  where there is none, name and suffix come before the last byte
 * </pre>
 */
record ApplicationName(ApplicationNameConfig config) {
    private static final byte[] NAME = "application_name\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PARAMETERS_AT = 8;

    /** PostgreSQL shows one byte that is no printable ASCII as four: {@code \xe4}. */
    private static final int ESCAPED_BYTES = 4;

    /**
     * The packet with the suffix; itself where it has no room for it, or is none that PostgreSQL 14 and later would take.
     *
     * @param packet owned
     */
    ByteBuf in(ByteBuf packet, UUID session) {
        int at = packet.readerIndex();
        int end = packet.writerIndex() - 1;
        if (end < at + PARAMETERS_AT || packet.getUnsignedShort(at + Integer.BYTES) != 3 || packet.getByte(end) != 0) {
            return packet;
        }
        byte[] suffix = config.suffix()
                .replace(ApplicationNameConfig.SESSION, session.toString())
                .getBytes(StandardCharsets.US_ASCII);
        int valueAt = valueAt(packet, at + PARAMETERS_AT, end);
        int valueEnd = valueAt < 0 ? end : packet.indexOf(valueAt, end, (byte) 0);
        ByteBuf out = packet.alloc().buffer(packet.readableBytes() + NAME.length + suffix.length + 1);
        if (valueAt < 0) {
            out.writeBytes(packet, at, end - at)
                    .writeBytes(NAME)
                    .writeBytes(suffix)
                    .writeByte(0);
        } else {
            int kept = keptBytes(packet, valueAt, valueEnd, ApplicationNameConfig.BYTES_MAX - suffix.length);
            out.writeBytes(packet, at, valueAt - at + kept).writeBytes(suffix);
        }
        out.writeBytes(packet, valueEnd, end + 1 - valueEnd);
        out.setInt(0, out.readableBytes());
        packet.release();
        return out;
    }

    /** Of the last value of that name; -1 where there is none. */
    private static int valueAt(ByteBuf packet, int from, int end) {
        int found = -1;
        int at = from;
        while (at < end) {
            int nameEnd = packet.indexOf(at, end, (byte) 0);
            int valueEnd = nameEnd < 0 ? -1 : packet.indexOf(nameEnd + 1, end, (byte) 0);
            if (valueEnd < 0) {
                return found;
            }
            boolean named = nameEnd + 1 - at == NAME.length && startsWith(packet, at);
            found = named ? nameEnd + 1 : found;
            at = valueEnd + 1;
        }
        return found;
    }

    private static boolean startsWith(ByteBuf packet, int at) {
        for (int i = 0; i < NAME.length; i++) {
            if (packet.getByte(at + i) != NAME[i]) {
                return false;
            }
        }
        return true;
    }

    /** How much of a value PostgreSQL would show before the suffix, no character cut in two. */
    private static int keptBytes(ByteBuf packet, int from, int end, int room) {
        int width = 0;
        int at = from;
        while (at < end) {
            byte next = packet.getByte(at);
            width += next >= ' ' && next <= '~' ? 1 : ESCAPED_BYTES;
            if (width > room) {
                break;
            }
            at++;
        }
        while (at > from && at < end && (packet.getByte(at) & 0xC0) == 0x80) {
            at--;
        }
        return at - from;
    }
}
