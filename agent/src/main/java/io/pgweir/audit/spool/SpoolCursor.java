package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import io.pgweir.telemetry.Metric;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far one sink is, and what comes next for it. At least once: what was acknowledged less than {@value #PERSIST_MILLIS} ms before a
 * crash is read again. The sink's thread; who looks at {@link #bytesBehind} may be any.
 */
public final class SpoolCursor implements AutoCloseable {
    private static final long PERSIST_MILLIS = 100;
    private static final long PERSIST_NANOS = PERSIST_MILLIS * 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(SpoolCursor.class);

    private final Spool spool;
    private final String sink;
    private final Path dir;

    private volatile long acknowledged;
    private long read;
    private long persisted;
    private long persistedNanos;
    private @Nullable Segment segment;
    private @Nullable Frames frames;

    SpoolCursor(Spool spool, String sink, Path dir, long position) {
        this.spool = spool;
        this.sink = sink;
        this.dir = dir;
        acknowledged = position;
        read = position;
        persisted = position;
        persistedNanos = System.nanoTime() - PERSIST_NANOS;
    }

    /** All before it has arrived. Any thread. */
    public long position() {
        return acknowledged;
    }

    /** Durable and not acknowledged, frames' heads included. Any thread. */
    public long bytesBehind() {
        return Math.max(0, spool.durable() - acknowledged);
    }

    /**
     * The records behind those that the last poll gave, oldest first; waits for the first. Empty when {@code wait} is over or the
     * spool closes, and where all that there was is damaged.
     *
     * @param bytesMax of all of them; one alone may be longer
     * @throws IOException where a segment cannot be read; the next poll tries again at the same record
     */
    public List<AuditRecord> poll(int recordsMax, int bytesMax, Duration wait)
            throws IOException, InterruptedException {
        if (!awaitRecord(wait)) {
            return List.of();
        }
        long before = read;
        try {
            return batch(recordsMax, bytesMax);
        } catch (IOException fault) {
            // Of a batch that is not given, nothing counts as read.
            read = before;
            closeFrames();
            throw fault;
        }
    }

    private List<AuditRecord> batch(int recordsMax, int bytesMax) throws IOException {
        long durable = spool.durable();
        List<AuditRecord> batch = new ArrayList<>();
        long bytes = 0;
        while (read < durable && batch.size() < recordsMax) {
            long before = read;
            byte[] record = next(durable);
            if (record == null) {
                continue;
            }
            bytes += record.length;
            if (bytes > bytesMax && !batch.isEmpty()) {
                read = before;
                break;
            }
            batch.add(new AuditRecord(record));
        }
        return batch;
    }

    private boolean awaitRecord(Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            persistIfDue();
            long now = System.nanoTime();
            long left = deadline - now;
            if (acknowledged != persisted) {
                left = Math.min(left, persistedNanos + PERSIST_NANOS - now);
            }
            if (spool.awaitBehind(read, left)) {
                return true;
            }
            if (spool.isClosed() || System.nanoTime() - deadline >= 0) {
                return false;
            }
        }
    }

    /** Null where there is damage, or nothing at all, and {@code read} is behind that. */
    private byte @Nullable [] next(long durable) throws IOException {
        SegmentList segments = spool.segments();
        int index = segments.indexAt(read);
        Segment at = segments.all().get(index);
        if (read < at.base()) {
            tell(new Damage(at.path(), 0, at.base() - read, false));
            read = at.base();
        }
        long end = Math.min(durable, segments.end(index));
        Frames open;
        try {
            open = open(at);
        } catch (NoSuchFileException gone) {
            tell(new Damage(at.path(), at.offset(read), end - read, false));
            read = end;
            return null;
        }
        long limit = at.offset(end);
        open.seek(at.offset(read));
        byte[] record = open.next(limit);
        if (record == null) {
            long bad = open.offset();
            if (!open.resync(limit)) {
                open.seek(limit);
            }
            tell(new Damage(at.path(), bad, open.offset() - bad, false));
        }
        read = at.position(open.offset());
        return record;
    }

    private Frames open(Segment at) throws IOException {
        Frames open = frames;
        if (open == null || !at.equals(segment)) {
            closeFrames();
            open = new Frames(at.path(), at.offset(read));
            frames = open;
            segment = at;
        }
        return open;
    }

    private void tell(Damage damage) {
        spool.telemetry().increment(Metric.AUDIT_SPOOL_DAMAGED);
        LOG.atError()
                .addKeyValue("sink", sink)
                .addKeyValue("file", damage.file())
                .addKeyValue("offset", damage.offset())
                .addKeyValue("bytes", damage.bytes())
                .log("audit segment is damaged, its sink goes on behind that");
    }

    /** Everything that was polled has arrived. Written down at once or within {@value #PERSIST_MILLIS} ms, by the next poll. */
    public void acknowledge() {
        acknowledged = read;
        persistIfDue();
    }

    /** What was polled and not acknowledged comes again. */
    void rewind() {
        read = acknowledged;
    }

    private void persistIfDue() {
        if (acknowledged != persisted && System.nanoTime() - persistedNanos >= PERSIST_NANOS) {
            persist();
        }
    }

    private void persist() {
        persistedNanos = System.nanoTime();
        if (spool.isClosed()) {
            // The directory may be another agent's by now.
            return;
        }
        try {
            new CursorFile(sink, acknowledged).write(dir);
            persisted = acknowledged;
        } catch (IOException fault) {
            spool.telemetry().increment(Metric.AUDIT_SPOOL_FAULTS);
            LOG.atWarn()
                    .addKeyValue("sink", sink)
                    .addKeyValue("fault", fault.toString())
                    .log("audit cursor cannot be written: a restart now would send records twice");
        }
    }

    /** Before the spool is closed. */
    @Override
    public void close() throws IOException {
        if (acknowledged != persisted) {
            persist();
        }
        closeFrames();
    }

    private void closeFrames() throws IOException {
        Frames open = frames;
        frames = null;
        segment = null;
        if (open != null) {
            open.close();
        }
    }
}
