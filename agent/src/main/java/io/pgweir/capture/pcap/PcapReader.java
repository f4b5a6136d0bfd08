package io.pgweir.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The classic format of libpcap, in either byte order.
 *
 * <pre>
 *   Int32 magic, Int16 major, Int16 minor, Int32 zone, Int32 accuracy, Int32 longest packet, Int32 link type
 *   packet*   Int32 seconds, Int32 micro- or nanoseconds, Int32 bytes captured, Int32 bytes on the wire, bytes
 * </pre>
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html">PCAP Capture File Format</a>
 */
final class PcapReader implements PacketReader {
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final int NANOSECONDS = 0xa1b23c4d;
    private static final int HEADER_BYTES = 20;
    private static final int PACKET_HEADER_BYTES = 16;
    private static final int LINK_TYPE_AT = 16;

    /** The upper half of the word tells of frame check sequences. */
    private static final int LINK_TYPE = 0xffff;

    private final PacketBytes bytes;
    private final int linkType;
    private final long nanosPerTick;

    private PcapReader(PacketBytes bytes, int linkType, long nanosPerTick) {
        this.bytes = bytes;
        this.linkType = linkType;
        this.nanosPerTick = nanosPerTick;
    }

    static boolean isMagic(int magic) {
        return magic == MICROSECONDS || magic == NANOSECONDS;
    }

    /** @param bytes behind the magic number */
    static PcapReader of(PacketBytes bytes, int magic) throws IOException {
        ByteBuffer header = bytes.next(HEADER_BYTES, "the header");
        int major = header.getShort(0);
        if (major != 2) {
            throw new PacketFileException("version of pcap: " + major + " (expected: 2)", Integer.BYTES);
        }
        return new PcapReader(bytes, header.getInt(LINK_TYPE_AT) & LINK_TYPE, magic == NANOSECONDS ? 1 : 1000);
    }

    @Override
    public @Nullable Packet next() throws IOException {
        if (bytes.isAtEnd()) {
            return null;
        }
        long at = bytes.offset();
        ByteBuffer header = bytes.next(PACKET_HEADER_BYTES, "the header of a packet");
        long seconds = Integer.toUnsignedLong(header.getInt());
        long fraction = Integer.toUnsignedLong(header.getInt());
        long captured = Integer.toUnsignedLong(header.getInt());
        long onWire = Integer.toUnsignedLong(header.getInt());
        if (captured > PacketBytes.PIECE_BYTES_MAX) {
            throw new PacketFileException(
                    "packet of " + captured + " bytes (expected: at most " + PacketBytes.PIECE_BYTES_MAX + ")", at);
        }
        ByteBuffer packet = bytes.next((int) captured, "a packet").order(ByteOrder.BIG_ENDIAN);
        long nanos = TimeUnit.SECONDS.toNanos(seconds) + fraction * nanosPerTick;
        return new Packet(nanos, linkType, packet, Math.max(0, onWire - captured));
    }

    @Override
    public long offset() {
        return bytes.offset();
    }
}
