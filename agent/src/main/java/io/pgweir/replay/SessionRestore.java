package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.TransactionStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What makes a new session what the captured one was when the capture found it open. */
final class SessionRestore {
    static final String READ_ONLY = "default_transaction_read_only";

    /** What of those that a server reports a client can set. */
    private static final List<String> SETTINGS = List.of(
            "client_encoding",
            "DateStyle",
            "TimeZone",
            "IntervalStyle",
            "application_name",
            "search_path",
            "standard_conforming_strings",
            READ_ONLY);

    /** Whoever sends. */
    interface Sender {
        void send(byte type, byte[] body);
    }

    private SessionRestore() {}

    /** @param readOnly whether transactions are READ ONLY by default, whatever they were */
    static void send(SessionState had, boolean readOnly, Sender to) {
        for (Statement statement : had.statements()) {
            to.send(MessageType.Frontend.PARSE, parse(statement));
        }
        to.send(MessageType.Frontend.SYNC, new byte[0]);
        to.send(MessageType.Frontend.QUERY, zeroTerminated(settings(had, readOnly)));
    }

    private static String settings(SessionState had, boolean readOnly) {
        StringBuilder sql = new StringBuilder();
        for (Setting setting : had.settings()) {
            if (SETTINGS.contains(setting.name())
                    && !(readOnly && setting.name().equals(READ_ONLY))) {
                sql.append("SELECT pg_catalog.set_config('")
                        .append(setting.name())
                        .append("', '")
                        .append(setting.value().replace("'", "''"))
                        .append("', false);");
            }
        }
        if (had.transaction() != TransactionStatus.IDLE) {
            sql.append("BEGIN;");
        }
        if (had.transaction() == TransactionStatus.FAILED) {
            sql.append("ROLLBACK TO SAVEPOINT pgweir;");
        }
        return sql.toString();
    }

    private static byte[] parse(Statement statement) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(zeroTerminated(statement.name()));
        body.writeBytes(zeroTerminated(statement.text()));
        List<Integer> types = statement.types();
        body.write(types.size() >> 8);
        body.write(types.size());
        for (int type : types) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                body.write(type >> shift);
            }
        }
        return body.toByteArray();
    }

    private static byte[] zeroTerminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }
}
