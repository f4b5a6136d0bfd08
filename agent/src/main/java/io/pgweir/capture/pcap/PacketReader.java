package io.pgweir.capture.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads a file of packets, of either format; which, its first four bytes say. One thread. */
sealed interface PacketReader permits PcapReader, PcapngReader {
    int BUFFER_BYTES = 1 << 18;

    /**
     * Null at the end.
     *
     * @throws PacketFileException where nothing can be read any further
     */
    @Nullable
    Packet next() throws IOException;

    /** Bytes of the file that are behind it. */
    long offset();

    /** @throws PacketFileException where it is none */
    static PacketReader of(InputStream in) throws IOException {
        PacketBytes bytes = new PacketBytes(new BufferedInputStream(in, BUFFER_BYTES));
        if (bytes.isAtEnd()) {
            throw new PacketFileException("is empty (expected: a file of packets, pcap or pcapng)", 0);
        }
        int magic = bytes.next(Integer.BYTES, "the magic number").getInt();
        if (magic == PcapngReader.SECTION_HEADER) {
            return PcapngReader.of(bytes);
        }
        int swapped = Integer.reverseBytes(magic);
        if (PcapReader.isMagic(magic)) {
            return PcapReader.of(bytes, magic);
        }
        if (PcapReader.isMagic(swapped)) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return PcapReader.of(bytes, swapped);
        }
        throw new PacketFileException(
                "magic number: %08x (expected: a1b2c3d4 or a1b23c4d in either order, pcap; 0a0d0d0a, pcapng)"
                        .formatted(magic),
                0);
    }
}
