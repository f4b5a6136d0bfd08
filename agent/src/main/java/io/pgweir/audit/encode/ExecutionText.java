package io.pgweir.audit.encode;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.Intent;
import io.pgweir.audit.Origin;
import io.pgweir.config.AuditConfig;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.Execution;
import io.pgweir.session.Transaction;
import io.pgweir.session.WalTotals;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;

/** The properties of {@code statement}, {@code copy} and {@code function_call} records. One thread. */
final class ExecutionText {
    /** Of a statement's or portal's name: PostgreSQL takes longer ones in the protocol, nobody uses them. */
    private static final int NAME_BYTES_MAX = 256;

    private final int textBytesMax;
    private final Redaction redaction;
    private final SqlText sql;
    private final ParameterText parameters;

    ExecutionText(AuditConfig config, Tokens tokens, Disclosed open) {
        redaction = Redaction.of(config);
        textBytesMax = config.textBytes();
        sql = new SqlText(redaction, config.textBytes(), tokens, open);
        parameters = new ParameterText(redaction, tokens, open);
    }

    void write(JsonText json, AuditEvent.OfExecution event) {
        Execution execution = event.execution();
        SqlStatement statement = execution.statement();
        json.string(Property.PROTOCOL, Words.of(execution.path()));
        json.string(Property.STEP, Words.of(execution.step()));
        json.stringUnlessNull(Property.COMMAND, Words.command(execution));
        if (statement != null) {
            json.string(Property.CLASS, statement.statementClass().name());
        }
        if (execution.path() == Execution.Path.FUNCTION_CALL) {
            writeFunction(json, execution.functionOid());
        }
        if (execution.intent() != null) {
            json.uuid(Property.INTENT, execution.intent());
        }
        sql.write(json, execution);
        SqlStatement resolved = execution.resolved();
        if (resolved != null && statement != null && statement.preparedName() != null) {
            sql.writePrepared(json, statement.preparedName(), resolved);
        }
        SqlStatement rewritten = execution.rewritten();
        if (rewritten != null) {
            sql.writeRewritten(json, rewritten);
        }
        writeName(json, Property.STATEMENT_NAME, execution.statementName());
        writeName(json, Property.PORTAL, execution.portalName());
        json.number(Property.PIPELINE_POSITION, execution.pipelinePosition());
        parameters.write(json, event.origin(), execution);
        writeCopy(json, execution.copy());
        writeResult(json, event.origin(), execution);
        json.string(Property.OUTCOME, Words.outcome(execution));
        if (execution.doubtful()) {
            json.bool(Property.DOUBTFUL, true);
        }
        RulesText.write(json, execution.opinion());
        writeTimes(json, event.origin(), execution);
        writeTransaction(json, execution);
    }

    /** Of {@code statement.intent}: what is asked; who, how and what came of it stand in the records before and behind. */
    void write(JsonText json, Intent intent) {
        SqlStatement statement = intent.statement();
        json.string(Property.PROTOCOL, Words.of(intent.path()));
        json.string(Property.STEP, Words.of(intent.step()));
        if (statement != null) {
            json.string(Property.COMMAND, statement.command());
            json.string(Property.CLASS, statement.statementClass().name());
        }
        if (intent.path() == Execution.Path.FUNCTION_CALL) {
            writeFunction(json, intent.functionOid());
        }
        if (statement != null) {
            sql.write(json, statement);
        }
        writeName(json, Property.STATEMENT_NAME, intent.statementName());
        writeName(json, Property.PORTAL, intent.portalName());
    }

    /** Of {@code rule.alert}: which rule, and what it is about. */
    void write(JsonText json, AuditEvent.RuleAlert alert) {
        RulesText.writeAlert(json, alert);
        SqlStatement statement = alert.statement();
        if (statement != null) {
            json.string(Property.COMMAND, statement.command());
            json.string(Property.CLASS, statement.statementClass().name());
            sql.write(json, statement);
        }
    }

    private static void writeFunction(JsonText json, int oid) {
        json.begin(Property.FUNCTION);
        json.number(Property.OID, Integer.toUnsignedLong(oid));
        json.end();
    }

    private static void writeName(JsonText json, SerializableString property, @Nullable String name) {
        if (name != null) {
            json.string(property, Cut.head(name, NAME_BYTES_MAX));
        }
    }

    private static void writeCopy(JsonText json, @Nullable CopyTotals copy) {
        if (copy == null) {
            return;
        }
        json.begin(Property.COPY);
        json.string(Property.DIRECTION, Words.of(copy.direction()));
        json.string(Property.FORMAT, Words.of(copy.format()));
        json.number(Property.ROWS, copy.rows());
        json.number(Property.BYTES, copy.bytes());
        byte[] sha256 = copy.sha256();
        if (sha256 != null) {
            json.string(Property.SHA256, HexFormat.of().formatHex(sha256));
        }
        writeWal(json, copy.wal());
        json.end();
    }

    private static void writeWal(JsonText json, @Nullable WalTotals wal) {
        if (wal == null) {
            return;
        }
        json.begin(Property.WAL);
        json.number(Property.MESSAGES_FROM_SERVER, wal.messagesFromServer());
        json.number(Property.MESSAGES_FROM_CLIENT, wal.messagesFromClient());
        json.number(Property.BYTES, wal.bytes());
        writeLsn(json, Property.FIRST_LSN, wal.firstLsn());
        writeLsn(json, Property.LAST_LSN, wal.lastLsn());
        writeLsn(json, Property.FLUSHED_LSN, wal.flushedLsn());
        json.end();
    }

    /** As pg_lsn prints: two halves in hex; nothing of 0. */
    static void writeLsn(JsonText json, SerializableString property, long lsn) {
        if (lsn != 0) {
            String text = Long.toHexString(lsn >>> 32) + "/" + Long.toHexString(lsn & 0xffff_ffffL);
            json.string(property, text.toUpperCase(Locale.ROOT));
        }
    }

    private void writeResult(JsonText json, Origin origin, Execution execution) {
        json.begin(Property.RESULT);
        json.number(Property.ROWS, execution.rows());
        json.number(Property.BYTES, execution.bytes());
        if (execution.fields() >= 0) {
            json.number(Property.FIELDS, execution.fields());
        }
        json.stringUnlessNull(Property.TAG, execution.tag());
        ErrorFields error = execution.error();
        if (error != null) {
            json.string(Property.SQLSTATE, error.sqlState());
            json.string(Property.SEVERITY, error.severity());
            writeMessage(json, origin, execution, error);
        }
        json.end();
    }

    private void writeMessage(JsonText json, Origin origin, Execution execution, ErrorFields error) {
        json.string(Property.MESSAGE, Cut.head(redaction.message(origin, execution, error), textBytesMax));
        if (!redaction.showsMessagesOf(execution, error)) {
            return;
        }
        if (error.detail() != null) {
            json.string(Property.DETAIL, Cut.head(error.detail(), textBytesMax));
        }
        if (error.hint() != null) {
            json.string(Property.HINT, Cut.head(error.hint(), textBytesMax));
        }
    }

    private static void writeTimes(JsonText json, Origin origin, Execution execution) {
        long start = execution.startNanos();
        long duration = Math.max(0, execution.endNanos() - start);
        long own = Math.clamp(execution.ownNanos(), 0, duration);
        if (execution.firstRowNanos() != 0) {
            json.time(Property.TIME_FIRST_ROW, origin.micros(execution.firstRowNanos()));
        }
        json.time(Property.TIME_END, origin.micros(start + duration));
        json.number(Property.DURATION_US, duration / 1000);
        json.number(Property.SERVER_US, (duration - own) / 1000);
        json.number(Property.OWN_US, own / 1000);
    }

    private static void writeTransaction(JsonText json, Execution execution) {
        Transaction transaction = execution.transaction();
        json.begin(Property.TRANSACTION);
        json.number(Property.NUMBER, transaction.number());
        json.bool(Property.EXPLICIT, transaction.explicit());
        json.string(Property.STATUS_BEFORE, Words.of(execution.statusBefore()));
        json.string(Property.STATUS_AFTER, Words.of(execution.statusAfter()));
        json.string(Property.OUTCOME, Words.of(transaction.outcome()));
        json.end();
    }
}
