package io.pgweir.audit.encode;

import io.pgweir.audit.AuditEvent;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.Execution;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** The words that records use for what the code calls by a constant: part of the schema, so written out here. */
final class Words {
    private Words() {}

    static String outcome(Execution execution) {
        if (execution.error() != null) {
            return "error";
        }
        if (execution.suspended()) {
            return "suspended";
        }
        return execution.answered() ? "success" : "unanswered";
    }

    /** The statement's command; where pgweir never saw the statement or it is none of SQL's, the words of the server's tag. */
    static @Nullable String command(Execution execution) {
        SqlStatement statement = execution.statement();
        String tag = execution.tag();
        if (statement != null && (tag == null || !statement.command().isEmpty())) {
            return statement.command();
        }
        if (tag == null) {
            return null;
        }
        int end = 0;
        while (end < tag.length() && !Character.isDigit(tag.charAt(end))) {
            end++;
        }
        return tag.substring(0, end).strip();
    }

    static String of(Execution.Path path) {
        return switch (path) {
            case SIMPLE -> "simple";
            case EXTENDED -> "extended";
            case FUNCTION_CALL -> "function";
        };
    }

    static String of(Execution.Step step) {
        return switch (step) {
            case PARSE -> "parse";
            case BIND -> "bind";
            case DESCRIBE -> "describe";
            case EXECUTE -> "execute";
        };
    }

    static String of(TransactionStatus status) {
        return switch (status) {
            case IDLE -> "idle";
            case IN_TRANSACTION -> "in_transaction";
            case FAILED -> "failed";
        };
    }

    static String of(Transaction.Outcome outcome) {
        return switch (outcome) {
            case OPEN -> "open";
            case COMMITTED -> "committed";
            case ROLLED_BACK -> "rolled_back";
            case PREPARED -> "prepared";
            case UNKNOWN -> "unknown";
        };
    }

    static String of(CopyTotals.Direction direction) {
        return switch (direction) {
            case IN -> "in";
            case OUT -> "out";
            case BOTH -> "both";
        };
    }

    static String of(CopyTotals.Format format) {
        return switch (format) {
            case TEXT -> "text";
            case CSV -> "csv";
            case BINARY -> "binary";
        };
    }

    static String of(AuditEvent.AuditGap.Reason reason) {
        return switch (reason) {
            case QUEUE_FULL -> "queue_full";
            case SINK_FAILED -> "sink_failed";
            case NOT_ENCODED -> "not_encoded";
            case NOT_DURABLE -> "not_durable";
            case SPOOL_DAMAGED -> "spool_damaged";
            case OVERSIZED -> "oversized";
            case RESTAMPED -> "restamped";
        };
    }
}
