package io.pgweir.audit.seal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One record a line; blocks of whole lines, taken apart by the workers. A position is a line's number, from 1. */
final class LineBatches implements FileSource.Batches {
    private static final int BLOCK_BYTES = 256 << 10;

    /** Longest line; what is longer is passed by. */
    private static final int LINE_BYTES_MAX = 64 << 20;

    /** A time stamp before the record, as S3 exports have one. */
    private static final int PREFIX_BYTES_MAX = 40;

    private final InputStream in;

    /** The beginning of a line whose end is in the next block. */
    private byte[] rest = {};

    private long line = 1;
    private boolean ended;

    LineBatches(InputStream in) {
        this.in = in;
    }

    @Override
    public RecordSource.@Nullable Batch next() throws IOException {
        if (ended) {
            return null;
        }
        byte[] block = Arrays.copyOf(rest, Math.max(BLOCK_BYTES, 2 * rest.length));
        int filled = rest.length;
        while (true) {
            int read = in.readNBytes(block, filled, block.length - filled);
            filled += read;
            if (filled < block.length) {
                ended = true;
                return lines(block, filled, filled);
            }
            int end = lastLineFeed(block, filled - read, filled);
            if (end >= 0) {
                return lines(block, end + 1, filled);
            }
            if (block.length >= LINE_BYTES_MAX) {
                return passBy();
            }
            block = Arrays.copyOf(block, 2 * block.length);
        }
    }

    private RecordSource.Batch lines(byte[] block, int to, int filled) {
        rest = Arrays.copyOfRange(block, to, filled);
        long first = line;
        line += ByteSearch.countLineFeeds(block, 0, to);
        return visitor -> read(visitor, block, to, first);
    }

    private RecordSource.Batch passBy() throws IOException {
        long number = line++;
        rest = new byte[] {};
        int next = in.read();
        while (next >= 0 && next != '\n') {
            next = in.read();
        }
        ended = next < 0;
        return visitor -> visitor.unreadable(
                number, "a line of more than " + LINE_BYTES_MAX + " bytes (expected: one record a line)");
    }

    private static void read(RecordSource.Visitor visitor, byte[] block, int to, long first) {
        long number = first;
        for (int from = 0; from < to; number++) {
            int end = ByteSearch.lineFeed(block, from, to);
            int last = end > from && block[end - 1] == '\r' ? end - 1 : end;
            if (last > from) {
                visitor.record(block, behindTime(block, from, last), last, number);
            }
            from = end + 1;
        }
    }

    private static int behindTime(byte[] block, int from, int to) {
        if (block[from] < '0' || block[from] > '9') {
            return from;
        }
        for (int at = from; at < Math.min(to, from + PREFIX_BYTES_MAX); at++) {
            if (block[at] == '{' && block[at - 1] == ' ') {
                return at;
            }
        }
        return from;
    }

    private static int lastLineFeed(byte[] block, int from, int to) {
        for (int at = to - 1; at >= from; at--) {
            if (block[at] == '\n') {
                return at;
            }
        }
        return -1;
    }
}
