package io.pgweir.session;

import io.pgweir.session.Request.Kind;
import io.pgweir.session.Transaction.Outcome;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.CopyFormat;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * The server's half: which request each answer belongs to.
 *
 * <pre>
 *   request            its answers                                       popped at
 *   Parse              1                                                 1
 *   Bind               2                                                 2
 *   Describe S / P     t (T | n)  /  T | n                               T, n
 *   Execute            D* (C | I | s), G .. C, H d* c C                  C, I, s
 *   Close              3                                                 3
 *   Sync               Z                                                 Z
 *   Query              (T? D* C | I | G .. C | H d* c C)* Z              Z
 *   FunctionCall       V Z                                               Z
 *
 *   E to Parse .. Close: pops all up to the next Sync, which the server reads on to
 *   E to Query, FunctionCall, Sync: pops nothing, Z comes
 * </pre>
 *
 * An answer that does not fit the head is counted; the requests before the nearest one that it fits are dropped. Z drops all
 * up to the nearest request that a Z ends.
 */
final class Answers {
    /** How far an answer is allowed to look for its request when it does not fit the head. */
    private static final int LOOK_AHEAD = 64;

    private final RequestQueue queue;
    private final Names names;
    private final TransactionModel transactions;
    private final ExecutionLog log;
    private final CopyStreams copies;
    private final Running running;
    private final Definitions definitions;
    private final Scripts scripts;
    private long desyncs;

    Answers(
            RequestQueue queue,
            Names names,
            TransactionModel transactions,
            ExecutionLog log,
            CopyStreams copies,
            Running running,
            Scripts scripts) {
        this.queue = queue;
        this.names = names;
        this.transactions = transactions;
        this.log = log;
        this.copies = copies;
        this.running = running;
        this.scripts = scripts;
        this.definitions = new Definitions(names, running, scripts);
    }

    /** An answer whose body does not read as the manual says: its request stays, the next ReadyForQuery heals. */
    void onUnreadable() {
        desync();
    }

    private void desync() {
        desyncs++;
        log.doubtHeld();
        log.doubt();
    }

    long desyncs() {
        return desyncs;
    }

    void onParseComplete(long nanos) {
        Request head = expect(Kind.PARSE, nanos);
        if (head != null) {
            definitions.onParsed(head);
            queue.pop();
        }
    }

    void onBindComplete(long nanos) {
        Request head = expect(Kind.BIND, nanos);
        if (head != null) {
            definitions.onBound(head, nanos);
            queue.pop();
        }
    }

    void onCloseComplete(long nanos) {
        Request head = expectClose(nanos);
        if (head != null) {
            definitions.onClosed(head, nanos);
            queue.pop();
        }
    }

    void onParameterDescription(BackendMessage.ParameterDescription description, long nanos) {
        Request head = expect(Kind.DESCRIBE_STATEMENT, nanos);
        PreparedStatement statement = head == null ? null : names.statement(head.name);
        if (statement != null) {
            statement.types = description.types();
        }
    }

    /** RowDescription, or NoData where {@code fields} is -1. */
    void onDescription(int fields, long nanos) {
        Request head = settledHead(false);
        if (head != null && head.kind == Kind.QUERY && fields >= 0) {
            Execution execution = running.open(head);
            if (execution != null) {
                execution.fields = fields;
            }
            return;
        }
        head = expectDescribe(nanos);
        if (head == null) {
            return;
        }
        if (head.kind == Kind.DESCRIBE_STATEMENT) {
            PreparedStatement statement = names.statement(head.name);
            if (statement != null) {
                statement.fields = fields;
            }
        } else {
            Portal portal = names.portal(head.name);
            if (portal != null) {
                portal.fields = fields;
            }
        }
        queue.pop();
    }

    void onDataRow(int bodyLength, long nanos) {
        Request head = expectRunning(nanos);
        if (head != null) {
            running.onRow(head, bodyLength, nanos);
        }
    }

    void onCopyBytes(int length, long nanos) {
        Execution execution = running.execution();
        if (execution != null) {
            running.onBytes(execution, length, nanos);
        }
    }

    /** CommandComplete, or EmptyQueryResponse where {@code tag} is null. */
    void onComplete(@Nullable String tag, long nanos) {
        Request head = expectRunning(nanos);
        if (head != null) {
            running.complete(head, tag, nanos);
            if (head.kind == Kind.EXECUTE) {
                queue.pop();
            }
        }
    }

    void onPortalSuspended(long nanos) {
        Request head = expect(Kind.EXECUTE, nanos);
        if (head != null) {
            running.open(head);
            running.suspend(head);
            queue.pop();
        }
    }

    void onCopy(CopyTotals.Direction direction, CopyFormat format, long nanos) {
        Request head = expectRunning(nanos);
        Execution execution = head == null ? null : running.open(head);
        if (execution == null) {
            return;
        }
        boolean binary = format == CopyFormat.BINARY;
        switch (direction) {
            case IN -> copies.beginIn(execution.statement, binary);
            case OUT -> copies.beginOut(execution.statement, binary);
            case BOTH -> copies.beginBoth(binary);
        }
    }

    void onFunctionCallResponse(int valueLength, long nanos) {
        Request head = expect(Kind.FUNCTION_CALL, nanos);
        if (head != null) {
            running.endCall(head, null, true, Math.max(0, valueLength), nanos);
        }
    }

    /** Why pgweir had the server refuse what it answers next; null where it did not. */
    @Nullable
    ErrorFields refusal() {
        Request head = settledHead(false);
        return head == null ? null : head.refusal;
    }

    @Nullable
    Opinion opinion() {
        Request head = settledHead(false);
        return head == null ? null : running.opinion(head);
    }

    /** Whether what is answered next was asked in other words than the client's. */
    boolean isRewritten() {
        Request head = settledHead(false);
        return head != null && head.instead != null;
    }

    /** Whether pgweir asked what is answered next. */
    boolean isOwn() {
        Request head = settledHead(false);
        return head != null && head.own;
    }

    /** What is answered next; null for nothing. */
    @Nullable
    Asked asked() {
        return settledHead(false);
    }

    /** What the server is answering, begun if it was not; null where that is nothing that runs. */
    @Nullable
    Execution answering() {
        Request head = settledHead(false);
        return head != null && head.kind.runs() ? running.open(head) : null;
    }

    @Nullable
    UnderWay underWay() {
        return UnderWay.of(queue, names, running, scripts);
    }

    /** The client hears of an error where the server knows of none: what it is answering, or has answered last, bears it. */
    void blame(ErrorFields error) {
        Execution stopped = answering();
        if (stopped != null) {
            stopped.error = error;
        }
    }

    /** pgweir has made the transaction fail, and the server skips what it has not read yet of the client's requests. */
    void onFailedByProxy() {
        transactions.onError();
        Request head = settledHead(false);
        if (head == null || !head.kind.endsSegment()) {
            queue.skipToSync();
        }
    }

    void onError(ErrorFields error, long nanos) {
        Request head = settledHead(false);
        if (head != null && head.own) {
            // What the client asked behind it fails in the same way, and is told.
            queue.pop();
            head = settledHead(false);
        }
        if (head == null) {
            if (!error.isFatal()) {
                desync();
            }
            return;
        }
        switch (head.kind) {
            case PARSE -> refuse(head, Execution.Step.PARSE, error, nanos);
            case BIND -> refuse(head, Execution.Step.BIND, error, nanos);
            case DESCRIBE_STATEMENT, DESCRIBE_PORTAL -> refuse(head, Execution.Step.DESCRIBE, error, nanos);
            case EXECUTE -> {
                running.fail(head, error, nanos);
                queue.skipToSync();
            }
            case CLOSE_STATEMENT, CLOSE_PORTAL -> {
                transactions.onError();
                queue.skipToSync();
            }
            case QUERY -> running.fail(head, error, nanos);
            case FUNCTION_CALL -> running.endCall(head, error, true, 0, nanos);
            case SYNC -> {
                // The commit of the pipeline's implicit transaction failed: a deferred constraint, a serialization
                // failure.
                if (!error.isFatal()) {
                    transactions.onError();
                }
                log.blameLast(error);
            }
            case COPY_STREAM, COPY_END -> {}
        }
    }

    private void refuse(Request head, Execution.Step step, ErrorFields error, long nanos) {
        running.refusals().tell(head, step, error, nanos);
        queue.skipToSync();
    }

    void onReady(TransactionStatus status, long nanos) {
        Request head = settledHead(true);
        if (head == null) {
            desync();
            queue.stopSkipping();
        } else if (head.kind.endsSegment()) {
            endSegment(head, nanos);
        } else {
            desync();
            int end = queue.segmentEnd(0);
            if (end >= 0) {
                queue.pop(end + 1);
            }
        }
        running.abandon(nanos);
        endTransaction(status, nanos);
        settledHead(true);
        if (queue.outstanding() == 0) {
            copies.reset();
            settleDoubt();
        }
    }

    /** Nothing is outstanding: what comes is certain, but for names given in doubt. */
    private void settleDoubt() {
        if (log.isInDoubt()) {
            names.doubt();
            log.endDoubt();
        }
    }

    private void endSegment(Request head, long nanos) {
        Request.Doubt doubt = head.doubt;
        if (head.kind == Kind.FUNCTION_CALL && !running.hasAnswered()) {
            desync();
            running.endCall(head, null, false, 0, nanos);
        } else if (head.kind == Kind.QUERY && !running.hasAnswered()) {
            desync();
            running.open(head);
        }
        queue.pop();
        if (queue.passOn(doubt)) {
            log.doubt();
        }
    }

    private void endTransaction(TransactionStatus status, long nanos) {
        if (status == TransactionStatus.IDLE) {
            running.endPortals(nanos);
        }
        if (!transactions.onReady(status, nanos)) {
            desync();
        }
        log.tellAll(status);
    }

    /** The head, without marks that COPY streams left and, unless a Sync is answered, without Syncs in doubt. */
    private @Nullable Request settledHead(boolean ready) {
        Request head = queue.head();
        while (head != null
                && (head.kind.isCopyMark() || (head.doubt != Request.Doubt.NONE && !ready && queue.size() > 1))) {
            queue.pop();
            head = queue.head();
        }
        return head;
    }

    private @Nullable Request expect(Kind kind, long nanos) {
        return expect(kind, kind, nanos);
    }

    private @Nullable Request expectClose(long nanos) {
        return expect(Kind.CLOSE_STATEMENT, Kind.CLOSE_PORTAL, nanos);
    }

    private @Nullable Request expectDescribe(long nanos) {
        return expect(Kind.DESCRIBE_STATEMENT, Kind.DESCRIBE_PORTAL, nanos);
    }

    private @Nullable Request expectRunning(long nanos) {
        return expect(Kind.EXECUTE, Kind.QUERY, nanos);
    }

    private @Nullable Request expect(Kind one, Kind other, long nanos) {
        Request head = settledHead(false);
        if (head != null && (head.kind == one || head.kind == other)) {
            return head;
        }
        desync();
        int stop = Math.min(queue.size(), LOOK_AHEAD);
        for (int i = 0; i < stop; i++) {
            Kind kind = queue.at(i).kind;
            if (kind == one || kind == other) {
                running.abandon(nanos);
                queue.pop(i);
                return queue.head();
            }
            if (kind.endsSegment()) {
                return null;
            }
        }
        return null;
    }

    /** The server has said that it closes; nothing more is answered. {@code error} has been told to its request. */
    void onFatal(long nanos) {
        OpenTransaction current = transactions.current();
        boolean committing = current != null && mayCommit(current, queue.head());
        running.abandon(nanos);
        queue.pop(queue.size());
        end(committing ? Outcome.UNKNOWN : Outcome.ROLLED_BACK, nanos);
    }

    /** The last thing that happened was an error to a COMMIT, or the pipeline's commit is what was asked. */
    private boolean mayCommit(OpenTransaction current, @Nullable Request head) {
        Execution last = log.lastHeld();
        if (last != null && last.within == current && last.error != null && last.tag == null) {
            return Running.isCommit(last);
        }
        return !current.explicit && !current.failed && head != null && head.kind == Kind.SYNC;
    }

    /**
     * The connection is gone. What is in flight is told as the server would have run it, unanswered; a transaction whose commit
     * was asked for may have committed.
     */
    void onClosed(long nanos) {
        boolean commitAsked = false;
        OpenTransaction before = transactions.current();
        while (queue.head() != null) {
            Request head = queue.at(0);
            commitAsked |= lose(head, nanos);
            queue.pop();
        }
        running.abandon(nanos);
        OpenTransaction current = transactions.current();
        boolean rolledBack = before != null && before == current && before.failed;
        end(commitAsked && !rolledBack ? Outcome.UNKNOWN : Outcome.ROLLED_BACK, nanos);
    }

    /** @return whether a commit may be under way */
    private boolean lose(Request head, long nanos) {
        OpenTransaction current = transactions.current();
        boolean block = current != null && current.explicit;
        switch (head.kind) {
            case PARSE -> {
                if (head.refusal == null) {
                    definitions.onParsed(head);
                } else {
                    running.refusals().tell(head, Execution.Step.PARSE, head.refusal, nanos);
                }
            }
            case BIND -> {
                if (head.refusal == null) {
                    definitions.onBound(head, nanos);
                } else {
                    running.refusals().tell(head, Execution.Step.BIND, head.refusal, nanos);
                }
            }
            case CLOSE_STATEMENT, CLOSE_PORTAL -> definitions.onClosed(head, nanos);
            case EXECUTE -> running.loseExecute(head, nanos);
            case QUERY -> {
                running.loseStatements(head, nanos);
                running.abandon(nanos);
            }
            case FUNCTION_CALL -> {
                running.endCall(head, head.refusal, head.refusal != null, 0, nanos);
                running.abandon(nanos);
            }
            case SYNC, DESCRIBE_STATEMENT, DESCRIBE_PORTAL, COPY_STREAM, COPY_END -> {}
        }
        return block ? running.hasLostCommit() : head.kind.endsSegment() && head.refusal == null;
    }

    private void end(Outcome outcome, long nanos) {
        running.endPortals(nanos);
        transactions.end(outcome, nanos);
        log.tellAll();
    }
}
