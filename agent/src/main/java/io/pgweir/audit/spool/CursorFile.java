package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a sink is, as a file: the line {@code pgweir cursor v1}, the position, the sink's name, and the CRC32C of these three lines
 * in hex. It is replaced as a whole.
 */
record CursorFile(String sink, long position) {
    static final String SUFFIX = ".cur";
    private static final String TITLE = "pgweir cursor v1";
    private static final int LINES = 4;
    private static final int NAME_CHARS_MAX = 80;

    /** Names that differ in what a file name cannot show still have files of their own. */
    static Path path(Path dir, String sink) {
        String readable = sink.replaceAll("[^A-Za-z0-9.-]+", "_");
        String head = readable.substring(0, Math.min(readable.length(), NAME_CHARS_MAX));
        return dir.resolve(head + "-" + crc(sink) + SUFFIX);
    }

    /** Null where {@code file} is damaged. */
    static @Nullable CursorFile read(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES + 1 || !lines[0].equals(TITLE)) {
            return null;
        }
        if (!lines[LINES - 1].equals(crc(text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1)))) {
            return null;
        }
        try {
            long position = Long.parseLong(lines[1]);
            return position < 0 ? null : new CursorFile(lines[2], position);
        } catch (NumberFormatException damaged) {
            return null;
        }
    }

    /** Returns when it is on disk. */
    void write(Path dir) throws IOException {
        String lines = TITLE + "\n" + position + "\n" + sink.replace('\n', ' ') + "\n";
        ByteBuffer text = StandardCharsets.UTF_8.encode(lines + crc(lines) + "\n");
        Path file = path(dir, sink);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                SpoolDisk.ownersOnly(temporary, "rw-------"))) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(false);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
