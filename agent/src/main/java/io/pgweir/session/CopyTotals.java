package io.pgweir.session;

import org.jspecify.annotations.Nullable;

/**
 * What flowed in one COPY.
 *
 * @param format text, csv or binary; csv is known from the statement only
 * @param rows as counted in the stream; the server's own count stands in the execution's tag
 * @param bytes of CopyData bodies
 * @param sha256 over the CopyData bodies in order, null where the digest is off
 * @param wal of replication, else null
 */
public record CopyTotals(
        Direction direction,
        Format format,
        long rows,
        long bytes,
        byte @Nullable [] sha256,
        @Nullable WalTotals wal) {
    public enum Direction {
        IN,
        OUT,
        BOTH
    }

    public enum Format {
        TEXT,
        CSV,
        BINARY
    }
}
