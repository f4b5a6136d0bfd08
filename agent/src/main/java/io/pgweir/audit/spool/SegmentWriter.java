package io.pgweir.audit.spool;

import io.pgweir.audit.spool.SpoolDisk.SpoolFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings bytes to disk for good, in segments. Writer thread.
 *
 * <pre>
 *                write fails, cut back          write or fsync fails
 *   +--------+ -------------------- +   GROWING ---------------------> NONE
 *   | NONE   | --- first bytes ----------^  |                           |
 *   +--------+                              +-- no room: rotate --> NONE (a new segment at the durable position)
 * </pre>
 *
 * A failed fsync is never tried again on the same file: the kernel may have dropped the pages and would report success (PostgreSQL's
 * fsyncgate). Its caller still has the bytes, and gives them again; they then go into a new segment.
 */
final class SegmentWriter implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);

    private final Path dir;
    private final SpoolDisk disk;
    private final long segmentBytes;

    private @Nullable SpoolFile file;
    private Segment segment;
    /** Of what is durable in the file. */
    private long offset;

    SegmentWriter(Path dir, SpoolDisk disk, long segmentBytes) {
        this.dir = dir;
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        segment = Segment.of(dir, 0);
    }

    /** Goes on in a segment that is there, behind {@code end} bytes of it, once they are on disk. */
    void resume(Segment last, long end) throws IOException {
        SpoolFile open = disk.open(last.path());
        try {
            open.truncate(end);
            open.force();
        } catch (IOException fault) {
            closeQuietly(open);
            throw fault;
        }
        file = open;
        segment = last;
        offset = end;
    }

    /** The segment that holds what was written last. */
    Segment segment() {
        return segment;
    }

    /** Bytes of {@link #segment()}. */
    long segmentSize() {
        return offset;
    }

    /** Returns when all of {@code bytes} is on disk, at {@code position} and behind; where it throws, nothing of it counts. */
    void write(ByteBuffer bytes, long position) throws IOException {
        SpoolFile open = file;
        if (open != null && offset + bytes.remaining() > segmentBytes && offset > Segment.HEADER_BYTES) {
            abandon(open);
            open = null;
        }
        if (open == null) {
            begin(bytes, position);
            return;
        }
        int count = bytes.remaining();
        try {
            writeAll(open, bytes, offset);
        } catch (IOException fault) {
            cutBack(open, fault);
            throw fault;
        }
        try {
            open.force();
        } catch (IOException fault) {
            abandon(open);
            throw fault;
        }
        offset += count;
    }

    private void begin(ByteBuffer bytes, long position) throws IOException {
        Segment next = Segment.of(dir, position);
        // Nothing at this position or behind is durable: a file of that name is what an attempt left that failed.
        disk.delete(next.path());
        SpoolFile open = disk.create(next.path());
        int count = bytes.remaining();
        try {
            writeAll(open, next.header(), 0);
            writeAll(open, bytes, Segment.HEADER_BYTES);
            open.force();
            disk.syncDirectory(dir);
        } catch (IOException fault) {
            closeQuietly(open);
            try {
                disk.delete(next.path());
            } catch (IOException again) {
                fault.addSuppressed(again);
            }
            throw fault;
        }
        file = open;
        segment = next;
        offset = (long) Segment.HEADER_BYTES + count;
    }

    private static void writeAll(SpoolFile to, ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            int count = to.write(bytes, at);
            if (count <= 0) {
                throw new IOException("the disk takes no more: " + bytes.remaining() + " bytes left");
            }
            at += count;
        }
    }

    private void cutBack(SpoolFile open, IOException fault) {
        try {
            open.truncate(offset);
        } catch (IOException again) {
            fault.addSuppressed(again);
            abandon(open);
        }
    }

    private void abandon(SpoolFile open) {
        file = null;
        closeQuietly(open);
    }

    /** What had to be kept was fsynced before. */
    private static void closeQuietly(SpoolFile open) {
        try {
            open.close();
        } catch (IOException fault) {
            LOG.atDebug().setCause(fault).log("audit segment was not closed");
        }
    }

    @Override
    public void close() {
        SpoolFile open = file;
        if (open != null) {
            abandon(open);
        }
    }
}
