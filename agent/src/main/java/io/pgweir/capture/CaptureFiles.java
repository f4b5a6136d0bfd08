package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.Unpacked.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one capture, one after the other. Where the disk refuses one, what it had not yet taken is counted, and a second later
 * the next file begins with that count. Writer thread.
 */
final class CaptureFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureFiles.class);
    private static final long RETRY_NANOS = 1_000_000_000;

    private final Function<CaptureHeader, Path> place;
    private final CaptureHeader header;
    private final @Nullable CaptureKey key;
    private final long fileBytesMax;
    private final CaptureListener listener;
    private final LongSupplier nanos;
    private final CaptureSpace space;

    /** Each file tells of them again. */
    private final Map<Long, SessionOpen> open = new LinkedHashMap<>();

    private @Nullable CaptureFileWriter file;
    private int number;

    /** Of {@link #file}, those that were told. */
    private long toldBytes;

    private boolean full;
    private long failedNanos;
    private long lostMessages;
    private long lostBytes;
    private @Nullable IOException fault;

    /** @param nanos since the capture began */
    private CaptureFiles(
            Function<CaptureHeader, Path> place,
            CaptureHeader header,
            @Nullable CaptureKey key,
            CaptureWriter.Options options,
            LongSupplier nanos) {
        this.place = place;
        this.header = header;
        this.key = key;
        this.nanos = nanos;
        fileBytesMax = options.fileBytesMax();
        listener = options.listener();
        space = new CaptureSpace(options.directoryBytesMax());
        number = header.file();
    }

    /**
     * @param place where a file of that header goes
     * @throws CaptureFullException where there is no room for the first one
     * @throws IOException where it cannot be made
     */
    static CaptureFiles begin(
            Function<CaptureHeader, Path> place,
            CaptureHeader header,
            @Nullable CaptureKey key,
            CaptureWriter.Options options,
            LongSupplier nanos)
            throws IOException {
        CaptureFiles files = new CaptureFiles(place, header, key, options, nanos);
        files.create();
        if (files.full) {
            throw new CaptureFullException(place.apply(header) + ": no room for it beside " + files.space);
        }
        return files;
    }

    /** None where the directory is full. */
    private void create() throws IOException {
        CaptureHeader next = header.ofFile(number);
        Path path = place.apply(next);
        full = space.isFullWithout(path);
        if (full) {
            return;
        }
        number++;
        CaptureFileWriter made = CaptureFileWriter.create(path, next, key);
        file = made;
        toldBytes = 0;
        tell(made);
    }

    /** What it has more than was told. */
    private void tell(CaptureFileWriter of) {
        if (of.bytes() > toldBytes) {
            listener.onWritten(of.bytes() - toldBytes);
            toldBytes = of.bytes();
        }
    }

    /** A record as it stands in the queue. */
    void append(ByteBuffer record) {
        int kind = record.get();
        long session = record.getLong();
        long at = record.getLong();
        switch (kind) {
            case Records.MESSAGE -> appendMessage(session, at, record);
            case Records.RESPONSE -> appendResponse(session, at, record);
            default -> append(read(kind, session, at, record));
        }
    }

    private void appendMessage(long session, long at, ByteBuffer record) {
        CaptureFileWriter to = writable();
        int bytes = Records.bodyBytes(record);
        boolean begins = Records.isFirst(record.get(record.position()));
        if (to == null) {
            lose(begins ? 1 : 0, bytes);
            return;
        }
        try {
            listener.onMessage(begins, bytes);
            to.appendMessage(session, at, record);
            rotate(to);
        } catch (IOException fault) {
            fail(to, fault);
        }
    }

    /** As it is: there is one for each statement. */
    private void appendResponse(long session, long at, ByteBuffer record) {
        CaptureFileWriter to = writable();
        if (to == null) {
            lose(1, 0);
            return;
        }
        try {
            to.appendResponse(session, at, record);
            rotate(to);
        } catch (IOException fault) {
            fail(to, fault);
        }
    }

    private static CaptureRecord read(int kind, long session, long at, ByteBuffer record) {
        byte[] bytes = new byte[record.remaining()];
        record.get(bytes);
        try {
            return Records.read(kind, session, at, new Unpacked(bytes, 0, bytes.length));
        } catch (MalformedException impossible) {
            throw new IllegalStateException("a record that this process wrote", impossible);
        }
    }

    void append(CaptureRecord record) {
        CaptureFileWriter to = writable();
        if (record instanceof SessionEnd end) {
            open.remove(end.session());
        }
        if (to == null) {
            lose(record instanceof Gap gap ? gap.messages() : 1, record instanceof Gap gap ? gap.bytes() : 0);
        } else {
            try {
                to.append(record);
                rotate(to);
            } catch (IOException fault) {
                fail(to, fault);
            }
        }
        if (record instanceof SessionOpen session) {
            open.put(session.session(), session);
        }
    }

    private void rotate(CaptureFileWriter now) throws IOException {
        if (now.bytes() > toldBytes && space.isFull(place.apply(header.ofFile(number - 1)), now.bytes())) {
            full = true;
            end(now);
            return;
        }
        tell(now);
        // A file begins with the sessions that are open: there must be room for others.
        int sessionsMax = Math.max(Limits.SESSIONS_MAX, 2 * open.size());
        if (now.bytes() >= fileBytesMax || now.sessions() >= sessionsMax) {
            end(now);
            begin();
        }
    }

    private void end(CaptureFileWriter now) throws IOException {
        now.close();
        tell(now);
        file = null;
    }

    /** The next file, with what the one before cannot tell any more. */
    private void begin() throws IOException {
        create();
        CaptureFileWriter next = file;
        if (next == null) {
            return;
        }
        long now = nanos.getAsLong();
        if (lostMessages > 0) {
            next.append(new Gap(0, now, Gap.Why.DISK, lostMessages, lostBytes));
            lostMessages = 0;
            lostBytes = 0;
        }
        for (SessionOpen session : open.values()) {
            next.append(continued(session, now));
        }
    }

    private static SessionOpen continued(SessionOpen session, long now) {
        return new SessionOpen(
                session.session(),
                now,
                session.id(),
                Origin.CONTINUED,
                session.user(),
                session.database(),
                session.application(),
                session.protocol(),
                session.parameters(),
                session.client(),
                session.server());
    }

    /** Null while the disk takes none. */
    private @Nullable CaptureFileWriter writable() {
        if (file == null && !full && nanos.getAsLong() - failedNanos >= RETRY_NANOS) {
            try {
                begin();
            } catch (IOException fault) {
                fail(file, fault);
            }
        }
        return file;
    }

    private void fail(@Nullable CaptureFileWriter from, IOException why) {
        fault = why;
        LOG.atWarn()
                .addKeyValue("file", place.apply(header.ofFile(number)))
                .addKeyValue("fault", why.toString())
                .log("capture cannot be written: messages are left out, the next file tells how many");
        failedNanos = nanos.getAsLong();
        file = null;
        if (from != null) {
            lose(from.unsealedMessages(), from.unsealedBytes());
            from.abandon();
        }
    }

    /** Why the disk refused a file last; null while it never did. */
    @Nullable
    IOException fault() {
        return fault;
    }

    private void lose(long messages, long bytes) {
        // What comes behind the end of a capture is none of its messages.
        if (!full) {
            listener.onDropped(Gap.Why.DISK, messages);
            lostMessages += messages;
            lostBytes += bytes;
        }
    }

    /** Whether the directory has as much as it may: nothing more is written. */
    boolean isFull() {
        return full;
    }

    void sync() {
        CaptureFileWriter to = file;
        if (to != null) {
            try {
                to.sync();
                rotate(to);
            } catch (IOException fault) {
                fail(to, fault);
            }
        }
    }

    void close() {
        CaptureFileWriter to = lostMessages > 0 ? writable() : file;
        if (to != null) {
            try {
                end(to);
            } catch (IOException fault) {
                fail(to, fault);
            }
        }
    }
}
