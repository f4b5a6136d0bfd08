package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.MessageType;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a captured session's records into what is to be done: each message waits for the answers that the client had got before it said
 * it. Where answers were not kept, their digests tell. One thread.
 */
final class SessionSteps {
    private final Consumer<Step> to;
    private final CommitTurns.@Nullable Session turns;
    private final @Nullable StatementChoice choice;

    /** Messages that are not run again, and not answered, in their order. */
    private final ArrayDeque<Long> leftOut = new ArrayDeque<>();

    private final Consumer<SqlStatement> heard;
    private final SessionStatements statements = new SessionStatements();

    /** The first message that is there: what answers an earlier one is not waited for. */
    private long first;

    /** How many messages that a ReadyForQuery answers have been sent. */
    private long readyAsked;

    private long ready;

    /** Whether what the server said is in the capture. */
    private boolean answersKept;

    /** How many CopyInResponses have come since. */
    private long copies;

    private long answeredNanos = -1;

    /** Whether it has logged in: the server was ready, or the client said something. */
    private boolean letIn;

    /**
     * @param heard is told of every statement, once for each time that it runs
     * @param turns null where commits of different sessions need no order
     * @param choice null where all statements are run
     */
    SessionSteps(
            Consumer<Step> to,
            Consumer<SqlStatement> heard,
            @Nullable CommitTurns turns,
            @Nullable StatementChoice choice) {
        this.to = to;
        this.heard = heard;
        this.choice = choice;
        this.turns = turns == null ? null : turns.session(to);
    }

    private void tell(Step step) {
        if (turns == null) {
            to.accept(step);
        } else {
            turns.on(step);
        }
    }

    /** @param record of this session; a message is whole */
    void on(CaptureRecord record) {
        switch (record) {
            case Message message when message.direction() == Direction.FRONTEND -> onAsked(message);
            case Message message -> onAnswer(message);
            case Response response -> {
                if (response.request() >= first && first > 0 && !isLeftOut(response.request())) {
                    answeredNanos = response.nanos();
                    Step.Expect expected = new Step.Expect(response);
                    if (turns == null) {
                        to.accept(expected);
                    } else {
                        turns.onAnswered(expected, ready + 1);
                    }
                }
            }
            case CaptureRecord.Cancel cancel -> tell(new Step.Cancel(cancel.nanos()));
            case CaptureRecord.Gap gap -> tell(new Step.Gap(gap.messages()));
            case CaptureRecord.SessionEnd end -> tell(new Step.End(end.nanos(), letIn || first > 0));
            case CaptureRecord.SessionState state -> statements.onState(state);
            case CaptureRecord.SessionOpen open -> letIn |= open.origin() != CaptureRecord.Origin.BEGAN;
        }
    }

    private void onAsked(Message message) {
        if (first == 0) {
            first = message.request();
        }
        List<SqlStatement> runs = statements.onMessage(message);
        if (choice != null && choice.leavesOut(message, statements.named())) {
            leftOut.add(message.request());
            return;
        }
        runs.forEach(heard);
        String[] labels = runs.stream().map(SqlStatement::fingerprint).toArray(String[]::new);
        boolean answered = answeredNanos >= 0;
        if (answered && !answersKept && readyAsked > 0) {
            // What was answered by then was answered whole.
            ready = readyAsked;
        }
        boolean ends = endsSegment(message.type());
        Step.Send send = new Step.Send(
                message.nanos(),
                message.type(),
                message.body(),
                message.request(),
                labels,
                ready,
                copies,
                answered ? message.nanos() - answeredNanos : -1);
        if (turns == null) {
            to.accept(send);
        } else {
            turns.onAsked(send, statements.named(), labels.length > 0, ends);
        }
        answeredNanos = -1;
        if (ends) {
            readyAsked++;
        }
    }

    private void onAnswer(Message message) {
        answersKept = true;
        statements.onMessage(message);
        boolean isReady = message.type() == MessageType.Backend.READY_FOR_QUERY;
        if (!(isReady || message.type() == MessageType.Backend.COPY_IN_RESPONSE) || isLeftOut(message.request())) {
            return;
        }
        letIn |= isReady;
        if (first == 0) {
            // It has logged in.
            answeredNanos = message.nanos();
        } else if (message.request() >= first) {
            onHeard(isReady, message.nanos());
        }
    }

    private void onHeard(boolean isReady, long nanos) {
        if (isReady) {
            ready++;
            copies = 0;
            answeredNanos = nanos;
        } else {
            copies++;
        }
    }

    /** Answers come in the order of their requests. */
    private boolean isLeftOut(long request) {
        Long next = leftOut.peek();
        while (next != null && next < request) {
            leftOut.remove();
            next = leftOut.peek();
        }
        return next != null && next == request;
    }

    private static boolean endsSegment(byte type) {
        return type == MessageType.Frontend.QUERY
                || type == MessageType.Frontend.SYNC
                || type == MessageType.Frontend.FUNCTION_CALL;
    }
}
