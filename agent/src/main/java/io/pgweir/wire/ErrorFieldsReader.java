package io.pgweir.wire;

import org.jspecify.annotations.Nullable;

/**
 * Reads an ErrorResponse or NoticeResponse: Byte1 field code and String, again and again, then a zero byte.
 *
 * <p>Peers other than PostgreSQL leave out fields that the manual calls always present; they read as empty here.
 */
final class ErrorFieldsReader {
    private static final int POSITION_DIGITS_MAX = 9;

    private @Nullable String localizedSeverity;
    private @Nullable String severity;
    private @Nullable String sqlState;
    private @Nullable String message;
    private @Nullable String detail;
    private @Nullable String hint;
    private @Nullable String schema;
    private @Nullable String table;
    private @Nullable String column;
    private @Nullable String dataType;
    private @Nullable String constraint;
    private int position;

    ErrorFields read(BodyReader reader) {
        clear();
        for (byte code = reader.int8(); code != 0; code = reader.int8()) {
            field(code, reader);
        }
        reader.end();
        return fields();
    }

    /** The fields that a head holds, the last of them perhaps cut; PostgreSQL sends severity and SQLSTATE first. */
    ErrorFields readHead(BodyReader reader) {
        clear();
        while (reader.remaining() > 0) {
            field(reader.int8(), reader);
        }
        return fields();
    }

    private ErrorFields fields() {
        String told = severity != null ? severity : localizedSeverity;
        return new ErrorFields(
                told == null ? "" : told,
                sqlState == null ? "" : sqlState,
                message == null ? "" : message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint);
    }

    private void clear() {
        localizedSeverity = null;
        severity = null;
        sqlState = null;
        message = null;
        detail = null;
        hint = null;
        schema = null;
        table = null;
        column = null;
        dataType = null;
        constraint = null;
        position = 0;
    }

    private void field(byte code, BodyReader reader) {
        switch (code) {
            case 'S' -> localizedSeverity = reader.name();
            case 'V' -> severity = reader.name();
            case 'C' -> sqlState = reader.name();
            case 'M' -> message = reader.text();
            case 'D' -> detail = reader.text();
            case 'H' -> hint = reader.text();
            case 'P' -> position = number(reader.name());
            case 's' -> schema = reader.name();
            case 't' -> table = reader.name();
            case 'c' -> column = reader.name();
            case 'd' -> dataType = reader.name();
            case 'n' -> constraint = reader.name();
            default -> reader.skipText();
        }
    }

    /** 0 for what is no number. */
    private static int number(String digits) {
        if (digits.length() > POSITION_DIGITS_MAX) {
            return 0;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + (digit - '0');
        }
        return number;
    }
}
