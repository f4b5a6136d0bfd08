package io.pgweir.audit.file;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a file, and begins a new one where the configuration asks for it: {@link ClosedFiles} tells what becomes of the
 * old one. Where somebody else moved or removed the file (logrotate), the next batch goes into a new one at the path: no signal
 * is needed. A line that a full disk or a crash tore is ended first, so that no record hangs on to it. The sink's thread only.
 */
public final class FileSink implements AuditSink {
    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);

    private final AuditConfig.Sink.File config;
    private final Path path;
    private final RecordLines lines;
    private final boolean durable;
    private final InstantSource clock;
    private final ClosedFiles closed;
    private @Nullable FileChannel channel;

    /** When the open file was begun. */
    private Instant begun = Instant.MIN;

    private boolean toldFault;

    /** Device and inode of the open file; null where the file system has none. */
    private @Nullable Object key;

    /** Never rotated by itself, and the operating system's word is enough. */
    public FileSink(Path path, RecordFormat format) {
        this(new AuditConfig.Sink.File(path), format, false);
    }

    /** @param durable whether a batch counts as taken only once it is on disk: so where nobody else keeps it */
    public FileSink(AuditConfig.Sink.File config, RecordFormat format, boolean durable) {
        this(config, format, durable, InstantSource.system());
    }

    FileSink(AuditConfig.Sink.File config, RecordFormat format, boolean durable, InstantSource clock) {
        this.config = config;
        this.path = config.path();
        this.lines = new RecordLines(format);
        this.durable = durable;
        this.clock = clock;
        this.closed = new ClosedFiles(path, config.compression(), config.keep(), clock);
    }

    @Override
    public String name() {
        return "file:" + path;
    }

    @Override
    public void open() throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new NotDirectoryException("audit file " + path + ": its directory does not exist: " + parent);
        }
        if (rotates()) {
            closed.open();
        }
        reopen();
    }

    @Override
    public void write(List<AuditRecord> batch) throws IOException {
        ByteBuffer bytes = lines.of(batch);
        FileChannel open = channel;
        if (open == null || !open.isOpen() || isMoved()) {
            open = reopen();
        }
        if (isFull(open, bytes.remaining())) {
            open = rotate(open);
        }
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
            if (durable) {
                open.force(false);
            }
        } catch (IOException fault) {
            // The next batch begins with a fresh look at the file: it may end in a torn line.
            close();
            throw fault;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private boolean rotates() {
        return config.rotateBytes() > 0 || config.rotateInterval().isPositive();
    }

    /** A file is never empty when it is closed; one that is not regular (a pipe, a terminal) never. */
    private boolean isFull(FileChannel open, int more) throws IOException {
        if (!rotates() || !Files.isRegularFile(path)) {
            return false;
        }
        long size = open.size();
        boolean large = config.rotateBytes() > 0 && size + more > config.rotateBytes();
        boolean old =
                config.rotateInterval().isPositive() && !clock.instant().isBefore(begun.plus(config.rotateInterval()));
        return size > 0 && (large || old);
    }

    private FileChannel rotate(FileChannel full) throws IOException {
        full.force(true);
        close();
        try {
            closed.close();
            toldFault = false;
        } catch (IOException fault) {
            // A file that is too long or too old is better than records that wait.
            tellOnce(fault);
        }
        return reopen();
    }

    private void tellOnce(IOException fault) {
        if (!toldFault) {
            toldFault = true;
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("fault", fault.toString())
                    .log("audit file cannot be rotated, records go on into the old one");
        }
    }

    private FileChannel reopen() throws IOException {
        close();
        boolean torn = endsInTornLine();
        FileChannel open;
        try {
            open = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (FileSystemException fault) {
            throw new IOException("audit file " + path + " cannot be opened: " + fault, fault);
        }
        channel = open;
        BasicFileAttributes attributes = attributes();
        key = attributes.fileKey();
        begun = attributes.size() == 0
                ? clock.instant()
                : attributes.creationTime().toInstant();
        if (torn) {
            open.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        return open;
    }

    private boolean endsInTornLine() throws IOException {
        if (!Files.isRegularFile(path) || Files.size(path) == 0 || !Files.isReadable(path)) {
            return false;
        }
        try (SeekableByteChannel reader = Files.newByteChannel(path)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            reader.position(reader.size() - 1).read(last);
            return last.get(0) != '\n';
        }
    }

    private boolean isMoved() throws IOException {
        try {
            return !Objects.equals(key, attributes().fileKey());
        } catch (NoSuchFileException moved) {
            return true;
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }
}
