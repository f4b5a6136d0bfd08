package io.pgweir.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;

/**
 * Cuts writes into pieces of random length: 1 to 7 bytes for the first {@value #FINE_BYTES} bytes of a connection, where
 * the boundaries of messages are dense, and up to {@value #COARSE_BYTES_MAX} after that, so that megabytes pass too.
 * The same seed cuts the same stream alike. For one thread.
 */
final class Cuts {

    private static final int FINE_BYTES = 32 << 10;
    private static final int COARSE_BYTES_MAX = 4096;

    private final SplittableRandom random;
    private long written;

    Cuts(long seed) {
        random = new SplittableRandom(seed);
    }

    void write(OutputStream out, byte[] source, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; ) {
            int piece = Math.min(length - sent, 1 + random.nextInt(written < FINE_BYTES ? 7 : COARSE_BYTES_MAX));
            out.write(source, offset + sent, piece);
            out.flush();
            sent += piece;
            written += piece;
        }
    }
}
