package io.pgweir.audit.spool;

import java.io.IOException;
import java.nio.file.Path;

/** The segments hold as much as {@code audit.spool.max-bytes} allows, because a sink does not take its records. */
public final class SpoolFullException extends IOException {
    private static final long serialVersionUID = 1L;

    SpoolFullException(Path dir, long bytes, long bytesMax) {
        super("audit spool " + dir + " is full: " + bytes + " bytes (max-bytes: " + bytesMax + ")");
    }
}
