package io.pgweir.capture.pcap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes of a file of packets, piece by piece; knows where it is. One thread. */
final class PacketBytes {
    /** Of a packet, or of a block that holds one: eight times what tcpdump takes of any packet. */
    static final int PIECE_BYTES_MAX = 2 << 20;

    private static final int FIRST_BYTES = 64 << 10;

    private final InputStream in;
    private byte[] buffer = new byte[FIRST_BYTES];
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private long offset;

    PacketBytes(InputStream in) {
        this.in = in;
    }

    /** Of numbers in pieces from here on. */
    void order(ByteOrder next) {
        order = next;
    }

    ByteOrder order() {
        return order;
    }

    /** Of the next byte. */
    long offset() {
        return offset;
    }

    /** Whether the file ends here. */
    boolean isAtEnd() throws IOException {
        in.mark(1);
        boolean end = in.read() < 0;
        if (!end) {
            in.reset();
        }
        return end;
    }

    /**
     * The next {@code length} bytes, at most {@link #PIECE_BYTES_MAX}; valid until the next call.
     *
     * @param what they are
     * @throws PacketFileException where the file ends before
     */
    ByteBuffer next(int length, String what) throws IOException {
        int done = 0;
        while (done < length) {
            if (done == buffer.length) {
                // Memory grows with what is there, not with what is claimed.
                buffer = Arrays.copyOf(buffer, Math.min(PIECE_BYTES_MAX, 2 * buffer.length));
            }
            int read = in.read(buffer, done, Math.min(buffer.length, length) - done);
            if (read < 0) {
                throw new PacketFileException("ends within " + what + ": " + done + " of " + length + " bytes", offset);
            }
            done += read;
        }
        offset += length;
        return ByteBuffer.wrap(buffer, 0, length).slice().order(order);
    }

    void skip(long length, String what) throws IOException {
        for (long left = length; left > 0; ) {
            int piece = (int) Math.min(left, FIRST_BYTES);
            next(piece, what);
            left -= piece;
        }
    }
}
