package io.pgweir.capture.pcap;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * From packets to TCP segments: Ethernet with VLAN tags, Linux cooked (1 and 2), loopback (BSD's and OpenBSD's) and raw IP; IPv4, and
 * IPv6 with extension headers. Counts what is none. One thread.
 */
final class PacketDecoder {
    private static final int LINK_NULL = 0;
    private static final int LINK_ETHERNET = 1;
    private static final int LINK_RAW_OPENBSD = 14;
    private static final int LINK_RAW_BSD = 12;
    private static final int LINK_RAW = 101;
    private static final int LINK_LOOP = 108;
    private static final int LINK_COOKED = 113;
    private static final int LINK_IPV4 = 228;
    private static final int LINK_IPV6 = 229;
    private static final int LINK_COOKED_2 = 276;

    private static final int ETHERNET_TYPE_AT = 12;
    private static final int COOKED_TYPE_AT = 14;
    private static final int COOKED_2_BYTES = 20;
    private static final int VLAN_BYTES = 4;
    private static final int ETHER_IPV4 = 0x0800;
    private static final int ETHER_IPV6 = 0x86DD;

    private static final int PROTOCOL_TCP = 6;
    private static final int IPV4_BYTES_MIN = 20;
    private static final int IPV4_FRAGMENT = 0x3fff;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES_MIN = 20;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION = 60;
    private static final int MOBILITY = 135;

    private long packets;
    private long segments;
    private long fragments;
    private long cut;
    private long unknownLinks;

    long packets() {
        return packets;
    }

    /** IP fragments, of which only the first would say what they are. */
    long fragments() {
        return fragments;
    }

    /** No TCP, or no packet that could be read. */
    long others() {
        return packets - segments - fragments;
    }

    /** Of which not all was captured. */
    long cut() {
        return cut;
    }

    /** Of a link type that is not read here. */
    long unknownLinks() {
        return unknownLinks;
    }

    /** Null where it is none. */
    @Nullable
    TcpSegment decode(Packet packet) {
        packets++;
        ByteBuffer bytes = packet.bytes().slice();
        int at = ipAt(packet.linkType(), bytes);
        if (at < 0 || at >= bytes.limit()) {
            return null;
        }
        return switch ((bytes.get(at) & 0xf0) >> 4) {
            case 4 -> ipv4(packet, bytes, at);
            case 6 -> ipv6(packet, bytes, at);
            default -> null;
        };
    }

    /** Where IP begins; negative where it does not. */
    private int ipAt(int linkType, ByteBuffer bytes) {
        return switch (linkType) {
            case LINK_RAW, LINK_RAW_BSD, LINK_RAW_OPENBSD, LINK_IPV4, LINK_IPV6 -> 0;
            // The address family's number is each system's own, in its own byte order: IP's version tells as well.
            case LINK_NULL, LINK_LOOP -> Integer.BYTES;
            case LINK_ETHERNET -> behindTags(bytes, ETHERNET_TYPE_AT);
            case LINK_COOKED -> behindTags(bytes, COOKED_TYPE_AT);
            case LINK_COOKED_2 -> bytes.limit() > COOKED_2_BYTES && isIp(bytes.getShort(0)) ? COOKED_2_BYTES : -1;
            default -> {
                unknownLinks++;
                yield -1;
            }
        };
    }

    /** @param typeAt where EtherType stands, the last two bytes of the header */
    private static int behindTags(ByteBuffer bytes, int typeAt) {
        int at = typeAt;
        while (bytes.limit() >= at + VLAN_BYTES + Short.BYTES && isTag(bytes.getShort(at))) {
            at += VLAN_BYTES;
        }
        return bytes.limit() >= at + Short.BYTES && isIp(bytes.getShort(at)) ? at + Short.BYTES : -1;
    }

    private static boolean isTag(short etherType) {
        return switch (Short.toUnsignedInt(etherType)) {
            case 0x8100, 0x88A8, 0x9100 -> true;
            default -> false;
        };
    }

    private static boolean isIp(short etherType) {
        int type = Short.toUnsignedInt(etherType);
        return type == ETHER_IPV4 || type == ETHER_IPV6;
    }

    private @Nullable TcpSegment ipv4(Packet packet, ByteBuffer bytes, int at) {
        if (bytes.limit() - at < IPV4_BYTES_MIN) {
            return null;
        }
        int headerBytes = (bytes.get(at) & 0xf) * Integer.BYTES;
        int total = Short.toUnsignedInt(bytes.getShort(at + 2));
        if (headerBytes < IPV4_BYTES_MIN || bytes.get(at + 9) != PROTOCOL_TCP) {
            return null;
        }
        if ((bytes.getShort(at + 6) & IPV4_FRAGMENT) != 0) {
            fragments++;
            return null;
        }
        int tcpAt = at + headerBytes;
        // A length of 0 is that of a packet that the network card was to cut into pieces.
        long end = total == 0 ? bytes.limit() + packet.lost() : (long) at + total;
        return tcp(
                packet,
                bytes,
                tcpAt,
                end,
                Endpoint.ofIpv4(bytes, at + 12, portAt(bytes, tcpAt)),
                Endpoint.ofIpv4(bytes, at + 16, portAt(bytes, tcpAt + Short.BYTES)));
    }

    private @Nullable TcpSegment ipv6(Packet packet, ByteBuffer bytes, int at) {
        if (bytes.limit() - at < IPV6_BYTES) {
            return null;
        }
        int length = Short.toUnsignedInt(bytes.getShort(at + 4));
        long end = length == 0 ? bytes.limit() + packet.lost() : (long) at + IPV6_BYTES + length;
        int tcpAt = at + IPV6_BYTES;
        int header = Byte.toUnsignedInt(bytes.get(at + 6));
        while (header != PROTOCOL_TCP) {
            if (header == FRAGMENT) {
                fragments++;
                return null;
            }
            if (!isExtension(header) || bytes.limit() - tcpAt < 2) {
                return null;
            }
            int units = Byte.toUnsignedInt(bytes.get(tcpAt + 1));
            int extensionBytes = header == AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
            header = Byte.toUnsignedInt(bytes.get(tcpAt));
            tcpAt += extensionBytes;
        }
        return tcp(
                packet,
                bytes,
                tcpAt,
                end,
                Endpoint.ofIpv6(bytes, at + 8, portAt(bytes, tcpAt)),
                Endpoint.ofIpv6(bytes, at + 24, portAt(bytes, tcpAt + Short.BYTES)));
    }

    private static boolean isExtension(int header) {
        return switch (header) {
            case HOP_BY_HOP, ROUTING, AUTHENTICATION, DESTINATION, MOBILITY -> true;
            default -> false;
        };
    }

    private static int portAt(ByteBuffer bytes, int at) {
        return bytes.limit() - at < Short.BYTES ? 0 : Short.toUnsignedInt(bytes.getShort(at));
    }

    /** @param end of the payload, as IP says: before that of the packet, which may be padded, or behind it, where it was cut */
    private @Nullable TcpSegment tcp(
            Packet packet, ByteBuffer bytes, int at, long end, Endpoint source, Endpoint target) {
        if (bytes.limit() - at < TCP_BYTES_MIN || end - at < TCP_BYTES_MIN) {
            return null;
        }
        int headerBytes = ((bytes.get(at + 12) & 0xf0) >> 4) * Integer.BYTES;
        if (headerBytes < TCP_BYTES_MIN || at + headerBytes > end) {
            return null;
        }
        int from = Math.min(at + headerBytes, bytes.limit());
        int to = (int) Math.min(end, bytes.limit());
        int lost = (int) Math.min(Integer.MAX_VALUE, Math.max(0, end - Math.max(to, at + headerBytes)));
        cut += lost > 0 ? 1 : 0;
        segments++;
        return new TcpSegment(
                packet.epochNanos(),
                source,
                target,
                bytes.getInt(at + 4),
                bytes.getInt(at + 8),
                bytes.get(at + 13),
                bytes.slice(from, Math.max(0, to - from)),
                lost);
    }
}
