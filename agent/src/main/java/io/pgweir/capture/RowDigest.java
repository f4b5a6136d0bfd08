package io.pgweir.capture;

import io.netty.buffer.ByteBuf;

/**
 * Checksums over the rows of an answer: two answers with the same rows in the same order have the same {@link #ordered()}, in any
 * order the same {@link #unordered()}.
 *
 * <pre>
 *   row        XXH64 of the body of DataRow, or of CopyData, seed 0
 *   ordered    ordered * 0x9E3779B185EBCA87 + row, from 0
 *   unordered  sum of rows
 * </pre>
 *
 * All of it modulo 2^64. Rows come whole or in chunks. Reused; allocates nothing. One thread.
 */
public final class RowDigest {
    private static final long FACTOR = 0x9E3779B185EBCA87L;

    private final XxHash64 row = new XxHash64();
    private long rows;
    private long bytes;
    private long ordered;
    private long unordered;

    /** Another answer begins. */
    public void reset() {
        row.reset();
        rows = 0;
        bytes = 0;
        ordered = 0;
        unordered = 0;
    }

    /** The next bytes of the row that is under way. */
    public void onChunk(ByteBuf body, int at, int length, boolean last) {
        row.update(body, at, length);
        bytes += length;
        if (last) {
            long hash = row.finish();
            rows++;
            ordered = ordered * FACTOR + hash;
            unordered += hash;
        }
    }

    public long rows() {
        return rows;
    }

    /** Of the rows' bodies. */
    public long bytes() {
        return bytes;
    }

    public long ordered() {
        return ordered;
    }

    public long unordered() {
        return unordered;
    }
}
