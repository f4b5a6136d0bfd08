package io.pgweir.capture;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What all capture files of a directory may take together, whoever wrote them. Writer thread. */
final class CaptureSpace {
    private final long bytesMax;
    private long othersBytes;

    CaptureSpace(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** As {@link #isFull}, before {@code file} is made. */
    boolean isFullWithout(Path file) throws IOException {
        if (bytesMax == Long.MAX_VALUE) {
            return false;
        }
        othersBytes = others(file);
        return othersBytes >= bytesMax;
    }

    /** Whether nothing more fits beside {@code bytes} of {@code file}. The others are looked at again before that is said. */
    boolean isFull(Path file, long bytes) throws IOException {
        if (bytes < bytesMax - othersBytes) {
            return false;
        }
        othersBytes = others(file);
        return bytes >= bytesMax - othersBytes;
    }

    /** For people. */
    @Override
    public String toString() {
        return othersBytes + " bytes of captures (expected: fewer than " + bytesMax + ")";
    }

    private static long others(Path file) throws IOException {
        Path dir = file.getParent();
        long bytes = 0;
        try (DirectoryStream<Path> captures =
                Files.newDirectoryStream(dir == null ? Path.of("") : dir, "*" + CapturePaths.SUFFIX)) {
            for (Path capture : captures) {
                bytes += capture.equals(file) ? 0 : bytes(capture);
            }
        }
        return bytes;
    }

    private static long bytes(Path capture) throws IOException {
        try {
            return Files.size(capture);
        } catch (NoSuchFileException _) {
            // Somebody made room.
            return 0;
        }
    }
}
