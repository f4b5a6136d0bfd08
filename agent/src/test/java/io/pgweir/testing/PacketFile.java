package io.pgweir.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Files of packets as tcpdump and Wireshark write them, byte by byte. */
public final class PacketFile {
    public static final int ETHERNET = 1;
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    /** 2026-11-21T10:20:30Z. */
    public static final long EPOCH_NANOS = 1_795_256_430_000_000_000L;

    private static final int MICROS = 0xa1b2c3d4;
    private static final int NANOS = 0xa1b23c4d;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final ByteOrder order;
    private final boolean nanos;

    private PacketFile(ByteOrder order, boolean nanos) {
        this.order = order;
        this.nanos = nanos;
    }

    /** With nanoseconds, of Ethernet. */
    public static PacketFile pcap() {
        return pcap(ByteOrder.LITTLE_ENDIAN, true, ETHERNET);
    }

    public static PacketFile pcap(ByteOrder order, boolean nanos, int linkType) {
        PacketFile made = new PacketFile(order, nanos);
        ByteBuffer header = ByteBuffer.allocate(24).order(order);
        header.putInt(nanos ? NANOS : MICROS).putShort((short) 2).putShort((short) 4);
        header.putInt(0).putInt(0).putInt(262_144).putInt(linkType);
        made.file.writeBytes(header.array());
        return made;
    }

    public PacketFile add(long epochNanos, byte[] frame) {
        return add(epochNanos, frame, frame.length);
    }

    /** @param captured how much of the frame is in the file */
    public PacketFile add(long epochNanos, byte[] frame, int captured) {
        ByteBuffer packet = ByteBuffer.allocate(16 + captured).order(order);
        packet.putInt((int) (epochNanos / 1_000_000_000));
        packet.putInt((int) (epochNanos % 1_000_000_000) / (nanos ? 1 : 1000));
        packet.putInt(captured).putInt(frame.length).put(frame, 0, captured);
        file.writeBytes(packet.array());
        return this;
    }

    public byte[] bytes() {
        return file.toByteArray();
    }

    /** An Ethernet frame around {@code ip}. */
    public static byte[] ethernet(byte[] ip) {
        ByteBuffer frame = ByteBuffer.allocate(14 + ip.length);
        frame.position(12);
        frame.putShort((short) (ip[0] >> 4 == 4 ? 0x0800 : 0x86DD)).put(ip);
        return frame.array();
    }

    /**
     * TCP over IPv4, from and to addresses of 10.0.0.0/24.
     *
     * @param from the last byte of the address
     */
    public static byte[] tcp(
            int from, int fromPort, int to, int toPort, int sequence, int acknowledged, int flags, byte[] payload) {
        ByteBuffer ip = ByteBuffer.allocate(40 + payload.length);
        ip.putShort((short) 0x4500).putShort((short) ip.capacity()).putInt(0x4000);
        ip.put((byte) 64).put((byte) 6).putShort((short) 0);
        ip.putInt(0x0a000000 | from).putInt(0x0a000000 | to);
        segment(ip, fromPort, toPort, sequence, acknowledged, flags, payload);
        return ip.array();
    }

    /** TCP over IPv6, between ::1 and ::2, behind a header of destination options. */
    public static byte[] tcpOverIpv6(
            boolean back, int fromPort, int toPort, int sequence, int acknowledged, int flags, byte[] payload) {
        ByteBuffer ip = ByteBuffer.allocate(40 + 8 + 20 + payload.length);
        ip.putInt(0x60000000)
                .putShort((short) (28 + payload.length))
                .put((byte) 60)
                .put((byte) 64);
        ip.putLong(0).putLong(back ? 2 : 1).putLong(0).putLong(back ? 1 : 2);
        ip.put((byte) 6).put((byte) 0).putShort((short) 0).putInt(0);
        segment(ip, fromPort, toPort, sequence, acknowledged, flags, payload);
        return ip.array();
    }

    private static void segment(
            ByteBuffer ip, int fromPort, int toPort, int sequence, int acknowledged, int flags, byte[] payload) {
        ip.putShort((short) fromPort).putShort((short) toPort).putInt(sequence).putInt(acknowledged);
        ip.put((byte) 0x50).put((byte) flags).putShort((short) 0xffff).putInt(0).put(payload);
    }
}
