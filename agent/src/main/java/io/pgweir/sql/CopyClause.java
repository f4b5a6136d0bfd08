package io.pgweir.sql;

/**
 * What COPY says about its stream; what it does not say has the server's defaults.
 *
 * @param header whether the first line is none of the rows (HEADER, also {@code HEADER MATCH})
 * @param delimiter between columns; no meaning in the binary format, as all that follow
 * @param quote around a csv value
 * @param escape before a quote within a csv value
 * @param nullString what stands for NULL
 * @param encoding of the stream, as PostgreSQL calls it; empty for the client's
 */
public record CopyClause(
        Direction direction,
        Target target,
        Format format,
        boolean header,
        char delimiter,
        char quote,
        char escape,
        String nullString,
        String encoding) {

    /** As seen from the table: FROM writes to it, TO reads it. */
    public enum Direction {
        FROM,
        TO
    }

    /** Where the stream comes from or goes: only that of STDIN and STDOUT passes through the connection. */
    public enum Target {
        STDIN,
        STDOUT,
        FILE,
        PROGRAM
    }

    /** The format as the statement names it: csv is text on the wire. */
    public enum Format {
        TEXT,
        CSV,
        BINARY
    }
}
