package io.pgweir.session;

import io.pgweir.session.CopyTotals.Format;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import org.jspecify.annotations.Nullable;

/**
 * What a COPY statement says of its stream. The wire tells binary from the rest; csv, its quotes and its header line stand in
 * the statement only.
 *
 * @param header whether the first line is none of the rows
 */
record CopyShape(Format format, boolean header, byte quote, byte escape) {
    static final CopyShape TEXT = new CopyShape(Format.TEXT, false, (byte) '"', (byte) '"');

    static CopyShape of(@Nullable SqlStatement statement) {
        CopyClause clause = statement == null ? null : statement.copy();
        if (clause == null) {
            return TEXT;
        }
        Format format = switch (clause.format()) {
            case TEXT -> Format.TEXT;
            case CSV -> Format.CSV;
            case BINARY -> Format.BINARY;
        };
        return new CopyShape(format, clause.header(), (byte) clause.quote(), (byte) clause.escape());
    }

    /** Whether its stream is a table's rows; false for what a walsender sends. True where pgweir does not know what ran. */
    static boolean isTable(@Nullable SqlStatement statement) {
        return statement == null || statement.kind() == StatementKind.COPY;
    }

    /** Whether it is a COPY ... FROM STDIN. */
    static boolean readsClient(SqlStatement statement) {
        CopyClause clause = statement.copy();
        return clause != null && clause.target() == CopyClause.Target.STDIN;
    }

    /** As the server says, who knows binary for certain. */
    CopyShape binary(boolean binary) {
        if (binary == (format == Format.BINARY)) {
            return this;
        }
        return new CopyShape(binary ? Format.BINARY : Format.TEXT, header, quote, escape);
    }
}
