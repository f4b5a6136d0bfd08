package io.pgweir.capture.pcap;

import java.nio.ByteBuffer;

/**
 * One TCP segment (RFC 9293).
 *
 * @param payload from position to limit; valid until the next packet is read
 * @param lost bytes of the payload, at its end, that were not captured
 */
record TcpSegment(
        long epochNanos,
        Endpoint source,
        Endpoint target,
        int sequence,
        int acknowledgment,
        int flags,
        ByteBuffer payload,
        int lost) {
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;

    boolean is(int flag) {
        return (flags & flag) != 0;
    }
}
