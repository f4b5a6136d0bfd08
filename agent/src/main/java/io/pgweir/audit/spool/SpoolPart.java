package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One file of a spool, for somebody who only reads. Parts may be read at the same time, each by one thread. */
public final class SpoolPart {
    private final Segment segment;
    /** Position where the next part begins; {@link Long#MAX_VALUE} for the last. */
    private final long end;

    SpoolPart(Segment segment, long end) {
        this.segment = segment;
        this.end = end;
    }

    public Path file() {
        return segment.path();
    }

    /** Of its first record. */
    public long position() {
        return segment.base();
    }

    private boolean isLast() {
        return end == Long.MAX_VALUE;
    }

    /**
     * Tells {@code visitor} of every record, and of everything that is none. A file that is gone by now, because every sink has it, holds
     * nothing.
     *
     * @return position behind its last whole record
     */
    public long read(SpoolVisitor visitor) throws IOException {
        try {
            if (!SegmentReader.hasHeader(segment)) {
                visitor.onDamage(new Damage(segment.path(), 0, Segment.HEADER_BYTES, false));
            }
        } catch (NoSuchFileException gone) {
            return isLast() ? segment.base() : end;
        }
        return read(segment.base(), visitor);
    }

    /** Whether it holds, or will hold, what lies behind {@code position}. */
    boolean isBehind(long position) {
        return position < end;
    }

    /**
     * As a writer may be at it: what is torn at the end of the last part is not told.
     *
     * @param stuck whether it is known that nothing will change about a record that is not whole
     * @return where to go on
     */
    long follow(long position, boolean stuck, SpoolVisitor visitor) throws IOException {
        if (!isLast()) {
            return read(position, visitor);
        }
        try (SegmentReader reader = new SegmentReader(segment, position)) {
            long size = reader.size();
            return segment.position(stuck ? reader.readAll(size, visitor) : reader.readWhole(size, visitor));
        } catch (NoSuchFileException gone) {
            return position;
        }
    }

    private long read(long position, SpoolVisitor visitor) throws IOException {
        try (SegmentReader reader = new SegmentReader(segment, position)) {
            long size = reader.size();
            long limit = isLast() ? size : segment.offset(end);
            long behind = reader.readAll(Math.min(size, limit), visitor);
            if (behind < limit) {
                visitor.onDamage(new Damage(segment.path(), behind, limit - behind, isLast()));
            }
            return isLast() ? segment.position(behind) : end;
        } catch (NoSuchFileException gone) {
            return isLast() ? position : end;
        }
    }
}
