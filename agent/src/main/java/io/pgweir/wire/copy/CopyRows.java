package io.pgweir.wire.copy;

import java.nio.charset.Charset;

/**
 * Counts the rows of one COPY stream, whose CopyData bodies may be cut anywhere.
 *
 * <p>Fed chunk by chunk, in order; keeps no bytes, allocates nothing per chunk. Reads as PostgreSQL's own COPY FROM does,
 * which is also what its COPY TO writes. One per COPY, on the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, File Formats</a>
 */
public abstract sealed class CopyRows permits LineRows, BinaryRows {
    long rows;

    CopyRows() {}

    /** Format {@code text}. {@code header}: the first line names columns and is no row. */
    public static CopyRows text(Charset clientEncoding, boolean header) {
        return new TextRows(LeadBytes.of(clientEncoding), header);
    }

    /**
     * Format {@code csv}.
     *
     * @param quote and {@code escape} as the COPY options say, {@code "} both where they say nothing
     * @param endMarker whether {@code \.} alone on a line ends the data: up to PostgreSQL 17 it does
     */
    public static CopyRows csv(Charset clientEncoding, boolean header, byte quote, byte escape, boolean endMarker) {
        return new CsvRows(LeadBytes.of(clientEncoding), header, quote, escape, endMarker);
    }

    /** Format {@code binary}. */
    public static CopyRows binary() {
        return new BinaryRows();
    }

    /** The next bytes of the stream, from {@code from} inclusive to {@code to} exclusive. */
    public abstract void feed(byte[] bytes, int from, int to);

    /** The stream is over: a last line without a line end is a row too. */
    public abstract void finish();

    /** Rows so far, header lines not counted. */
    public final long rows() {
        return rows;
    }

    /** What was read is no COPY data of this format; {@link #rows()} is what was counted up to there. */
    public abstract boolean broken();
}
