package io.pgweir.wire;

import org.jspecify.annotations.Nullable;

/**
 * The fields of an ErrorResponse or NoticeResponse that something reads; every other field is passed by.
 *
 * @param severity {@code V} where sent, else {@code S}: ERROR, FATAL, PANIC, WARNING ...
 * @param sqlState {@code C}; empty from peers that leave it out
 * @param position {@code P}, in characters from 1 of the query string; 0 where not sent
 */
public record ErrorFields(
        String severity,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        int position,
        @Nullable String schema,
        @Nullable String table,
        @Nullable String column,
        @Nullable String dataType,
        @Nullable String constraint) {

    /** The same, of another text than the one that was sent. */
    public ErrorFields withoutPosition() {
        return new ErrorFields(
                severity, sqlState, message, detail, hint, 0, schema, table, column, dataType, constraint);
    }

    public boolean isFatal() {
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    public ErrorFields withDetail(String words) {
        return new ErrorFields(
                severity, sqlState, message, words, hint, position, schema, table, column, dataType, constraint);
    }
}
