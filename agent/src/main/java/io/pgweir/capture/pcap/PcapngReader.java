package io.pgweir.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of Wireshark: sections of either byte order, interfaces, packets with and without a time. Other blocks are stepped over.
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html">PCAP Next Generation Capture File Format</a>
 */
final class PcapngReader implements PacketReader {
    /** The same in either byte order. */
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int BYTE_ORDER = 0x1A2B3C4D;
    private static final int INTERFACE = 1;
    private static final int PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    /** Type and length before a block, length behind. */
    private static final int AROUND_BYTES = 12;

    private static final int SECTION_BYTES_MIN = 28;
    private static final int PACKET_HEADER_BYTES = 20;
    private static final int INTERFACES_MAX = 65_536;

    private final PacketBytes bytes;
    private final List<PacketInterface> interfaces = new ArrayList<>();

    /** Of the last packet that had one: those without share it. */
    private long epochNanos;

    private PcapngReader(PacketBytes bytes) {
        this.bytes = bytes;
    }

    /** @param bytes behind the type of the first block */
    static PcapngReader of(PacketBytes bytes) throws IOException {
        PcapngReader reader = new PcapngReader(bytes);
        reader.section(0);
        return reader;
    }

    @Override
    public long offset() {
        return bytes.offset();
    }

    @Override
    public @Nullable Packet next() throws IOException {
        while (!bytes.isAtEnd()) {
            long at = bytes.offset();
            int type = bytes.next(Integer.BYTES, "the type of a block").getInt();
            if (type == SECTION_HEADER) {
                section(at);
                continue;
            }
            int length = bytes.next(Integer.BYTES, "the length of a block").getInt();
            boolean wanted = type == INTERFACE || type == PACKET || type == SIMPLE_PACKET || type == ENHANCED_PACKET;
            if (!wanted) {
                stepOver(length, AROUND_BYTES, at);
                continue;
            }
            ByteBuffer body = body(length, at);
            if (type == INTERFACE) {
                if (interfaces.size() == INTERFACES_MAX) {
                    throw new PacketFileException("more than " + INTERFACES_MAX + " interfaces", at);
                }
                interfaces.add(PacketInterface.read(body, at));
            } else {
                return type == SIMPLE_PACKET ? simplePacket(body, at) : packet(type, body, at);
            }
        }
        return null;
    }

    /** The block's length and the rest of its header: interfaces are a section's own. */
    private void section(long at) throws IOException {
        ByteBuffer header = bytes.next(2 * Integer.BYTES, "the header of a section");
        int order = header.order(ByteOrder.BIG_ENDIAN).getInt(Integer.BYTES);
        if (order == BYTE_ORDER) {
            bytes.order(ByteOrder.BIG_ENDIAN);
        } else if (Integer.reverseBytes(order) == BYTE_ORDER) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
        } else {
            throw new PacketFileException(
                    "byte order of a section: %08x (expected: 1a2b3c4d in either order)".formatted(order), at);
        }
        interfaces.clear();
        int length = header.order(bytes.order()).getInt(0);
        if (Integer.toUnsignedLong(length) < SECTION_BYTES_MIN) {
            throw new PacketFileException(
                    "header of a section of " + Integer.toUnsignedLong(length) + " bytes (expected: at least "
                            + SECTION_BYTES_MIN + ")",
                    at);
        }
        stepOver(length, AROUND_BYTES + Integer.BYTES, at);
    }

    /** @param read bytes of the block that are behind us, with the length at its end, which is not */
    private void stepOver(int claimed, int read, long at) throws IOException {
        long length = checked(claimed, at);
        bytes.skip(length - read, "a block");
        checkEnd(bytes.next(Integer.BYTES, "the length behind a block").getInt(), claimed, at);
    }

    private ByteBuffer body(int claimed, long at) throws IOException {
        long length = checked(claimed, at) - AROUND_BYTES + Integer.BYTES;
        if (length > PacketBytes.PIECE_BYTES_MAX) {
            throw new PacketFileException(
                    "block of " + length + " bytes (expected: at most " + PacketBytes.PIECE_BYTES_MAX + ")", at);
        }
        ByteBuffer block = bytes.next((int) length, "a block");
        int body = (int) length - Integer.BYTES;
        checkEnd(block.getInt(body), claimed, at);
        return block.limit(body);
    }

    private static long checked(int claimed, long at) throws PacketFileException {
        long length = Integer.toUnsignedLong(claimed);
        if (length < AROUND_BYTES || length % Integer.BYTES != 0) {
            throw new PacketFileException(
                    "block of " + length + " bytes (expected: a multiple of 4, at least " + AROUND_BYTES + ")", at);
        }
        return length;
    }

    private static void checkEnd(int behind, int before, long at) throws PacketFileException {
        if (behind != before) {
            throw new PacketFileException(
                    "length behind a block: " + Integer.toUnsignedLong(behind) + " (expected: "
                            + Integer.toUnsignedLong(before) + ", as before it)",
                    at);
        }
    }

    /** The obsolete Packet Block has an interface of two bytes and a count of drops, where the Enhanced one has an interface of four. */
    private Packet packet(int type, ByteBuffer body, long at) throws PacketFileException {
        if (body.remaining() < PACKET_HEADER_BYTES) {
            throw new PacketFileException(
                    "packet's block: " + body.remaining() + " bytes (expected: at least " + PACKET_HEADER_BYTES + ")",
                    at);
        }
        long number = type == PACKET ? Short.toUnsignedInt(body.getShort(0)) : Integer.toUnsignedLong(body.getInt(0));
        PacketInterface from = from(number, at);
        body.position(Integer.BYTES);
        long ticks = (Integer.toUnsignedLong(body.getInt()) << Integer.SIZE) | Integer.toUnsignedLong(body.getInt());
        long captured = Integer.toUnsignedLong(body.getInt());
        long onWire = Integer.toUnsignedLong(body.getInt());
        epochNanos = from.epochNanos(ticks);
        return packet(from, body, captured, onWire, at);
    }

    /** Of the first interface, cut at its limit, without a time. */
    private Packet simplePacket(ByteBuffer body, long at) throws PacketFileException {
        PacketInterface from = from(0, at);
        long onWire = Integer.toUnsignedLong(body.remaining() < Integer.BYTES ? 0 : body.getInt());
        return packet(from, body, Math.min(onWire, Math.min(from.bytesMax(), body.remaining())), onWire, at);
    }

    private Packet packet(PacketInterface from, ByteBuffer body, long captured, long onWire, long at)
            throws PacketFileException {
        if (captured > body.remaining()) {
            throw new PacketFileException(
                    "packet of " + captured + " bytes (expected: at most the " + body.remaining() + " of its block)",
                    at);
        }
        body.limit(body.position() + (int) captured).order(ByteOrder.BIG_ENDIAN);
        return new Packet(epochNanos, from.linkType(), body, Math.max(0, onWire - captured));
    }

    private PacketInterface from(long number, long at) throws PacketFileException {
        if (number >= interfaces.size()) {
            throw new PacketFileException(
                    "packet of interface " + number + " (expected: one of the section's " + interfaces.size() + ")",
                    at);
        }
        return interfaces.get((int) number);
    }
}
