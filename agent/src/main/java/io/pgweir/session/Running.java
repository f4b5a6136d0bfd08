package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * What the server is answering right now: the execution of the request at the head, from its first answer to its last.
 *
 * <p>Of a Query, statement {@code i} ends at the {@code i}-th CommandComplete or EmptyQueryResponse. An error belongs to the
 * first statement that has not ended, or, where the whole text did not parse, to the one that the error's position points into;
 * the rest never ran. Answers beyond the last statement are executions without a statement.
 */
final class Running {
    private final Names names;
    private final TransactionModel transactions;
    private final ExecutionLog log;
    private final CopyStreams copies;
    private final QueryCursor query;
    private final Refusals refusals;
    private final TagEffects effects;

    private @Nullable Execution execution;

    /** Whose execution it is; null in a Query. */
    private @Nullable Portal portal;

    /** The portal has run to its end before: PostgreSQL runs nothing. */
    private boolean repeating;

    private long repeatedExecutes;

    private boolean failed;

    /** What a replication command has answered so far: the last CommandComplete is the one that counts. */
    private @Nullable String interimTag;

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
        query = new QueryCursor(scripts);
        refusals = new Refusals(names, transactions, log, scripts);
        effects = new TagEffects(names, scripts);
    }

    Refusals refusals() {
        return refusals;
    }

    long repeatedExecutes() {
        return repeatedExecutes;
    }

    @Nullable
    Execution execution() {
        return execution;
    }

    /** What was thought of the statement that {@code head} is answered of next. */
    @Nullable
    Opinion opinion(Request head) {
        return head.opinion(head.kind == Request.Kind.QUERY ? query.index() : 0);
    }

    /** Whether the Query or FunctionCall at the head has been answered: its ReadyForQuery may come. */
    boolean hasAnswered() {
        return failed || query.hasAdvanced() || execution != null;
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
            execution.opinion = head.opinions == null ? execution.opinion : head.opinion(0);
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
        head.tell(begun, 0);
        if (found != null) {
            found.execution = begun;
            begun.statementName = found.statementName;
            begun.parameters = found.parameters;
            begun.fields = found.fields;
            if (found.statement != null) {
                begun.doubtful = found.statement.doubtful;
                begun.rewritten = found.statement.rewritten;
                refusals.describe(begun, found.statement.text, found.statement.statement);
                if (begun.fields < 0) {
                    begun.fields = found.statement.fields;
                }
            }
        }
        return begun;
    }

    private void openStatement(Request head) {
        enter(head);
        begin(head, query.next());
    }

    private void begin(Request head, @Nullable SqlStatement statement) {
        long ownNanos = query.hasAdvanced() ? 0 : head.ownNanos;
        Execution begun = log.begin(Execution.Path.SIMPLE, query.startNanos(head), ownNanos);
        head.tell(begun, query.index());
        if (head.text != null) {
            refusals.describe(begun, head.text, statement);
        }
        execution = begun;
        rows = 0;
        resumed = false;
    }

    /** A Query's first answer ends the unnamed statement and portal, as exec_simple_query does. */
    private void enter(Request head) {
        if (query.enter(head)) {
            names.forgetStatement("");
            endPortal(names.forgetPortal(""), head.startNanos);
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
        if (ReplicationCommand.isInterim(running.statement, tag)) {
            running.copy = running.copy == null ? copies.complete() : running.copy;
            interimTag = tag;
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
            applyTag(tag, running, nanos);
        }
        leave(head, running, nanos);
    }

    private void applyTag(String tag, Execution done, long nanos) {
        if (effects.endsPortals(tag, done.statement, done.opinion)) {
            endPortals(nanos);
        }
        transactions.onTag(tag, done.statement, nanos);
    }

    /** PortalSuspended: the row limit was reached, the execution goes on with the next Execute. */
    void suspend(Request head) {
        if (execution != null) {
            execution.rows = rows;
            if (portal == null) {
                // An SQL-level cursor, or a portal that pgweir never saw bound: from here on it is known.
                Portal unseen = new Portal(head.name, null, null, null, null);
                unseen.execution = execution;
                names.bind(unseen);
            }
        }
        execution = null;
        leavePortal();
    }

    /** Of a COPY that was complete before, what it was stays. */
    private void failCopy(Execution running) {
        CopyTotals totals = copies.fail();
        if (totals != null) {
            running.copy = totals;
        }
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
                enter(head);
                begin(head, query.culprit(error));
                running = execution;
            }
        }
        if (running == null) {
            return;
        }
        failCopy(running);
        running.rows = Math.max(rows, running.rows);
        if (portal != null) {
            portal.execution = null;
            portal.done = true;
        }
        failed = head.kind == Request.Kind.QUERY;
        refusals.refuse(running, error);
        leave(head, running, nanos);
    }

    /** FunctionCallResponse, or its ErrorResponse, or none at all. */
    void endCall(Request head, @Nullable ErrorFields error, boolean answered, int valueBytes, long nanos) {
        if (failed) {
            return;
        }
        Execution call = log.begin(Execution.Path.FUNCTION_CALL, head.startNanos, head.ownNanos);
        call.functionOid = head.functionOid;
        head.tell(call, 0);
        call.parameters = head.parameters;
        call.answered = answered;
        call.bytes = valueBytes;
        if (error != null) {
            refusals.refuse(call, error);
        }
        failed = true;
        log.end(call, nanos);
    }

    private void leave(Request head, Execution done, long nanos) {
        execution = null;
        log.end(done, nanos);
        if (head.kind == Request.Kind.QUERY) {
            query.advance(nanos);
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
            failCopy(running);
            running.rows = rows;
            running.tag = interimTag;
            running.answered = interimTag != null;
            if (portal != null) {
                portal.execution = null;
            }
            execution = null;
            log.end(running, nanos);
        }
        leavePortal();
        query.leave();
        failed = false;
        interimTag = null;
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
        enter(head);
        boolean unanswered = !query.hasAdvanced() && execution == null;
        while (execution != null || query.hasNext() || unanswered) {
            unanswered = false;
            Execution lost = open(head);
            if (lost == null) {
                return;
            }
            lose(head, lost);
            leave(head, lost, nanos);
        }
    }

    /** The connection is gone: this Execute is not answered. */
    void loseExecute(Request head, long nanos) {
        Execution lost = open(head);
        if (lost != null) {
            lose(head, lost);
            if (portal != null) {
                portal.execution = null;
                portal.done = true;
            }
            leave(head, lost, nanos);
        }
        leavePortal();
    }

    private void lose(Request head, Execution lost) {
        failCopy(lost);
        lost.rows = rows;
        if (head.refusal == null) {
            lostCommit |= isCommit(lost);
        } else {
            refusals.refuse(lost, head.refusal);
        }
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
