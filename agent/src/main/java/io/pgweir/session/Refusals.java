package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/** Executions that came no further than Parse, Bind or Describe; and what an execution knows of its statement. */
final class Refusals {
    private final Names names;
    private final TransactionModel transactions;
    private final ExecutionLog log;
    private final Scripts scripts;

    Refusals(Names names, TransactionModel transactions, ExecutionLog log, Scripts scripts) {
        this.names = names;
        this.transactions = transactions;
        this.log = log;
        this.scripts = scripts;
    }

    /** ErrorResponse to a Parse, Bind or Describe. */
    void tell(Request head, Execution.Step step, ErrorFields error, long nanos) {
        Execution refused = log.begin(Execution.Path.EXTENDED, head.startNanos, head.ownNanos);
        refused.step = step;
        head.tell(refused, 0);
        if (!head.malformed) {
            describeStep(refused, head);
        }
        refuse(refused, error);
        log.end(refused, nanos);
    }

    void refuse(Execution running, ErrorFields error) {
        running.error = error;
        running.answered = true;
        transactions.onError();
    }

    void describe(Execution begun, QueryText text, @Nullable SqlStatement statement) {
        begun.statement = statement;
        begun.textBytes = text.bytes;
        begun.textTruncated = text.truncated;
        begun.textSha256 = text.sha256;
        if (statement != null && statement.kind() == StatementKind.EXECUTE) {
            begun.resolved = names.resolve(statement.preparedName());
            begun.doubtful |= names.isDoubtful(statement.preparedName());
        } else if (statement != null && statement.command().equals("FETCH")) {
            String cursor = statement.cursorName();
            begun.resolved = cursor == null ? null : names.fetched(cursor);
        }
    }

    private void describeStep(Execution refused, Request head) {
        switch (head.kind) {
            case PARSE -> {
                refused.statementName = head.name;
                if (head.text != null) {
                    describe(refused, head.text, scripts.single(head.text.text));
                }
                if (head.name.isEmpty()) {
                    names.forgetStatement("");
                }
            }
            case BIND -> {
                refused.portalName = head.name;
                refused.parameters = head.parameters;
                describe(refused, head.statementName);
            }
            case DESCRIBE_STATEMENT -> describe(refused, head.name);
            default -> {
                refused.portalName = head.name;
                Portal found = names.portal(head.name);
                if (found != null && found.statementName != null) {
                    describe(refused, found.statementName);
                }
            }
        }
    }

    private void describe(Execution refused, String statementName) {
        refused.statementName = statementName;
        refused.doubtful |= names.isDoubtful(statementName);
        PreparedStatement prepared = names.statement(statementName);
        if (prepared != null) {
            describe(refused, prepared.text, prepared.statement);
        }
    }
}
