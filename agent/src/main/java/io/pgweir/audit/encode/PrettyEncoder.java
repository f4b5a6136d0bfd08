package io.pgweir.audit.encode;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.Origin;
import io.pgweir.audit.SessionTotals;
import io.pgweir.audit.TlsFacts;
import io.pgweir.audit.encode.PrettyLine.Colour;
import io.pgweir.config.AuditConfig;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.Execution;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
 * <p>Shows no more than {@link JsonEncoder}, and less: whoever needs the whole reads the JSON.
 */
public final class PrettyEncoder {
    private static final int CLOCK_WIDTH = 12;
    private static final int WHO_WIDTH = 18;
    private static final int CLASS_WIDTH = 8;
    private static final int ROWS_WIDTH = 8;
    private static final int DURATION_WIDTH = 9;
    private static final int OUTCOME_WIDTH = 11;
    private static final int OUTCOME_AT = CLOCK_WIDTH + WHO_WIDTH + CLASS_WIDTH + ROWS_WIDTH + DURATION_WIDTH + 5;
    private static final int WHAT_AT = OUTCOME_AT + OUTCOME_WIDTH + 1;

    /** Where {@link TimeText} has the time of day; its first {@value #CLOCK_WIDTH} characters end at milliseconds. */
    private static final int CLOCK_AT = 11;

    private final Redaction redaction;
    private final TimeText time = new TimeText();
    private final PrettyLine line;

    /** @param colours whether a terminal shows them */
    public PrettyEncoder(AuditConfig config, boolean colours) {
        redaction = Redaction.of(config);
        line = new PrettyLine(colours);
    }

    public void encode(AuditEvent event, long idHigh, long idLow, OutputStream lines) throws IOException {
        line.clear();
        byte[] whole = time.of(event.micros());
        line.left(new String(whole, CLOCK_AT, CLOCK_WIDTH, StandardCharsets.US_ASCII), CLOCK_WIDTH, Colour.DIM);
        if (event instanceof AuditEvent.OfSession ofSession) {
            line.left(who(ofSession.origin()), WHO_WIDTH, Colour.NONE);
        }
        if (event instanceof AuditEvent.OfExecution ofExecution) {
            execution(ofExecution);
        } else {
            line.blanksTo(OUTCOME_AT);
            line.left(outcome(event), OUTCOME_WIDTH, Colour.DIM);
            line.rest(what(event), event instanceof AuditEvent.AuditGap ? Colour.RED : Colour.DIM);
        }
        lines.write(line.bytes());
    }

    public void reset() {
        line.clear();
    }

    private void execution(AuditEvent.OfExecution event) {
        Execution execution = event.execution();
        SqlStatement statement = execution.statement();
        ErrorFields error = execution.error();
        String outcome = Words.outcome(execution);
        line.left(statement == null ? "" : statement.statementClass().name(), CLASS_WIDTH, Colour.NONE);
        line.right(Long.toString(execution.rows()), ROWS_WIDTH, Colour.NONE);
        line.right(duration(execution.endNanos() - execution.startNanos()), DURATION_WIDTH, Colour.NONE);
        line.left(error == null ? outcome : error.sqlState(), OUTCOME_WIDTH, colour(outcome));
        line.rest(text(execution, statement), Colour.NONE);
        if (error != null) {
            line.nextLine();
            line.blanksTo(WHAT_AT);
            line.rest(error.severity() + ": " + redaction.message(event.origin(), execution, error), Colour.RED);
        }
    }

    private static Colour colour(String outcome) {
        return switch (outcome) {
            case "success" -> Colour.GREEN;
            case "error" -> Colour.RED;
            default -> Colour.YELLOW;
        };
    }

    private String text(Execution execution, @Nullable SqlStatement statement) {
        CopyTotals copy = execution.copy();
        String prefix = copy == null ? "" : "[" + Words.of(copy.direction()) + " " + size(copy.bytes()) + "] ";
        if (statement != null) {
            return prefix + Cut.head(redaction.shown(statement), 4 * PrettyLine.COLUMNS);
        }
        return execution.path() == Execution.Path.FUNCTION_CALL
                ? "function " + Integer.toUnsignedLong(execution.functionOid())
                : prefix + "(statement not seen)";
    }

    private static String outcome(AuditEvent event) {
        return switch (event) {
            case AuditEvent.SessionAuth of ->
                of.error() == null ? "success" : of.error().sqlState();
            case AuditEvent.SessionEnd of ->
                of.end().sqlState() == null ? "" : of.end().sqlState();
            case AuditEvent.TransactionEnd of -> Words.of(of.transaction().outcome());
            case AuditEvent.Cancel of -> of.forwarded() ? "forwarded" : "refused";
            default -> "";
        };
    }

    private static String what(AuditEvent event) {
        return switch (event) {
            case AuditEvent.SessionStart of -> "session from " + client(of.origin());
            case AuditEvent.SessionAuth of -> "authentication by " + of.method();
            case AuditEvent.SessionEnd of -> "session ends, " + of.end().cause() + ": " + totals(of.totals());
            case AuditEvent.TransactionEnd of ->
                "transaction of " + counted(of.transaction().executions(), "execution");
            case AuditEvent.Cancel of ->
                "cancel from " + client(of.origin()) + (of.target() == null ? " for nobody" : "");
            case AuditEvent.AuditStart _ -> "audit starts";
            case AuditEvent.AuditStop of -> "audit stops after " + counted(of.records(), "record");
            case AuditEvent.AuditGap of ->
                "audit gap: " + counted(of.dropped(), "record") + " lost, " + Words.of(of.reason());
            default -> event.type();
        };
    }

    private static String totals(SessionTotals totals) {
        return counted(totals.executions(), "execution") + ", " + counted(totals.errors(), "error") + " in "
                + duration(totals.durationNanos());
    }

    private static String who(Origin origin) {
        String user = origin.user() == null ? "-" : origin.user();
        return origin.database() == null ? user : user + "@" + origin.database();
    }

    private static String client(Origin origin) {
        TlsFacts tls = origin.tls();
        String where = origin.client().address() + " port " + origin.client().port();
        return tls == null ? where : where + ", " + tls.version();
    }

    private static String counted(long count, String noun) {
        return count + " " + (count == 1 ? noun : noun + "s");
    }

    private static String duration(long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        if (micros < 1000) {
            return micros + " us";
        }
        if (micros < 1_000_000) {
            return tenths(micros, 1000) + " ms";
        }
        return tenths(micros, 1_000_000) + " s";
    }

    private static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        if (bytes < 1024 * 1024) {
            return tenths(bytes, 1024) + " KiB";
        }
        return tenths(bytes, 1024 * 1024) + " MiB";
    }

    private static String tenths(long value, long unit) {
        return String.format(Locale.ROOT, "%.1f", (double) value / unit);
    }
}
