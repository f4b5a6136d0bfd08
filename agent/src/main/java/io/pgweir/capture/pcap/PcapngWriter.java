package io.pgweir.capture.pcap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Packets in a pcapng file: one section, one interface of raw IP (LINKTYPE_RAW), times in nanoseconds. One thread.
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html">PCAP Next Generation Capture File Format</a>
 */
final class PcapngWriter {
    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int INTERFACE = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER = 0x1A2B3C4D;
    private static final short LINKTYPE_RAW = 101;
    private static final short OPTION_END = 0;
    private static final short OPTION_APPLICATION = 4;
    private static final short OPTION_TIME_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;

    /** Type and length before a block, length behind. */
    private static final int AROUND_BYTES = 12;

    private final OutputStream out;

    PcapngWriter(OutputStream out, String application) throws IOException {
        this.out = out;
        byte[] name = application.getBytes(StandardCharsets.UTF_8);
        ByteBuffer section = ByteBuffer.allocate(24 + padded(name.length));
        section.putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1);
        section.putShort(OPTION_APPLICATION).putShort((short) name.length).put(name);
        section.position(20 + padded(name.length)).putShort(OPTION_END).putShort((short) 0);
        block(SECTION_HEADER, section.flip());
        ByteBuffer raw = ByteBuffer.allocate(20);
        raw.putShort(LINKTYPE_RAW).putShort((short) 0).putInt(0);
        raw.putShort(OPTION_TIME_RESOLUTION).putShort((short) 1).put(NANOSECONDS);
        raw.position(16).putShort(OPTION_END).putShort((short) 0);
        block(INTERFACE, raw.flip());
    }

    /** @param epochNanos since 1970 */
    void packet(long epochNanos, ByteBuffer ip) throws IOException {
        int length = ip.remaining();
        ByteBuffer packet = ByteBuffer.allocate(20 + padded(length));
        packet.putInt(0).putInt((int) (epochNanos >>> 32)).putInt((int) epochNanos);
        packet.putInt(length).putInt(length).put(ip);
        block(ENHANCED_PACKET, packet.rewind());
    }

    private void block(int type, ByteBuffer body) throws IOException {
        int length = AROUND_BYTES + body.remaining();
        ByteBuffer block = ByteBuffer.allocate(length);
        block.putInt(type).putInt(length).put(body).putInt(length);
        out.write(block.array(), block.arrayOffset(), length);
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }
}
