package io.pgweir.audit.seal;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.spool.Damage;
import io.pgweir.audit.spool.SpoolFiles;
import io.pgweir.audit.spool.SpoolPart;
import io.pgweir.audit.spool.SpoolVisitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A spool, of an agent that runs or of none; every segment is one batch. A position is the segment's place among them and the offset
 * in it, and is told as {@code segment@offset}.
 */
final class SpoolSource implements RecordSource {
    /** A segment is smaller than 2 TiB. */
    private static final int OFFSET_BITS = 41;

    private final Path dir;
    private final List<SpoolPart> parts;
    private final long bytesTotal;
    private int next;
    private long bytesRead;

    private SpoolSource(Path dir, List<SpoolPart> parts) throws IOException {
        this.dir = dir;
        this.parts = parts;
        long bytes = 0;
        for (SpoolPart part : parts) {
            bytes += bytes(part);
        }
        bytesTotal = bytes;
    }

    /** Null where the directory holds no segment. */
    static @Nullable SpoolSource of(Path dir) throws IOException {
        List<SpoolPart> parts = SpoolFiles.parts(dir);
        return parts.isEmpty() ? null : new SpoolSource(dir, parts);
    }

    @Override
    public String name() {
        return dir.toString();
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    /** What every sink has is deleted. */
    @Override
    public boolean forgetsOldest() {
        return true;
    }

    @Override
    public RecordSource.@Nullable Batch next() throws IOException {
        if (next == parts.size()) {
            return null;
        }
        int number = next++;
        SpoolPart part = parts.get(number);
        bytesRead += bytes(part);
        return visitor -> read(part, (long) number << OFFSET_BITS, visitor);
    }

    private static void read(SpoolPart part, long base, Visitor visitor) {
        try {
            part.read(new SpoolVisitor() {
                @Override
                public void onRecord(AuditRecord record, Path file, long offset) {
                    visitor.record(record.json(), 0, record.json().length, base + offset);
                }

                @Override
                public void onDamage(Damage damage) {
                    String what = damage.bytes() + " bytes that are no whole record";
                    visitor.unreadable(
                            base + damage.offset(),
                            damage.tail()
                                    ? what + ", at the end: a crash, damage, or a write that is under way"
                                    : what);
                }
            });
        } catch (IOException fault) {
            visitor.unreadable(base, "cannot be read any further: " + fault.getMessage());
        }
    }

    private static long bytes(SpoolPart part) throws IOException {
        return Files.exists(part.file()) ? Files.size(part.file()) : 0;
    }

    @Override
    public String locate(long position) {
        if (position == END) {
            return name();
        }
        Path file = parts.get((int) (position >>> OFFSET_BITS)).file();
        return file + "@" + (position & ((1L << OFFSET_BITS) - 1));
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public long bytesTotal() {
        return bytesTotal;
    }

    @Override
    public void close() {
        // Each part is opened and closed by its batch.
    }
}
