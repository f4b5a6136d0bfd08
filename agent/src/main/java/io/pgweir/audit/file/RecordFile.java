package io.pgweir.audit.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a file of records, one a line, back; also one that grows, is rotated, or is compressed with gzip. The caller's thread. */
public final class RecordFile {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path path;
    private final Lines lines = new Lines();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private FileChannel channel;

    /** Device and inode of the open file; null where the file system has none. */
    private @Nullable Object key;

    private RecordFile(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path);
        key = attributes().fileKey();
    }

    /** Hears every line that is not empty. */
    public interface Visitor {
        /** @param number from 1, of this file */
        void onLine(byte[] line, long number) throws IOException;
    }

    /** All that is there. */
    public static void read(Path path, Visitor visitor) throws IOException {
        try (InputStream raw = Files.newInputStream(path);
                InputStream in = isGzip(path) ? new GZIPInputStream(raw) : new BufferedInputStream(raw)) {
            read(in, visitor);
        }
    }

    /** To the end of a stream, which stays open. */
    public static void read(InputStream in, Visitor visitor) throws IOException {
        Lines lines = new Lines();
        byte[] bytes = new byte[BUFFER_BYTES];
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
            lines.add(bytes, length, visitor);
        }
        lines.finish(visitor);
    }

    /**
     * All that is there, and what comes: where the file was renamed or removed, the rest of it and then the one that takes its
     * place; where it was cut, from its beginning.
     *
     * @param enough is asked whenever there is nothing new
     * @param interval at which it looks, when there is nothing new
     */
    public static void follow(Path path, Visitor visitor, BooleanSupplier enough, Duration interval)
            throws IOException {
        if (isGzip(path)) {
            throw new IOException(path + ": a compressed file does not grow");
        }
        RecordFile file = new RecordFile(path);
        try {
            boolean news = true;
            while (news || !enough.getAsBoolean()) {
                news = file.readOn(visitor) || file.moveOn(visitor);
                if (!news) {
                    LockSupport.parkNanos(interval.toNanos());
                }
            }
        } finally {
            file.channel.close();
        }
    }

    private static boolean isGzip(Path path) {
        return path.toString().endsWith(".gz");
    }

    /** @return whether there was something */
    private boolean readOn(Visitor visitor) throws IOException {
        boolean some = false;
        for (int length = channel.read(buffer); length > 0; length = channel.read(buffer)) {
            lines.add(buffer.array(), length, visitor);
            buffer.clear();
            some = true;
        }
        return some;
    }

    /** Goes over to the file that bears the name now. @return whether it is another one, or another text */
    private boolean moveOn(Visitor visitor) throws IOException {
        BasicFileAttributes now;
        try {
            now = attributes();
        } catch (NoSuchFileException _) {
            // Renamed, and nothing has its place yet.
            return false;
        }
        if (Objects.equals(now.fileKey(), key)) {
            boolean cut = now.size() < channel.position();
            if (cut) {
                lines.finish(visitor);
                channel.position(0);
            }
            return cut;
        }
        // Whoever renamed it may have written to it until then.
        readOn(visitor);
        lines.finish(visitor);
        channel.close();
        channel = FileChannel.open(path);
        key = now.fileKey();
        return true;
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }
}
