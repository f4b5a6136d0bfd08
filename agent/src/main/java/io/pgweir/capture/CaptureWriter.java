package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a capture while sessions run: event loops hand records over and never wait, one thread brings them to disk. Where that thread
 * is slower, records are left out, counted, and told in a {@link CaptureRecord.Gap}. Of sessions that are over, which can wait, one
 * thread does both, and leaves nothing out.
 *
 * <pre>
 *   event loops -> CapturedSession -> ring of bytes -> writer thread -> block -> file, synced by time, followed by the next by size
 * </pre>
 */
public final class CaptureWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureWriter.class);
    private static final int DRAIN_BYTES = 1 << 20;

    /** Where more of the queue than this part was taken, the thread looks again at once. */
    private static final int BUSY_PART = 16;

    /** Between two looks at a queue that is not busy: a thread that wakes for a few records costs more than they do. */
    private static final long NAP_NANOS = 4_000_000;

    /** Of a queue that may be full before. */
    private static final long SHORT_NAP_NANOS = 500_000;

    private static final int SHORT_NAP_BYTES = 4 << 20;
    private static final long IDLE_NANOS_MAX = 16_000_000;

    private final Options options;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final ByteRing ring;
    private final CaptureFiles files;
    private final boolean waits;
    private final Thread thread;
    private final AtomicLong numbers = new AtomicLong();
    private final boolean frontendOnly;

    /** Nowhere else; null where values are kept. */
    private final byte @Nullable [] disguiseKey;

    private final LongAdder droppedMessages = new LongAdder();

    /** Those that may have something to say that did not fit into the ring. */
    private final Set<CapturedSession> open = ConcurrentHashMap.newKeySet();

    /** Those that ended while the ring was full. */
    private final ConcurrentLinkedQueue<CapturedSession> parting = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    /**
     * @param queueBytesMax what may wait for the disk; rounded up to a power of two
     * @param fileBytesMax a file that has so many is followed by the next
     * @param directoryBytesMax where all captures of the directory have so many, this one ends
     * @param syncInterval what a crash loses at most
     * @param closeTimeout how long {@link CaptureWriter#close} waits for the disk
     */
    public record Options(
            int queueBytesMax,
            long fileBytesMax,
            long directoryBytesMax,
            Duration syncInterval,
            Duration closeTimeout,
            CaptureListener listener) {
        public static final Options DEFAULT =
                new Options(16 << 20, 256L << 20, Duration.ofSeconds(1), Duration.ofSeconds(10));

        /** However much the directory has, and nobody counts. */
        public Options(int queueBytesMax, long fileBytesMax, Duration syncInterval, Duration closeTimeout) {
            this(queueBytesMax, fileBytesMax, Long.MAX_VALUE, syncInterval, closeTimeout, CaptureListener.NONE);
        }
    }

    private CaptureWriter(
            Function<CaptureHeader, Path> place,
            CaptureHeader header,
            @Nullable CaptureKey key,
            Options options,
            LongSupplier nanoTime,
            boolean waits)
            throws IOException {
        this.options = options;
        this.waits = waits;
        this.nanoTime = nanoTime;
        frontendOnly = header.options().frontendOnly();
        disguiseKey = header.options().isRedacted() ? Disguise.newKey() : null;
        startNanos = nanoTime.getAsLong();
        long start = startNanos;
        files = CaptureFiles.begin(place, header, key, options, () -> Math.max(0, nanoTime.getAsLong() - start));
        ring = new ByteRing(options.queueBytesMax());
        thread = Thread.ofPlatform().name("pgweir-capture").daemon().unstarted(this::run);
    }

    /**
     * Begins a capture in {@code dir}, now.
     *
     * @param header of its first file; {@code started} is the wall clock's time of now
     * @param key null for files that are not encrypted
     * @param nanoTime {@link System#nanoTime}, or what a test has in its place
     * @throws CaptureFullException where the directory has as much as it may
     * @throws IOException where the first file cannot be made
     */
    public static CaptureWriter start(
            Path dir, CaptureHeader header, @Nullable CaptureKey key, Options options, LongSupplier nanoTime)
            throws IOException {
        CaptureWriter writer =
                new CaptureWriter(file -> dir.resolve(file.fileName()), header, key, options, nanoTime, false);
        writer.thread.start();
        return writer;
    }

    /**
     * Begins a capture of what is over: whoever brings a record writes it, and waits for the disk. All of it on one thread, {@link
     * #close} too.
     *
     * @param place where a file of that header goes
     * @param nanoTime the time of what is being written; its first answer is the capture's beginning
     * @throws IOException where the first file cannot be made
     */
    public static CaptureWriter waiting(
            Function<CaptureHeader, Path> place,
            CaptureHeader header,
            @Nullable CaptureKey key,
            Options options,
            LongSupplier nanoTime)
            throws IOException {
        return new CaptureWriter(place, header, key, options, nanoTime, true);
    }

    /**
     * A session has logged in, or was there before. Any thread.
     *
     * @param at as {@link System#nanoTime} says
     * @param session its number and time are given here, whatever they are
     */
    public CapturedSession open(long at, SessionOpen session) {
        CapturedSession captured = new CapturedSession(this, ring, numbers.incrementAndGet(), at, session);
        open.add(captured);
        return captured;
    }

    /** For one session; null where values are kept. */
    @Nullable
    Disguise disguise() {
        byte[] key = disguiseKey;
        return key == null ? null : new Disguise(key);
    }

    /** Since the capture began; what was seen just before it is at its beginning. */
    long offset(long at) {
        return Math.max(0, at - startNanos);
    }

    /** Since the capture began. */
    long now() {
        return offset(nanoTime.getAsLong());
    }

    boolean leavesOut(CaptureRecord.Direction direction) {
        return frontendOnly && direction == CaptureRecord.Direction.BACKEND;
    }

    /** Whether there may be room in the queue now where there was none: only where nobody minds to wait for it. */
    boolean makesRoom() {
        if (waits) {
            drain(ring.view(), Integer.MAX_VALUE);
        }
        return waits;
    }

    /**
     * Why the disk did not take all of it; null where it did. On the thread that writes.
     */
    public @Nullable IOException fault() {
        return files.fault();
    }

    boolean isClosed() {
        return closed;
    }

    void onDropped(long messages) {
        droppedMessages.add(messages);
        options.listener().onDropped(Gap.Why.QUEUE_FULL, messages);
    }

    void onTooLarge() {
        options.listener().onDropped(Gap.Why.TOO_LARGE, 1);
    }

    /** {@code session} said all that it had to say, or left the rest for the writer to ask for. Its event loop. */
    void onEnd(CapturedSession session, boolean told) {
        if (!told) {
            parting.add(session);
        }
        open.remove(session);
    }

    /** Messages that were left out because the queue was full. Any thread. */
    public long droppedMessages() {
        return droppedMessages.sum();
    }

    /** Of the queue. Any thread. */
    public long waitingBytes() {
        return ring.waiting();
    }

    private void run() {
        try {
            write();
        } catch (RuntimeException fault) {
            closed = true;
            LOG.atError()
                    .setCause(fault)
                    .log("capture has ended by a fault of its own; what is in its blocks can be read");
        }
    }

    private void write() {
        ByteBuffer view = ring.view();
        long synced = nanoTime.getAsLong();
        long napNanos = options.queueBytesMax() < SHORT_NAP_BYTES ? SHORT_NAP_NANOS : NAP_NANOS;
        int busyBytes = Math.min(DRAIN_BYTES, options.queueBytesMax() / BUSY_PART);
        long idleNanos = napNanos;
        while (!closed) {
            // Taken before the drain: what they said before they parted is in the ring.
            List<CapturedSession> gone = takeParting();
            int drained = drain(view, gone.isEmpty() ? DRAIN_BYTES : Integer.MAX_VALUE);
            tellUntold(gone);
            long now = nanoTime.getAsLong();
            if (now - synced >= options.syncInterval().toNanos()) {
                synced = now;
                files.sync();
            }
            idleNanos = drained > 0 ? napNanos : Math.min(idleNanos * 2, IDLE_NANOS_MAX);
            if (files.isFull()) {
                closed = true;
            } else if (drained < busyBytes) {
                LockSupport.parkNanos(idleNanos);
            }
        }
        finish(view);
        if (files.isFull()) {
            options.listener().onFull();
        }
    }

    private void finish(ByteBuffer view) {
        List<CapturedSession> gone = takeParting();
        drain(view, Integer.MAX_VALUE);
        tellUntold(gone);
        tellUntold(open);
        files.close();
    }

    private int drain(ByteBuffer view, int bytesMax) {
        return ring.drain(view, bytesMax, files::append);
    }

    private void tellUntold(Collection<CapturedSession> sessions) {
        sessions.forEach(session -> session.takeUntold().forEach(files::append));
    }

    private List<CapturedSession> takeParting() {
        List<CapturedSession> gone = new ArrayList<>();
        for (CapturedSession next = parting.poll(); next != null; next = parting.poll()) {
            gone.add(next);
        }
        return gone;
    }

    /** Nothing is taken any more; returns when what was taken is on disk, or when the time is over. */
    @Override
    public void close() {
        if (waits) {
            if (!closed) {
                finish(ring.view());
                closed = true;
            }
            return;
        }
        closed = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(options.closeTimeout())) {
                LOG.atWarn()
                        .addKeyValue("waitingBytes", waitingBytes())
                        .log("capture is not closed: the disk is too slow; what is in its blocks can be read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
