package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a spool ends, however its agent ended: walks the newest segment, and older ones only where that one holds nothing.
 * Removes no whole record. Used once, by the thread that opens.
 */
final class SpoolRecovery implements SpoolVisitor {
    private final SpoolDisk disk;
    private final List<Segment> segments;
    private final List<Damage> cut = new ArrayList<>();
    private final List<Damage> damaged = new ArrayList<>();
    private @Nullable AuditRecord last;

    /** In the newest of {@link #segments}; 0 where there is none. */
    private long endOffset;

    SpoolRecovery(Path dir, SpoolDisk disk) throws IOException {
        this.disk = disk;
        segments = Segment.list(dir);
    }

    void run() throws IOException {
        while (!segments.isEmpty() && !readNewest()) {
            segments.removeLast();
        }
        for (int older = segments.size() - 2; older >= 0 && last == null; older--) {
            Segment segment = segments.get(older);
            try (SegmentReader reader = new SegmentReader(segment, segment.base())) {
                long end = segment.offset(segments.get(older + 1).base());
                reader.readAll(Math.min(reader.size(), end), this);
            }
        }
    }

    /** False where the newest file holds nothing: a crash tore its creation. It is gone then. */
    private boolean readNewest() throws IOException {
        Segment newest = segments.getLast();
        boolean headed = SegmentReader.hasHeader(newest);
        try (SegmentReader reader = new SegmentReader(newest, newest.base())) {
            long size = reader.size();
            long end = size < Segment.HEADER_BYTES ? 0 : reader.readAll(size, this);
            boolean empty = last == null && !headed;
            if (empty) {
                end = 0;
            }
            if (end < size) {
                cut.addFirst(new Damage(newest.path(), end, size - end, true));
            }
            if (empty) {
                disk.delete(newest.path());
                return false;
            }
            if (!headed) {
                damaged.add(new Damage(newest.path(), 0, Segment.HEADER_BYTES, false));
            }
            endOffset = end;
            return true;
        }
    }

    @Override
    public void onRecord(AuditRecord record, Path file, long offset) {
        last = record;
    }

    @Override
    public void onDamage(Damage damage) {
        damaged.add(damage);
    }

    /** Oldest first. */
    List<Segment> segments() {
        return segments;
    }

    long endOffset() {
        return endOffset;
    }

    Recovery found() {
        return new Recovery(last, cut, damaged);
    }
}
