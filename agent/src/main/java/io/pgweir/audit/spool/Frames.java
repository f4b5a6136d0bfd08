package io.pgweir.audit.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of one segment's file, through a window that is read ahead. Never looks behind the limit that it is given,
 * because what lies there may change. One thread.
 */
final class Frames implements Closeable {
    /** Of a frame, before its record. */
    static final int HEAD_BYTES = 8;

    private static final int WINDOW_BYTES = 256 << 10;

    private final FileChannel channel;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowOffset;
    private long offset;

    /** @param offset of the first frame to be read */
    Frames(Path file, long offset) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        this.offset = offset;
    }

    /** In the file: behind the last frame that was read. */
    long offset() {
        return offset;
    }

    void seek(long to) {
        offset = to;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** The next record; null where no whole one stands before {@code limit}: {@link #offset()} is where it should begin. */
    byte @Nullable [] next(long limit) throws IOException {
        byte[] record = at(offset, limit);
        if (record != null) {
            offset += HEAD_BYTES + record.length;
        }
        return record;
    }

    /**
     * Goes to the first whole frame behind {@code offset()}; false where there is none before {@code limit}, and nothing moved.
     *
     * <p>A record is a JSON object, so no byte of it can be mistaken for the length of a frame, and the search costs one pass.
     */
    boolean resync(long limit) throws IOException {
        for (long at = offset + 1; limit - at > HEAD_BYTES; at++) {
            if (looksLikeFrame(at, limit) && at(at, limit) != null) {
                offset = at;
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] at(long at, long limit) throws IOException {
        int length = length(at, limit);
        if (length == 0 || !load(at, HEAD_BYTES + length, limit)) {
            return null;
        }
        int index = (int) (at - windowOffset);
        crc.reset();
        crc.update(window.array(), index, Integer.BYTES);
        crc.update(window.array(), index + HEAD_BYTES, length);
        if ((int) crc.getValue() != window.getInt(index + Integer.BYTES)) {
            return null;
        }
        byte[] record = new byte[length];
        window.get(index + HEAD_BYTES, record);
        return record;
    }

    /** Of the record of a frame at {@code at}; 0 where there can be none. */
    private int length(long at, long limit) throws IOException {
        if (!load(at, HEAD_BYTES, limit)) {
            return 0;
        }
        int length = window.getInt((int) (at - windowOffset));
        boolean fits = length > 0 && length <= Spool.RECORD_BYTES_MAX && length <= limit - at - HEAD_BYTES;
        return fits ? length : 0;
    }

    /** Whether an object begins and ends where it should: spares most checksums over bytes that are no frame. */
    private boolean looksLikeFrame(long at, long limit) throws IOException {
        int length = length(at, limit);
        return length > 0 && byteAt(at + HEAD_BYTES) == '{' && byteAt(at + HEAD_BYTES + length - 1) == '}';
    }

    private int byteAt(long at) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return channel.read(one, at) == 1 ? one.get(0) : -1;
    }

    /** Has {@code bytes} from {@code at} on in the window; false where the file, or the limit, ends before. */
    private boolean load(long at, int bytes, long limit) throws IOException {
        if (limit - at < bytes) {
            return false;
        }
        if (at >= windowOffset && at + bytes <= windowOffset + window.limit()) {
            return true;
        }
        if (window.capacity() != WINDOW_BYTES || bytes > WINDOW_BYTES) {
            window = ByteBuffer.allocate(Math.max(bytes, WINDOW_BYTES));
        }
        window.clear().limit((int) Math.min(window.capacity(), limit - at));
        windowOffset = at;
        while (window.position() < bytes) {
            if (channel.read(window, at + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        return window.limit() >= bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
