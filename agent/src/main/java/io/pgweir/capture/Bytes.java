package io.pgweir.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Whole reads and whole writes. */
final class Bytes {
    private Bytes() {}

    /** Fills {@code to}, or reads up to the end of the file; how many bytes came. {@code to} is ready to be read then. */
    static int read(FileChannel channel, ByteBuffer to, long offset) throws IOException {
        while (to.hasRemaining()) {
            if (channel.read(to, offset + to.position()) < 0) {
                break;
            }
        }
        return to.flip().limit();
    }

    static void write(FileChannel channel, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
