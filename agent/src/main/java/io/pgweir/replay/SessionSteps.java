package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.MessageType;
import java.util.function.Consumer;

/**
 * Turns a captured session's records into what is to be done: each message waits for the answers that the client had got before it said
 * it. Where answers were not kept, their digests tell. One thread.
 */
final class SessionSteps {
    private final Consumer<Step> to;
    private final SessionStatements statements;
    private final Consumer<SqlStatement> heard;

    /** The first message that is there: what answers an earlier one is not waited for. */
    private long first;

    /** How many messages that a ReadyForQuery answers have been sent. */
    private long readyAsked;

    private long ready;
    private long readyTold;
    private long answeredNanos = -1;

    /** @param heard is told of every statement, once for each time that it runs */
    SessionSteps(Consumer<Step> to, SessionStatements statements, Consumer<SqlStatement> heard) {
        this.to = to;
        this.statements = statements;
        this.heard = heard;
    }

    /** @param record of this session; a message is whole */
    void on(CaptureRecord record) {
        switch (record) {
            case Message message when message.direction() == Direction.FRONTEND -> onAsked(message);
            case Message message -> onAnswer(message);
            case Response response -> {
                if (response.request() >= first && first > 0) {
                    answeredNanos = response.nanos();
                    to.accept(new Step.Expect(response));
                }
            }
            case CaptureRecord.Cancel cancel -> to.accept(new Step.Cancel(cancel.nanos()));
            case CaptureRecord.Gap gap -> to.accept(new Step.Gap(gap.messages()));
            case CaptureRecord.SessionEnd end -> to.accept(new Step.End(end.nanos()));
            case CaptureRecord.SessionState state -> statements.onState(state);
            case CaptureRecord.SessionOpen _ -> {}
        }
    }

    private void onAsked(Message message) {
        if (first == 0) {
            first = message.request();
        }
        String[] labels = statements.onMessage(message).stream()
                .peek(heard)
                .map(SqlStatement::fingerprint)
                .toArray(String[]::new);
        boolean answered = answeredNanos >= 0;
        if (answered && readyTold == 0 && readyAsked > 0) {
            // Its answers are not in the capture: what was answered by then was answered whole.
            ready = readyAsked;
        }
        to.accept(new Step.Send(
                message.nanos(),
                message.type(),
                message.body(),
                message.request(),
                labels,
                ready,
                answered ? message.nanos() - answeredNanos : -1));
        answeredNanos = -1;
        if (endsSegment(message.type())) {
            readyAsked++;
        }
    }

    private void onAnswer(Message message) {
        statements.onMessage(message);
        if (message.type() != MessageType.Backend.READY_FOR_QUERY) {
            return;
        }
        if (first == 0) {
            // It has logged in.
            answeredNanos = message.nanos();
        } else if (message.request() >= first) {
            ready++;
            readyTold++;
            answeredNanos = message.nanos();
        }
    }

    private static boolean endsSegment(byte type) {
        return type == MessageType.Frontend.QUERY
                || type == MessageType.Frontend.SYNC
                || type == MessageType.Frontend.FUNCTION_CALL;
    }
}
