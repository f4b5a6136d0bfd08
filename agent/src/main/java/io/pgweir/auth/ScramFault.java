package io.pgweir.auth;

import io.pgweir.wire.SqlState;
import org.jspecify.annotations.Nullable;

/** A message that SCRAM does not allow, in PostgreSQL's words (auth-scram.c). */
final class ScramFault extends Exception {
    private final String sqlState;
    private final @Nullable String detail;

    ScramFault(String sqlState, String message, @Nullable String detail) {
        super(message);
        this.sqlState = sqlState;
        this.detail = detail;
    }

    static ScramFault malformed(String detail) {
        return new ScramFault(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message", detail);
    }

    static ScramFault violation(String message) {
        return new ScramFault(SqlState.PROTOCOL_VIOLATION, message, null);
    }

    String detail() {
        return detail == null ? String.valueOf(getMessage()) : detail;
    }

    ScramServer.Refused refused(String why) {
        return new ScramServer.Refused(sqlState, String.valueOf(getMessage()), detail, why);
    }
}
