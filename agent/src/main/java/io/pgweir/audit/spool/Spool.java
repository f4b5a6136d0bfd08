package io.pgweir.audit.spool;

import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only file of records, in segments, that survives whatever ends the process. The package's description draws it.
 *
 * <p>What {@link #append} took is this spool's to keep: it stays in memory until an fsync had it, through every fault of the disk, and
 * the next {@link #force} tries again. So that this has a bound, {@code append} forces by itself where {@link #retainedBytesMax} wait.
 * One writer thread calls {@code append}, {@code force}, {@code end} and {@code close}; everything else may be called by any.
 */
public final class Spool implements AutoCloseable {
    /** Of one record. */
    public static final int RECORD_BYTES_MAX = 64 << 20;

    private static final int RETAINED_BYTES_MIN = 64 << 10;
    private static final int RETAINED_BYTES_MAX = 64 << 20;
    /** A spool that is full must have segments that can go. */
    private static final int SEGMENTS_MIN = 4;

    private static final long EXPIRE_NANOS = 1_000_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final AuditConfig.Spool config;
    private final Telemetry telemetry;
    private final LongSupplier nanos;
    private final SpoolLock lock;
    private final SegmentWriter writer;
    private final SegmentStore store;
    private final Recovery recovery;
    private final DurableMark durable;
    private final Path cursorDir;
    private final Map<String, Long> cursorsFound;

    private final ByteBuffer retained;
    /** {@link #retained}, or one that a longer record needed. */
    private ByteBuffer buffer;

    private final CRC32C crc = new CRC32C();
    private final byte[] lengthBytes = new byte[Integer.BYTES];
    private long expiredNanos;
    private volatile List<SpoolCursor> cursors = List.of();
    /** Whether it is known who must have a record before it may go. */
    private volatile boolean sinksKnown;

    /**
     * Makes the directory where there is none, takes its lock, and cuts off what a crash tore.
     *
     * @throws IOException where another agent uses it, or it cannot be written or read; the message says so to people
     */
    public static Spool open(AuditConfig.Spool config, Telemetry telemetry) throws IOException {
        return open(config, telemetry, SpoolDisk.REAL, System::nanoTime);
    }

    static Spool open(AuditConfig.Spool config, Telemetry telemetry, SpoolDisk disk, LongSupplier nanos)
            throws IOException {
        Path dir = config.dir();
        try {
            createDirectory(dir);
            return open(config, telemetry, disk, nanos, SpoolLock.take(dir));
        } catch (FileSystemException fault) {
            throw new IOException("audit spool " + dir + " cannot be used: " + fault, fault);
        }
    }

    private static Spool open(
            AuditConfig.Spool config, Telemetry telemetry, SpoolDisk disk, LongSupplier nanos, SpoolLock lock)
            throws IOException {
        try {
            return new Spool(config, telemetry, disk, nanos, lock);
        } catch (IOException | RuntimeException fault) {
            lock.close();
            throw fault;
        }
    }

    private static void createDirectory(Path dir) throws IOException {
        try {
            Files.createDirectories(dir, SpoolDisk.ownersOnly(dir, "rwx------"));
        } catch (FileAlreadyExistsException file) {
            throw new IOException("audit spool " + dir + " is no directory", file);
        }
    }

    private Spool(AuditConfig.Spool config, Telemetry telemetry, SpoolDisk disk, LongSupplier nanos, SpoolLock lock)
            throws IOException {
        this.config = config;
        this.telemetry = telemetry;
        this.nanos = nanos;
        this.lock = lock;
        Path dir = config.dir();
        SpoolRecovery found = new SpoolRecovery(dir, disk);
        found.run();
        recovery = found.found();
        writer = new SegmentWriter(dir, disk, Math.min(config.segmentBytes(), config.maxBytes() / SEGMENTS_MIN));
        long end = 0;
        if (!found.segments().isEmpty()) {
            Segment last = found.segments().getLast();
            writer.resume(last, found.endOffset());
            disk.syncDirectory(dir);
            end = last.position(found.endOffset());
        }
        store = new SegmentStore(config, disk, nanos, found.segments());
        durable = new DurableMark(end);
        cursorDir = Files.createDirectories(dir.resolve("cursors"), SpoolDisk.ownersOnly(dir, "rwx------"));
        cursorsFound = readCursors(end);
        expiredNanos = nanos.getAsLong();
        retained =
                ByteBuffer.allocateDirect(Math.clamp(4L * config.syncBytes(), RETAINED_BYTES_MIN, RETAINED_BYTES_MAX));
        buffer = retained;
        telemetry.gauge(Metric.AUDIT_SPOOL_BYTES, store::bytes);
        telemetry.gauge(Metric.AUDIT_SPOOL_LIMIT, config::maxBytes);
    }

    /** A cursor behind the end would miss what is appended next: it goes back to the end, for good. */
    private Map<String, Long> readCursors(long end) throws IOException {
        Map<String, Long> found = new HashMap<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(cursorDir)) {
            files = all.filter(path -> path.toString().endsWith(CursorFile.SUFFIX))
                    .toList();
        }
        for (Path path : files) {
            CursorFile cursor = CursorFile.read(path);
            if (cursor == null) {
                LOG.atWarn()
                        .addKeyValue("file", path)
                        .log("audit cursor is damaged, its sink begins at the oldest record");
                continue;
            }
            if (cursor.position() > end) {
                new CursorFile(cursor.sink(), end).write(cursorDir);
            }
            found.put(cursor.sink(), Math.min(cursor.position(), end));
        }
        return found;
    }

    public Recovery recovery() {
        return recovery;
    }

    /**
     * The cursors of all sinks that are configured, in the order of their names; called once, before records are delivered. From now on,
     * segments go that all of these have. A new sink begins at the oldest record that is kept.
     */
    public List<SpoolCursor> cursors(List<String> sinks) {
        long oldest = segments().all().isEmpty()
                ? durable.position()
                : segments().all().getFirst().base();
        List<SpoolCursor> made = new ArrayList<>();
        for (String sink : sinks) {
            long position = Math.max(oldest, cursorsFound.getOrDefault(sink, oldest));
            made.add(new SpoolCursor(this, sink, cursorDir, position));
        }
        cursorsFound.forEach((sink, position) -> {
            if (!sinks.contains(sink)) {
                LOG.atWarn()
                        .addKeyValue("sink", sink)
                        .addKeyValue("position", position)
                        .log("audit sink is configured no longer: the spool does not wait for it");
            }
        });
        cursors = List.copyOf(made);
        sinksKnown = true;
        return cursors;
    }

    /**
     * Takes a copy of {@code length} bytes of {@code array}, one JSON object, and gives the position behind it. Allocates nothing, and does
     * no I/O but where {@link #retainedBytesMax} are not yet forced.
     *
     * @throws SpoolFullException where there is no room; nothing was appended
     * @throws IOException where it had to force, and the disk failed; nothing was appended
     */
    public long append(byte[] array, int offset, int length) throws IOException {
        if (length < 1 || length > RECORD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "record length: " + length + " (expected: 1 to " + RECORD_BYTES_MAX + ")");
        }
        if (isClosed()) {
            throw new IOException("audit spool " + config.dir() + " is closed");
        }
        int frame = Frames.HEAD_BYTES + length;
        if (buffer.remaining() < frame) {
            force();
        }
        long room = (long) buffer.position() + frame + Segment.HEADER_BYTES;
        if (!store.makeRoom(room, cursors)) {
            throw new SpoolFullException(config.dir(), store.bytes(), config.maxBytes());
        }
        if (buffer.remaining() < frame) {
            buffer = ByteBuffer.allocateDirect(frame);
        }
        lengthBytes[0] = (byte) (length >>> 24);
        lengthBytes[1] = (byte) (length >>> 16);
        lengthBytes[2] = (byte) (length >>> 8);
        lengthBytes[3] = (byte) length;
        crc.reset();
        crc.update(lengthBytes);
        crc.update(array, offset, length);
        buffer.putInt(length).putInt((int) crc.getValue()).put(array, offset, length);
        return end();
    }

    /** Returns when everything that was appended is on disk; where it throws, everything is kept, and the next call tries again. */
    public void force() throws IOException {
        if (buffer.position() > 0) {
            try {
                write();
            } catch (IOException fault) {
                telemetry.increment(Metric.AUDIT_SPOOL_FAULTS);
                throw fault;
            }
            telemetry.increment(Metric.AUDIT_SPOOL_SYNCS);
            // The segment first: who sees the position finds the segment.
            store.grown(writer.segment(), writer.segmentSize());
            long end = end();
            buffer = retained.clear();
            durable.advance(end);
        }
        expire();
    }

    /** An interrupt closes the channel that it meets, and must not cost the records: they go into a new segment at once. */
    private void write() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            writer.write(buffer.duplicate().flip(), durable.position());
        } catch (ClosedByInterruptException fault) {
            interrupted = Thread.interrupted();
            writer.write(buffer.duplicate().flip(), durable.position());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void expire() {
        long now = nanos.getAsLong();
        if (sinksKnown && now - expiredNanos >= EXPIRE_NANOS) {
            expiredNanos = now;
            store.expire(cursors);
        }
    }

    /** Position behind the last record that was appended. */
    public long end() {
        return durable.position() + buffer.position();
    }

    /** Everything before this position is on disk. */
    public long durable() {
        return durable.position();
    }

    /** Bytes that may wait in memory for an fsync, unless one record has more. */
    public int retainedBytesMax() {
        return retained.capacity();
    }

    boolean isClosed() {
        return durable.isClosed();
    }

    SegmentList segments() {
        return store.list();
    }

    Telemetry telemetry() {
        return telemetry;
    }

    /** Whether something is durable behind {@code position}; waits for it, at most {@code nanos}. */
    boolean awaitBehind(long position, long nanos) throws InterruptedException {
        return durable.awaitBehind(position, nanos);
    }

    /**
     * Forces, and lets go of the directory in any case. Sinks should have ended: nobody's cursor is written any more.
     *
     * @throws IOException where the disk fails: what lies between {@link #durable} and {@link #end} is lost
     */
    @Override
    public void close() throws IOException {
        if (isClosed()) {
            return;
        }
        try {
            force();
        } finally {
            durable.close();
            writer.close();
            lock.close();
        }
    }
}
