package io.pgweir.capture.pcap;

import java.nio.ByteBuffer;

/**
 * One packet as it was captured.
 *
 * @param epochNanos since 1970
 * @param linkType what it begins with, as a LINKTYPE_ number
 * @param bytes from position to limit, big-endian; valid until the next packet is read
 * @param lost bytes at its end that were on the wire and were not captured
 * @see <a href="https://www.tcpdump.org/linktypes.html">Link-Layer Header Types</a>
 */
record Packet(long epochNanos, int linkType, ByteBuffer bytes, long lost) {}
