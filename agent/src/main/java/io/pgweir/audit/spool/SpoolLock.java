package io.pgweir.audit.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent a spool. The operating system lets go of it when the process ends, however it ends; it also does when this process closes
 * any other channel of the file, so {@link #HERE} is asked before one is opened.
 */
final class SpoolLock implements Closeable {
    private static final String NAME = "spool.lock";
    private static final int PID_BYTES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(SpoolLock.class);

    /** Spools of this process. */
    private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

    private final Path real;
    private final FileChannel channel;

    private SpoolLock(Path real, FileChannel channel) {
        this.real = real;
        this.channel = channel;
    }

    /** @throws IOException where another agent has it, or the file cannot be written */
    static SpoolLock take(Path dir) throws IOException {
        Path real = dir.toRealPath();
        if (!HERE.add(real)) {
            throw inUse(dir, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new SpoolLock(real, lock(dir));
        } catch (IOException | RuntimeException fault) {
            HERE.remove(real);
            throw fault;
        }
    }

    private static FileChannel lock(Path dir) throws IOException {
        Path path = dir.resolve(NAME);
        FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                SpoolDisk.ownersOnly(path, "rw-------"));
        try {
            if (channel.tryLock() == null) {
                throw inUse(dir, holder(channel));
            }
            signWithPid(channel);
            return channel;
        } catch (IOException fault) {
            channel.close();
            throw fault;
        }
    }

    /** Always as many bytes, so that a disk that is full takes it. It is for people: without, the lock is as good. */
    private static void signWithPid(FileChannel channel) {
        String pid = Long.toString(ProcessHandle.current().pid());
        String padded = pid + " ".repeat(PID_BYTES - 1 - pid.length()) + "\n";
        try {
            channel.write(StandardCharsets.US_ASCII.encode(padded), 0);
        } catch (IOException fault) {
            LOG.atWarn().addKeyValue("fault", fault.toString()).log("audit spool's lock cannot be signed");
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(PID_BYTES);
        channel.read(pid, 0);
        String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString().strip();
        return text.isEmpty() ? "unknown" : text;
    }

    private static IOException inUse(Path dir, String pid) {
        return new IOException("audit spool " + dir + ": another pgweir (pid " + pid + ") uses it");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HERE.remove(real);
        }
    }
}
