package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.encode.PrettyLine.Colour;
import org.jspecify.annotations.Nullable;

/**
 * A line a record for people, at most {@value PrettyLine#COLUMNS} columns, and a second one where the server complained:
 *
 * <pre>
 * 09:30:00.123 app@orders         READ            2    1.2 ms success    SELECT * FROM t WHERE id = ?
 * 09:30:00.130 app@orders         WRITE           0    0.8 ms 23505      INSERT INTO t VALUES (?)
 *                                                                        ERROR: duplicate key value violates ...
 * </pre>
 *
 * <p>Shows less than the record does: whoever needs the whole reads the JSON.
 */
public final class PrettyFormat implements RecordFormat {
    private static final int CLOCK_WIDTH = 12;
    private static final int WHO_WIDTH = 18;
    private static final int CLASS_WIDTH = 8;
    private static final int ROWS_WIDTH = 8;
    private static final int DURATION_WIDTH = 9;
    private static final int OUTCOME_WIDTH = 11;
    private static final int OUTCOME_AT = CLOCK_WIDTH + WHO_WIDTH + CLASS_WIDTH + ROWS_WIDTH + DURATION_WIDTH + 5;
    private static final int WHAT_AT = OUTCOME_AT + OUTCOME_WIDTH + 1;

    /** Where a record's time has the time of day; its first {@value #CLOCK_WIDTH} characters end at milliseconds. */
    private static final int CLOCK_AT = 11;

    private final PrettyLine line;

    /** @param colours whether a terminal shows them */
    public PrettyFormat(boolean colours) {
        line = new PrettyLine(colours);
    }

    @Override
    public void append(AuditRecord of, RecordBuffer to) {
        Members record = new Members(JsonTree.read(of.json()));
        String type = record.required("type");
        line.clear();
        line.left(clock(record.required("time")), CLOCK_WIDTH, Colour.DIM);
        if (record.has("session")) {
            line.left(who(record), WHO_WIDTH, Colour.NONE);
        }
        if (record.has("result")) {
            execution(record);
        } else {
            line.blanksTo(OUTCOME_AT);
            line.left(outcome(type, record), OUTCOME_WIDTH, Colour.DIM);
            line.rest(Summary.of(type, record), isTrouble(type) ? Colour.RED : Colour.DIM);
        }
        to.writeBytes(line.bytes());
    }

    private void execution(Members record) {
        Members result = record.in("result");
        String outcome = record.required("outcome");
        String sqlState = result.string("sqlstate");
        line.left(record.stringOr("class", ""), CLASS_WIDTH, Colour.NONE);
        line.right(Long.toString(result.numberOr("rows", 0)), ROWS_WIDTH, Colour.NONE);
        line.right(Summary.duration(record.numberOr("duration_us", 0)), DURATION_WIDTH, Colour.NONE);
        line.left(sqlState == null ? outcome : sqlState, OUTCOME_WIDTH, colour(outcome));
        line.rest(text(record), Colour.NONE);
        if (sqlState != null) {
            line.nextLine();
            line.blanksTo(WHAT_AT);
            line.rest(result.stringOr("severity", "") + ": " + result.stringOr("message", ""), Colour.RED);
        }
    }

    private static Colour colour(String outcome) {
        return switch (outcome) {
            case "success" -> Colour.GREEN;
            case "error" -> Colour.RED;
            default -> Colour.YELLOW;
        };
    }

    private static boolean isTrouble(String type) {
        return type.equals("audit.gap") || type.equals("sink.down") || type.equals("rule.alert");
    }

    private static String text(Members record) {
        Members copy = record.in("copy");
        String direction = copy.string("direction");
        String prefix = direction == null ? "" : "[" + direction + " " + Summary.size(copy.numberOr("bytes", 0)) + "] ";
        String sql = record.in("sql").string("text");
        if (sql != null) {
            return prefix + sql;
        }
        Long function = record.in("function").number("oid");
        return function == null ? prefix + "(statement not seen)" : "function " + function;
    }

    private static String outcome(String type, Members record) {
        return switch (type) {
            case "session.auth" -> {
                Members auth = record.in("auth");
                yield auth.stringOr("sqlstate", auth.stringOr("outcome", ""));
            }
            case "session.end" -> record.in("end").stringOr("sqlstate", "");
            case "transaction.end" -> record.in("transaction").stringOr("outcome", "");
            case "cancel" -> Boolean.TRUE.equals(record.in("cancel").bool("forwarded")) ? "forwarded" : "refused";
            case "statement.intent" -> "intent";
            case "rule.alert" -> "alert";
            default -> "";
        };
    }

    private static String clock(String time) {
        return time.length() < CLOCK_AT + CLOCK_WIDTH ? time : time.substring(CLOCK_AT, CLOCK_AT + CLOCK_WIDTH);
    }

    private static String who(Members record) {
        String user = record.stringOr("user", "-");
        @Nullable String database = record.string("database");
        return database == null ? user : user + "@" + database;
    }
}
