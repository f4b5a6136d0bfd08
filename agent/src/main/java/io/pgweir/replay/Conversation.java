package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.AnswerDigest;
import io.pgweir.session.Asked;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.SessionPhase;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.StartupPacket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session says to the target and what that answers: which captured request each answer belongs to, and what became of it. Thread:
 * the connection's event loop. Moments are {@link System#nanoTime}'s.
 */
final class Conversation {
    private final SessionTracker tracker =
            new SessionTracker(new Nobody(), SqlScript::of, new TrackerOptions(0, false));
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final AnswerDigest digest;

    private final SentRequests requests = new SentRequests();

    /** How often the server was ready for more. */
    private long ready;

    private long readyNanos;

    /** CopyInResponses since. */
    private long copies;

    /** Of those, that the client has ended. */
    private long copiesEnded;

    /** An ErrorResponse since: nobody knows what would have followed. */
    private boolean failed;

    private boolean terminated;
    private boolean rowAnswers;

    /** What becomes of requests, by the numbers that they were captured with; 0 for what was not. */
    Conversation(AnswerDigest.Sink sink) {
        digest = new AnswerDigest(
                (nanos, response) -> sink.response(nanos, response.of(requests.captured(response.request()))));
    }

    /** Nobody wants to hear more of a session than its answers. */
    private static final class Nobody implements SessionListener {
        @Override
        public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {}

        @Override
        public void onExecution(Execution execution) {}

        @Override
        public void onTransactionEnd(Transaction transaction) {}

        @Override
        public void onParameterStatus(String name, String value) {}
    }

    void onStartup(int protocol, long now) {
        tracker.onStartup(new StartupPacket.Startup(protocol, List.of()), now);
    }

    /**
     * @param number as captured; 0 for none
     * @param awaited how many ReadyForQuery the client had got by then
     */
    void onSent(byte type, byte[] body, long number, long awaited, long now) {
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        switch (type) {
            case MessageType.Frontend.TERMINATE -> terminated = true;
            case MessageType.Frontend.COPY_DONE, MessageType.Frontend.COPY_FAIL -> copiesEnded++;
            default -> {}
        }
        if (type == MessageType.Frontend.COPY_DATA) {
            // Nothing answers it by its number.
            tracker.onFrontendCopyData(buffer, 0, body.length, true, true);
        } else {
            frontend.charset(tracker.clientCharset());
            tracker.onFrontend(frontend.decode(type, buffer, 0, body.length), now);
            requests.onSent(tracker.lastNumber(), number, awaited, ready, now);
        }
    }

    void onReceived(byte type, ByteBuf buffer, int bodyAt, int length, long now) {
        boolean asynchronous =
                type == MessageType.Backend.PARAMETER_STATUS || type == MessageType.Backend.NOTIFICATION_RESPONSE;
        boolean answers = !asynchronous && isAnswer(now);
        backend.charset(tracker.clientCharset());
        tracker.onBackend(backend.decode(type, buffer, bodyAt, length), now);
        if (answers) {
            digest.onMessage(now, type, buffer, bodyAt, length);
            switch (type) {
                case MessageType.Backend.READY_FOR_QUERY -> {
                    ready++;
                    readyNanos = now;
                    requests.onReady(ready, now);
                    copies = 0;
                    copiesEnded = 0;
                    failed = false;
                }
                case MessageType.Backend.COPY_IN_RESPONSE -> copies++;
                case MessageType.Backend.ERROR_RESPONSE -> failed = true;
                default -> {}
            }
        }
    }

    /** A piece of a row, or of COPY data. */
    void onRow(byte type, int bodyBytes, ByteBuf buffer, int at, int length, boolean first, boolean last, long now) {
        rowAnswers = first ? isAnswer(now) : rowAnswers;
        if (type == MessageType.Backend.COPY_DATA) {
            tracker.onBackendCopyData(buffer, at, length, first, last, now);
        } else if (first) {
            tracker.onDataRow(bodyBytes, now);
        }
        if (rowAnswers) {
            digest.onChunk(buffer, at, length, last);
        }
    }

    private boolean isAnswer(long now) {
        Asked asked = tracker.answers();
        if (asked == null) {
            return false;
        }
        digest.on(asked.number(), requests.since(asked.number(), asked.nanos()), now);
        return true;
    }

    /** Requests that the server has not answered in full. */
    int outstanding() {
        return tracker.outstanding();
    }

    /** How often it was ready counts from here. */
    void forgetReady() {
        ready = 0;
    }

    /** Whether the server will yet be ready so often. */
    boolean awaitsReady(long often) {
        return often > ready && outstanding() > 0;
    }

    /** Whether the server will yet ask for the data that the client sent when it had asked. */
    boolean awaitsCopy(Step.Send next) {
        return copies < next.copies() && ready == next.ready() && !failed && outstanding() > 0;
    }

    /** Whether the server answers no more, whatever it owes: the client has said Terminate, or owes data and goes. */
    boolean isOver() {
        return terminated || (copies > copiesEnded && tracker.phase() == SessionPhase.COPY_IN);
    }

    /** When it was last. */
    long readyNanos() {
        return readyNanos;
    }
}
