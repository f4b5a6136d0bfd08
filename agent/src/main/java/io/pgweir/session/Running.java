package io.pgweir.session;

import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.ErrorFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server is answering right now: the execution of the request at the head, from its first answer to its last.
 *
 * <p>Of a Query, statement {@code i} ends at the {@code i}-th CommandComplete or EmptyQueryResponse. An error belongs to the
 * first statement that has not ended, or, where the whole text did not parse, to the one that the error's position points into;
 * the rest never ran. Answers beyond the last statement are executions without a statement.
 */
final class Running {
    private static final String SYNTAX_ERROR = "42601";

    private final Names names;
    private final TransactionModel transactions;
    private final ExecutionLog log;
    private final CopyStreams copies;
    private final Scripts scripts;

    private @Nullable Execution execution;

    /** Whose execution it is; null in a Query. */
    private @Nullable Portal portal;

    /** The portal has run to its end before: PostgreSQL runs nothing. */
    private boolean repeating;

    private long repeatedExecutes;

    /** Of the Query at the head, once it is being answered. */
    private @Nullable SqlScript script;

    /** The Query's statement that is or will be answered next. */
    private int next;

    private boolean failed;
    private long statementStart;

    /** What replication answered first: its second CommandComplete is the one that counts. */
    private @Nullable String replicationTag;

    /** Rows that came for {@link #execution}. */
    private long rows;

    private boolean resumed;

    /** Among what was told as lost there was a COMMIT. */
    private boolean lostCommit;

    Running(Names names, TransactionModel transactions, ExecutionLog log, CopyStreams copies, Scripts scripts) {
        this.names = names;
        this.transactions = transactions;
        this.log = log;
        this.copies = copies;
        this.scripts = scripts;
    }

    long repeatedExecutes() {
        return repeatedExecutes;
    }

    @Nullable
    Execution execution() {
        return execution;
    }

    /** Whether the Query or FunctionCall at the head has been answered: its ReadyForQuery may come. */
    boolean hasAnswered() {
        return failed || next > 0 || execution != null;
    }

    /**
     * The execution of {@code head}, begun if it was not.
     *
     * @return null where the head runs nothing: a portal that is done, a Query that has failed
     */
    @Nullable
    Execution open(Request head) {
        if (execution == null && !repeating && !failed) {
            switch (head.kind) {
                case EXECUTE -> openPortal(head);
                case QUERY -> openStatement(head);
                default -> {}
            }
        }
        return execution;
    }

    private void openPortal(Request head) {
        Portal found = portal(head);
        portal = found;
        rows = 0;
        resumed = false;
        if (found != null && found.execution != null) {
            execution = found.execution;
            rows = execution.rows;
            resumed = true;
            execution.ownNanos += head.ownNanos;
        } else if (found != null && found.done) {
            repeating = true;
        } else {
            execution = beginPortal(head, found);
        }
    }

    private @Nullable Portal portal(Request execute) {
        return execute.malformed ? null : names.portal(execute.name);
    }

    private Execution beginPortal(Request head, @Nullable Portal found) {
        Execution begun = log.begin(Execution.Path.EXTENDED, head.startNanos, head.ownNanos);
        begun.portalName = head.malformed ? null : head.name;
        if (found != null) {
            found.execution = begun;
            begun.statementName = found.statementName;
            begun.parameters = found.parameters;
            begun.fields = found.fields;
            if (found.statement != null) {
                describe(begun, found.statement.text, found.statement.statement);
                if (begun.fields < 0) {
                    begun.fields = found.statement.fields;
                }
            }
        }
        return begun;
    }

    private void openStatement(Request head) {
        List<SqlStatement> statements = enter(head).statements();
        SqlStatement statement = next < statements.size() ? statements.get(next) : null;
        begin(head, statement);
    }

    private void begin(Request head, @Nullable SqlStatement statement) {
        boolean first = next == 0;
        Execution begun =
                log.begin(Execution.Path.SIMPLE, first ? head.startNanos : statementStart, first ? head.ownNanos : 0);
        if (head.text != null) {
            describe(begun, head.text, statement);
        }
        execution = begun;
        rows = 0;
        resumed = false;
    }

    /** The Query's statements. Its first answer ends the unnamed statement and portal, as exec_simple_query does. */
    private SqlScript enter(Request head) {
        SqlScript entered = script;
        if (entered == null) {
            entered = scripts.of(head.text == null ? "" : head.text.text);
            script = entered;
            names.forgetStatement("");
            endPortal(names.forgetPortal(""), head.startNanos);
        }
        return entered;
    }

    private void describe(Execution begun, QueryText text, @Nullable SqlStatement statement) {
        begun.statement = statement;
        begun.textBytes = text.bytes;
        begun.textTruncated = text.truncated;
        begun.textSha256 = text.sha256;
        if (statement != null && statement.kind() == StatementKind.EXECUTE) {
            begun.resolved = names.resolve(statement.preparedName());
        }
    }

    /** One row of {@code bytes} went by. */
    void onRow(Request head, int bytes, long nanos) {
        Execution running = open(head);
        if (running != null) {
            rows++;
            onBytes(running, bytes, nanos);
        }
    }

    void onBytes(Execution running, int bytes, long nanos) {
        running.bytes += bytes;
        if (running.firstRowNanos == 0) {
            running.firstRowNanos = nanos;
        }
    }

    /** CommandComplete, or EmptyQueryResponse where {@code tag} is null. An Execute is popped, a Query goes on. */
    void complete(Request head, @Nullable String tag, long nanos) {
        Execution running = open(head);
        if (running == null) {
            if (repeating) {
                repeatedExecutes++;
                leavePortal();
            }
            return;
        }
        if (replicationTag == null && copies.direction() == CopyTotals.Direction.BOTH && isCopyTag(tag)) {
            replicationTag = tag;
            return;
        }
        running.copy = running.copy == null ? copies.complete() : running.copy;
        running.tag = tag;
        running.answered = true;
        running.rows = tag == null || resumed ? rows : CommandTag.rows(tag, rows);
        if (portal != null) {
            portal.done = true;
            portal.execution = null;
        }
        if (tag != null) {
            applyTag(tag, running.statement, nanos);
        }
        leave(head, running, nanos);
    }

    private static boolean isCopyTag(@Nullable String tag) {
        return tag != null && tag.startsWith("COPY");
    }

    private void applyTag(String tag, @Nullable SqlStatement statement, long nanos) {
        if (statement != null) {
            applyNames(tag, statement, nanos);
        }
        if (endsTransaction(tag, statement)) {
            endPortals(nanos);
        }
        transactions.onTag(tag, statement, nanos);
    }

    private static boolean endsTransaction(String tag, @Nullable SqlStatement statement) {
        return switch (tag) {
            case "COMMIT", "PREPARE TRANSACTION" -> true;
            case "ROLLBACK" -> statement != null && statement.kind() != StatementKind.ROLLBACK_TO;
            default -> false;
        };
    }

    private void applyNames(String tag, SqlStatement statement, long nanos) {
        String name = statement.preparedName();
        switch (tag) {
            case "PREPARE" -> {
                String text = statement.preparedText();
                if (name != null && text != null) {
                    names.prepare(new PreparedStatement(
                            name, QueryText.whole(text), scripts.single(text), RequestQueue.NO_TYPES));
                }
            }
            case "DEALLOCATE" -> {
                if (name != null) {
                    names.forgetStatement(name);
                }
            }
            case "DEALLOCATE ALL" -> names.forgetNamedStatements();
            case "DISCARD ALL" -> {
                names.forgetNamedStatements();
                endPortals(nanos);
            }
            default -> {}
        }
    }

    /** PortalSuspended: the row limit was reached, the execution goes on with the next Execute. */
    void suspend(Request head) {
        if (execution != null) {
            execution.rows = rows;
            if (portal == null) {
                // An SQL-level cursor, or a portal that pgweir never saw bound: from here on it is known.
                Portal unseen = new Portal(head.name, null, null, null);
                unseen.execution = execution;
                names.bind(unseen);
            }
        }
        execution = null;
        leavePortal();
    }

    /** ErrorResponse to an Execute or a Query. */
    void fail(Request head, ErrorFields error, long nanos) {
        if (failed) {
            return;
        }
        repeating = false;
        Execution running = execution;
        if (running == null) {
            if (head.kind == Request.Kind.EXECUTE) {
                Portal found = portal(head);
                portal = found;
                running = found != null && found.execution != null ? found.execution : beginPortal(head, found);
            } else {
                begin(head, culprit(enter(head).statements(), error));
                running = execution;
            }
        }
        if (running == null) {
            return;
        }
        running.copy = copies.fail();
        running.rows = Math.max(rows, running.rows);
        if (portal != null) {
            portal.execution = null;
            portal.done = true;
        }
        failed = head.kind == Request.Kind.QUERY;
        refuse(running, error);
        leave(head, running, nanos);
    }

    private void refuse(Execution running, ErrorFields error) {
        running.error = error;
        running.answered = true;
        transactions.onError();
    }

    /** ErrorResponse to a Parse, Bind or Describe. */
    void failStep(Request head, Execution.Step step, ErrorFields error, long nanos) {
        Execution refused = log.begin(Execution.Path.EXTENDED, head.startNanos, head.ownNanos);
        refused.step = step;
        if (!head.malformed) {
            describeStep(refused, head);
        }
        refuse(refused, error);
        log.end(refused, nanos);
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
        PreparedStatement prepared = names.statement(statementName);
        if (prepared != null) {
            describe(refused, prepared.text, prepared.statement);
        }
    }

    /** FunctionCallResponse, or its ErrorResponse, or none at all. */
    void endCall(Request head, @Nullable ErrorFields error, boolean answered, int valueBytes, long nanos) {
        if (failed) {
            return;
        }
        Execution call = log.begin(Execution.Path.FUNCTION_CALL, head.startNanos, head.ownNanos);
        call.functionOid = head.functionOid;
        call.parameters = head.parameters;
        call.answered = answered;
        call.bytes = valueBytes;
        if (error != null) {
            refuse(call, error);
        }
        failed = true;
        log.end(call, nanos);
    }

    private @Nullable SqlStatement culprit(List<SqlStatement> statements, ErrorFields error) {
        if (next == 0
                && statements.size() > 1
                && error.position() > 0
                && error.sqlState().equals(SYNTAX_ERROR)) {
            int index = index(script == null ? "" : script.text(), error.position());
            for (SqlStatement statement : statements) {
                if (index < statement.end()) {
                    return statement;
                }
            }
            return statements.getLast();
        }
        return next < statements.size() ? statements.get(next) : null;
    }

    /** PostgreSQL counts characters from 1, Java chars from 0. */
    private static int index(String text, int position) {
        int characters = text.codePointCount(0, text.length());
        return text.offsetByCodePoints(0, Math.min(position - 1, characters));
    }

    private void leave(Request head, Execution done, long nanos) {
        execution = null;
        log.end(done, nanos);
        if (head.kind == Request.Kind.QUERY) {
            next++;
            statementStart = nanos;
        }
        leavePortal();
    }

    private void leavePortal() {
        portal = null;
        repeating = false;
    }

    /** The head goes before its answer was complete, or its ReadyForQuery came: nothing of it is running any more. */
    void abandon(long nanos) {
        Execution running = execution;
        if (running != null) {
            running.copy = copies.fail();
            running.rows = rows;
            running.tag = replicationTag;
            running.answered = replicationTag != null;
            if (portal != null) {
                portal.execution = null;
            }
            execution = null;
            log.end(running, nanos);
        }
        leavePortal();
        script = null;
        next = 0;
        failed = false;
        replicationTag = null;
    }

    /** A portal that is no more; what it had begun is told. */
    void endPortal(@Nullable Portal ended, long nanos) {
        if (ended == null) {
            return;
        }
        Execution open = ended.execution;
        ended.execution = null;
        if (open != null && open != execution) {
            open.suspended = true;
            open.answered = true;
            log.end(open, nanos);
        }
    }

    /** The transaction is over, and every portal with it. */
    void endPortals(long nanos) {
        for (Portal ended : names.portals()) {
            endPortal(ended, nanos);
        }
        names.forgetPortals();
    }

    /** The connection is gone: the Query at the head has these statements still to run. None of them is answered. */
    void loseStatements(Request head, long nanos) {
        if (failed) {
            return;
        }
        int statements = enter(head).statements().size();
        boolean unanswered = next == 0 && execution == null;
        while (execution != null || next < statements || unanswered) {
            unanswered = false;
            Execution lost = open(head);
            if (lost == null) {
                return;
            }
            lose(lost);
            leave(head, lost, nanos);
        }
    }

    /** The connection is gone: this Execute is not answered. */
    void loseExecute(Request head, long nanos) {
        Execution lost = open(head);
        if (lost != null) {
            lose(lost);
            if (portal != null) {
                portal.execution = null;
                portal.done = true;
            }
            leave(head, lost, nanos);
        }
        leavePortal();
    }

    private void lose(Execution lost) {
        lost.copy = copies.fail();
        lost.rows = rows;
        lostCommit |= isCommit(lost);
    }

    boolean hasLostCommit() {
        return lostCommit;
    }

    /** Or may be one, where pgweir does not know what ran. */
    static boolean isCommit(Execution execution) {
        SqlStatement statement = execution.statement;
        if (statement == null) {
            return execution.path == Execution.Path.EXTENDED && execution.textBytes == 0;
        }
        return statement.kind() == StatementKind.COMMIT || statement.kind() == StatementKind.PREPARE_TRANSACTION;
    }
}
