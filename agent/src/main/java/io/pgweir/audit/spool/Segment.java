package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One file of a spool, as its name tells. The package's description draws its bytes.
 *
 * @param base position of its first frame
 */
record Segment(Path path, long base) {
    static final int HEADER_BYTES = 24;
    private static final int VERSION = 1;
    private static final byte[] MAGIC = "pgwspool".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_DIGITS = 20;
    private static final String SUFFIX = ".seg";

    /** The one in {@code dir} that begins at {@code base}. */
    static Segment of(Path dir, long base) {
        String digits = Long.toString(base);
        return new Segment(dir.resolve("0".repeat(NAME_DIGITS - digits.length()) + digits + SUFFIX), base);
    }

    /** All of {@code dir}, oldest first. */
    static List<Segment> list(Path dir) throws IOException {
        List<Segment> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            files.filter(Segment::isSegment).forEach(path -> found.add(new Segment(path, baseOf(path))));
        }
        found.sort(Comparator.comparingLong(Segment::base));
        return found;
    }

    private static boolean isSegment(Path path) {
        // A position has 19 digits at most, so the first of 20 is a zero.
        return String.valueOf(path.getFileName()).matches("0[0-9]{19}\\.seg") && baseOf(path) >= 0;
    }

    private static long baseOf(Path path) {
        String digits = String.valueOf(path.getFileName()).substring(0, NAME_DIGITS);
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException tooLarge) {
            return -1;
        }
    }

    /** Where {@code position} lies in the file. */
    long offset(long position) {
        return position - base + HEADER_BYTES;
    }

    /** Which position lies at {@code offset} of the file. */
    long position(long offset) {
        return offset - HEADER_BYTES + base;
    }

    ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(MAGIC).putInt(VERSION).putLong(base);
        return header.putInt(crc(header)).flip();
    }

    /**
     * Whether {@code found}, as many bytes as a header has, is this segment's.
     *
     * @throws IOException where it is whole, and of a version that this pgweir does not know
     */
    boolean isHeader(ByteBuffer found) throws IOException {
        int version = found.getInt(MAGIC.length);
        boolean whole = found.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                && found.getInt(HEADER_BYTES - Integer.BYTES) == crc(found);
        if (whole && version != VERSION) {
            throw new IOException(path + ": segment version: " + version + " (expected: " + VERSION + ")");
        }
        return whole && found.getLong(MAGIC.length + Integer.BYTES) == base;
    }

    private static int crc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, HEADER_BYTES - Integer.BYTES));
        return (int) crc.getValue();
    }
}
