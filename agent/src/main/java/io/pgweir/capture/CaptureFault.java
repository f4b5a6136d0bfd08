package io.pgweir.capture;

import java.nio.file.Path;

/**
 * What is wrong with a file, and where.
 *
 * @param offset in the file, in bytes
 * @param text what was found, then what was expected
 */
public record CaptureFault(Kind kind, Path file, long offset, String text) {
    public enum Kind {
        /** No capture at all. */
        FOREIGN,
        /** Written by a later pgweir. */
        NEWER,
        /** Encrypted with another key than the one that is given, or none is. */
        KEY,
        /** Bytes are not what was written. */
        DAMAGED,
        /** It ends within a block. */
        TORN,
        /** It has no index at its end: its writer was killed, or still writes. */
        UNCLOSED,
        /** Messages were left out when it was written. */
        GAP,
        /** A file of the capture is not there. */
        MISSING
    }

    @Override
    public String toString() {
        return file + ": " + text + ", offset " + offset;
    }
}
