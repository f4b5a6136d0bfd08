package io.pgweir.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Records in the shape that sinks see. */
public final class NativeRecords {
    public static final String CHAIN = "0195512a-1c00-7000-8000-00000000c001";
    private static final String ZEROS = "0".repeat(64);

    private NativeRecords() {}

    /** A statement of the {@code session}th session, made now. */
    public static AuditRecord statement(long seq, int session, String sql) {
        return statement(seq, session, sql, Instant.now());
    }

    public static AuditRecord statement(long seq, int session, String sql, Instant time) {
        return record(
                seq,
                "statement",
                time,
                "\"session\":\"" + session(session) + "\",\"session_seq\":1,\"sql\":{\"text\":\"" + sql + "\"},");
    }

    /** One that belongs to no session. */
    public static AuditRecord heartbeat(long seq) {
        return record(seq, "audit.heartbeat", Instant.now(), "");
    }

    public static List<AuditRecord> statements(long firstSeq, int count, int sessions) {
        List<AuditRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(statement(firstSeq + i, i % sessions, "SELECT " + i));
        }
        return records;
    }

    public static String session(int number) {
        return String.format(Locale.ROOT, "0195512a-1c00-7000-8000-%012x", number);
    }

    public static String id(long seq) {
        return String.format(Locale.ROOT, "0195512a-1c00-7000-9000-%012x", seq);
    }

    private static AuditRecord record(long seq, String type, Instant time, String rest) {
        String json = "{\"version\":1,\"id\":\"" + id(seq) + "\",\"type\":\"" + type + "\",\"time\":\""
                + time.truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ".123456Z") + "\",\"chain\":\"" + CHAIN
                + "\",\"seq\":" + seq + "," + rest + "\"prev\":\"" + ZEROS + "\",\"hash\":\"" + ZEROS + "\"}";
        return new AuditRecord(json.getBytes(StandardCharsets.UTF_8));
    }
}
