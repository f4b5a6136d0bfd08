package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** Tells a visitor what one segment holds. One thread. */
final class SegmentReader implements Closeable {
    private final Segment segment;
    private final Frames frames;

    /** @param position where to begin */
    SegmentReader(Segment segment, long position) throws IOException {
        this.segment = segment;
        frames = new Frames(segment.path(), segment.offset(position));
    }

    /** Whether the file begins as it should; everything else can be read without. */
    static boolean hasHeader(Segment segment) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(Segment.HEADER_BYTES);
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
            while (header.hasRemaining()) {
                if (channel.read(header, header.position()) < 0) {
                    return false;
                }
            }
        }
        return segment.isHeader(header);
    }

    /** Offset behind the last whole frame before {@code limit}. */
    long readAll(long limit, SpoolVisitor visitor) throws IOException {
        while (true) {
            long bad = readWhole(limit, visitor);
            if (bad >= limit || !frames.resync(limit)) {
                return bad;
            }
            visitor.onDamage(new Damage(segment.path(), bad, frames.offset() - bad, false));
        }
    }

    /** Offset of the first frame that is not whole; {@code limit} where all are. */
    long readWhole(long limit, SpoolVisitor visitor) throws IOException {
        while (true) {
            long at = frames.offset();
            byte[] record = frames.next(limit);
            if (record == null) {
                return at;
            }
            visitor.onRecord(new AuditRecord(record), segment.path(), at);
        }
    }

    long size() throws IOException {
        return frames.size();
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
