package io.pgweir.capture.pcap;

import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Leg;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * One session as a TCP connection: handshake, segments, end. The server's port is always 5432, by which Wireshark knows PostgreSQL
 * and the direction. One thread.
 */
final class TcpFlow {
    static final int SERVER_PORT = 5432;

    /** Of one segment: within an IP packet's 64 KiB, and cheap. */
    private static final int SEGMENT_BYTES_MAX = 16 << 10;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int PROTOCOL_TCP = 6;
    private static final int HOP_LIMIT = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int PSH = 0x08;
    private static final int ACK = 0x10;

    private final PcapngWriter to;
    private final byte[] client;
    private final byte[] server;
    private final int clientPort;
    private int clientNext;
    private int serverNext;

    /** Of the message that is under way, of each direction: bytes of its body that are not there yet. */
    private long clientOwes;

    private long serverOwes;

    TcpFlow(PcapngWriter to, long session, Leg client, Leg server) {
        this.to = to;
        byte[] clientAddress = address(client);
        byte[] serverAddress = address(server);
        // What is no address, as a Unix-domain socket, gets one that is nobody's.
        boolean known = clientAddress.length > 0 && clientAddress.length == serverAddress.length;
        this.client = known
                ? clientAddress
                : new byte[] {10, (byte) (session >>> 16), (byte) (session >>> 8), (byte) session};
        this.server = known ? serverAddress : new byte[] {10, (byte) 255, (byte) 255, (byte) 254};
        int port = port(client);
        clientPort = port > 0 ? port : 1024 + (int) (session % 60_000);
    }

    /** None where it is no literal address; never asks a name server. */
    private static byte[] address(Leg leg) {
        int colon = leg.address().lastIndexOf(':');
        String host = colon < 0 ? "" : leg.address().substring(0, colon).replaceAll("[\\[\\]]|%.*", "");
        try {
            return host.isEmpty() ? new byte[0] : InetAddress.ofLiteral(host).getAddress();
        } catch (IllegalArgumentException name) {
            return new byte[0];
        }
    }

    private static int port(Leg leg) {
        try {
            int port = Integer.parseInt(leg.address().substring(leg.address().lastIndexOf(':') + 1));
            return port > 0 && port <= 0xffff ? port : 0;
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    void open(long epochNanos) throws IOException {
        segment(Direction.FRONTEND, epochNanos, SYN, new byte[0], 0, 0);
        clientNext++;
        segment(Direction.BACKEND, epochNanos, SYN | ACK, new byte[0], 0, 0);
        serverNext++;
        segment(Direction.FRONTEND, epochNanos, ACK, new byte[0], 0, 0);
    }

    /**
     * Bytes of one message.
     *
     * @param begins whether the message begins with them
     * @param follow bytes of the message that should follow
     */
    void send(Direction direction, long epochNanos, byte[] bytes, boolean begins, long follow) throws IOException {
        if (begins) {
            skip(direction);
        }
        for (int at = 0; at < bytes.length; at += SEGMENT_BYTES_MAX) {
            int length = Math.min(SEGMENT_BYTES_MAX, bytes.length - at);
            segment(direction, epochNanos, PSH | ACK, bytes, at, length);
            if (direction == Direction.FRONTEND) {
                clientNext += length;
            } else {
                serverNext += length;
            }
        }
        if (direction == Direction.FRONTEND) {
            clientOwes = follow;
        } else {
            serverOwes = follow;
        }
    }

    /** Bytes that should follow of the message that is under way. */
    long owes(Direction direction) {
        return direction == Direction.FRONTEND ? clientOwes : serverOwes;
    }

    /** What was left out of a message is a hole in the stream, as if its packets had been missed. */
    private void skip(Direction direction) {
        if (direction == Direction.FRONTEND) {
            clientNext += (int) clientOwes;
        } else {
            serverNext += (int) serverOwes;
        }
    }

    void close(long epochNanos) throws IOException {
        skip(Direction.FRONTEND);
        skip(Direction.BACKEND);
        segment(Direction.FRONTEND, epochNanos, FIN | ACK, new byte[0], 0, 0);
        clientNext++;
        segment(Direction.BACKEND, epochNanos, FIN | ACK, new byte[0], 0, 0);
        serverNext++;
        segment(Direction.FRONTEND, epochNanos, ACK, new byte[0], 0, 0);
    }

    private void segment(Direction direction, long epochNanos, int flags, byte[] from, int at, int length)
            throws IOException {
        boolean fromClient = direction == Direction.FRONTEND;
        byte[] source = fromClient ? client : server;
        byte[] target = fromClient ? server : client;
        int tcpLength = TCP_BYTES + length;
        int ipBytes = source.length == 4 ? IPV4_BYTES : IPV6_BYTES;
        ByteBuffer packet = ByteBuffer.allocate(ipBytes + tcpLength);
        if (source.length == 4) {
            packet.put((byte) 0x45).put((byte) 0).putShort((short) (ipBytes + tcpLength));
            packet.putInt(DO_NOT_FRAGMENT)
                    .put((byte) HOP_LIMIT)
                    .put((byte) PROTOCOL_TCP)
                    .putShort((short) 0);
            packet.put(source).put(target);
            packet.putShort(10, (short) ~folded(sum(packet, 0, IPV4_BYTES)));
        } else {
            packet.putInt(0x60000000).putShort((short) tcpLength);
            packet.put((byte) PROTOCOL_TCP).put((byte) HOP_LIMIT).put(source).put(target);
        }
        packet.putShort((short) (fromClient ? clientPort : SERVER_PORT));
        packet.putShort((short) (fromClient ? SERVER_PORT : clientPort));
        packet.putInt(fromClient ? clientNext : serverNext);
        packet.putInt((flags & ACK) == 0 ? 0 : fromClient ? serverNext : clientNext);
        packet.put((byte) ((TCP_BYTES / 4) << 4))
                .put((byte) flags)
                .putShort((short) 0xffff)
                .putInt(0);
        packet.put(from, at, length);
        // Of the pseudo header: addresses, protocol, length (RFC 9293, 3.1).
        long addresses = sum(packet, ipBytes == IPV4_BYTES ? 12 : 8, 2 * source.length);
        long all = addresses + PROTOCOL_TCP + tcpLength + sum(packet, ipBytes, tcpLength);
        packet.putShort(ipBytes + 16, (short) ~folded(all));
        to.packet(epochNanos, packet.flip());
    }

    private static long sum(ByteBuffer packet, int at, int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            int high = packet.get(at + i) & 0xff;
            int low = i + 1 < length ? packet.get(at + i + 1) & 0xff : 0;
            sum += (high << 8) | low;
        }
        return sum;
    }

    private static int folded(long sum) {
        long rest = sum;
        while (rest >>> 16 != 0) {
            rest = (rest & 0xffff) + (rest >>> 16);
        }
        return (int) rest;
    }
}
