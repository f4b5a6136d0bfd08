package io.pgweir.audit.file;

import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import io.pgweir.config.AuditConfig.Compression;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a sink is done with, beside the one that it writes to. The sink's thread only.
 *
 * <pre>
 * audit.ndjson                              written to
 * audit.ndjson.20260131T235959.123Z         closed, named after that moment in UTC
 * audit.ndjson.20260131T235959.123Z.gz.tmp  being compressed
 * audit.ndjson.20260131T235959.123Z.gz      compressed and on disk: only then the one above goes away
 * </pre>
 *
 * A crash at any point leaves each record in a whole file; what was begun is done when this is next asked to {@link #tidy}.
 */
final class ClosedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ClosedFiles.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path path;
    private final Path directory;
    private final Compression compression;
    private final int keep;
    private final InstantSource clock;
    private final Pattern closed;

    /** @param keep how many; 0 for all */
    ClosedFiles(Path path, Compression compression, int keep, InstantSource clock) {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        this.path = absolute;
        this.directory = parent == null ? absolute : parent;
        this.compression = compression;
        this.keep = keep;
        this.clock = clock;
        this.closed = Pattern.compile(Pattern.quote(String.valueOf(absolute.getFileName()))
                + "\\.(\\d{8}T\\d{6}\\.\\d{3}Z)(\\.(gz|zst)(\\.tmp)?)?");
    }

    /** Before anything else. */
    void open() throws IOException {
        if (compression == Compression.ZSTD) {
            try {
                Native.load();
            } catch (LinkageError missing) {
                throw new IOException(
                        "audit file " + path
                                + ": the library of zstd cannot be loaded (expected: a writable /tmp, or gzip): "
                                + missing,
                        missing);
            }
        }
        tidy();
    }

    /** Gives the file that was written to its name for good. Nobody has it open. */
    void close() throws IOException {
        Instant now = clock.instant();
        Path to = directory.resolve(path.getFileName() + "." + STAMP.format(now));
        while (Files.exists(to) || Files.exists(compressed(to))) {
            now = now.plusMillis(1);
            to = directory.resolve(path.getFileName() + "." + STAMP.format(now));
        }
        Files.move(path, to, StandardCopyOption.ATOMIC_MOVE);
        tidy();
    }

    /** Compresses what is not yet, and deletes what is too much. A fault is told, and what it hit is left for the next time. */
    private void tidy() {
        try {
            for (Path file : list()) {
                if (file.toString().endsWith(".tmp")) {
                    Files.delete(file);
                }
            }
            for (Path file : list()) {
                if (compression != Compression.NONE && file.toString().endsWith("Z")) {
                    compress(file);
                }
            }
            prune();
        } catch (IOException fault) {
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("fault", fault.toString())
                    .log("closed audit files cannot be compressed or deleted, tried again when the next one is closed");
        }
    }

    private void compress(Path file) throws IOException {
        Path whole = compressed(file);
        if (!Files.exists(whole)) {
            Path begun = file.resolveSibling(whole.getFileName() + ".tmp");
            try (FileOutputStream to = new FileOutputStream(begun.toFile());
                    OutputStream out = compressing(to)) {
                Files.copy(file, out);
                out.flush();
            }
            force(begun, StandardOpenOption.WRITE);
            Files.move(begun, whole, StandardCopyOption.ATOMIC_MOVE);
            force(directory, StandardOpenOption.READ);
        }
        Files.delete(file);
    }

    private OutputStream compressing(OutputStream to) throws IOException {
        return switch (compression) {
            case NONE -> to;
            case GZIP -> new GZIPOutputStream(to, BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStream(to);
        };
    }

    private Path compressed(Path file) {
        String suffix = switch (compression) {
            case NONE -> "";
            case GZIP -> ".gz";
            case ZSTD -> ".zst";
        };
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static void force(Path path, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(path, access)) {
            channel.force(true);
        }
    }

    private void prune() throws IOException {
        List<Path> all = list();
        int surplus = keep == 0 ? 0 : all.size() - keep;
        for (int i = 0; i < surplus; i++) {
            Files.delete(all.get(i));
        }
    }

    /** Oldest first: their names are their times. */
    private List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path file : all) {
                if (closed.matcher(String.valueOf(file.getFileName())).matches()) {
                    files.add(file);
                }
            }
        }
        files.sort(null);
        return files;
    }
}
