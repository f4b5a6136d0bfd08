package io.pgweir.capture.pcap;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An end of a TCP connection.
 *
 * @param high upper half of an IPv6 address; 0 for IPv4
 * @param low lower half, or an IPv4 address
 */
public record Endpoint(boolean isIpv6, long high, long low, int port) {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    static Endpoint ofIpv4(ByteBuffer packet, int at, int port) {
        return new Endpoint(false, 0, Integer.toUnsignedLong(packet.getInt(at)), port);
    }

    static Endpoint ofIpv6(ByteBuffer packet, int at, int port) {
        return new Endpoint(true, packet.getLong(at), packet.getLong(at + Long.BYTES), port);
    }

    public InetAddress address() {
        ByteBuffer bytes = ByteBuffer.allocate(isIpv6 ? IPV6_BYTES : IPV4_BYTES);
        if (isIpv6) {
            bytes.putLong(high).putLong(low);
        } else {
            bytes.putInt((int) low);
        }
        try {
            return InetAddress.getByAddress(bytes.array());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of 4 or 16 bytes", impossible);
        }
    }

    /** {@code 10.0.0.1:5432}, {@code [2001:db8::1]:5432}. */
    @Override
    public String toString() {
        String host = NetUtil.toAddressString(address());
        return isIpv6 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
