package io.pgweir.audit.file;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
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
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file. Where somebody moved or removed the file (logrotate), the next batch goes into a new one at the path: no
 * signal is needed. A line that a full disk or a crash tore is ended first, so that no record hangs on to it. Writer thread.
 */
public final class FileSink implements AuditSink {
    private final Path path;
    private final RecordLines lines;
    private @Nullable FileChannel channel;

    /** Device and inode of the open file; null where the file system has none. */
    private @Nullable Object key;

    public FileSink(Path path, RecordFormat format) {
        this.path = path;
        lines = new RecordLines(format);
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
        reopen();
    }

    @Override
    public void write(List<AuditRecord> batch) throws IOException {
        ByteBuffer bytes = lines.of(batch);
        FileChannel open = channel;
        if (open == null || !open.isOpen() || isMoved()) {
            open = reopen();
        }
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
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
        key = keyOfPath();
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
            return !Objects.equals(key, keyOfPath());
        } catch (NoSuchFileException moved) {
            return true;
        }
    }

    private @Nullable Object keyOfPath() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
