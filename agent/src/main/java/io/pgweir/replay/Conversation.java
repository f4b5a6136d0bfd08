package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.AnswerDigest;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.session.Asked;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.StartupPacket;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session says to the target and what that answers: which captured request each answer belongs to, and what became of it. Who
 * writes and who reads are two threads.
 */
final class Conversation {
    private final SessionTracker tracker =
            new SessionTracker(new Nobody(), SqlScript::of, new TrackerOptions(0, false));
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final AnswerDigest digest;

    /** Numbers of messages as the tracker counts them, and as they were captured. */
    private final ArrayDeque<long[]> numbers = new ArrayDeque<>();

    private long ready;
    private long readyNanos;
    private boolean over;

    /** What becomes of requests, by the numbers that they were captured with; 0 for what was not. */
    Conversation(AnswerDigest.Sink sink) {
        digest = new AnswerDigest((nanos, response) -> sink.response(nanos, renumbered(response)));
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

    void onStartup(int protocol) {
        tracker.onStartup(new StartupPacket.Startup(protocol, List.of()), System.nanoTime());
    }

    /** @param number as captured; 0 for none */
    synchronized void onSent(byte type, byte[] body, long number) {
        long now = System.nanoTime();
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        if (type == MessageType.Frontend.COPY_DATA) {
            // Nothing answers it by its number.
            tracker.onFrontendCopyData(buffer, 0, body.length, true, true);
        } else {
            frontend.charset(tracker.clientCharset());
            FrontendMessage message = frontend.decode(type, buffer, 0, body.length);
            tracker.onFrontend(message, now);
            numbers.add(new long[] {tracker.lastNumber(), number});
        }
    }

    synchronized void onReceived(byte type, ByteBuf body, int bodyBytes) {
        long now = System.nanoTime();
        boolean asynchronous =
                type == MessageType.Backend.PARAMETER_STATUS || type == MessageType.Backend.NOTIFICATION_RESPONSE;
        Asked asked = asynchronous ? null : tracker.answers();
        if (asked != null) {
            digest.on(asked.number(), asked.nanos(), now);
        }
        switch (type) {
            case MessageType.Backend.DATA_ROW -> tracker.onDataRow(bodyBytes, now);
            case MessageType.Backend.COPY_DATA -> tracker.onBackendCopyData(body, 0, bodyBytes, true, true, now);
            default -> {
                backend.charset(tracker.clientCharset());
                tracker.onBackend(backend.decode(type, body, 0, bodyBytes), now);
            }
        }
        if (asked != null) {
            digest.onMessage(now, type, body, 0, bodyBytes);
        }
        if (type == MessageType.Backend.READY_FOR_QUERY && asked != null) {
            ready++;
            readyNanos = now;
        }
        if (type == MessageType.Backend.READY_FOR_QUERY || tracker.outstanding() == 0) {
            notifyAll();
        }
    }

    private Response renumbered(Response response) {
        long[] pair = numbers.peek();
        while (pair != null && pair[0] < response.request()) {
            numbers.poll();
            pair = numbers.peek();
        }
        long number = pair == null || pair[0] != response.request() ? 0 : pair[1];
        return response.of(number);
    }

    /**
     * Until the server has been ready so often, or owes no answer, or is gone.
     *
     * @return when it was ready last
     */
    synchronized long awaitReady(long times) throws InterruptedException {
        while (!over && ready < times && tracker.outstanding() > 0) {
            wait();
        }
        return readyNanos;
    }

    /** Until everything is answered, or the server is gone, or time is up. */
    synchronized void awaitAnswers(long millisMax) throws InterruptedException {
        long end = System.nanoTime() + millisMax * 1_000_000;
        while (!over && tracker.outstanding() > 0 && System.nanoTime() < end) {
            wait(100);
        }
    }

    /** How often it was ready counts from here. */
    synchronized void forgetReady() {
        ready = 0;
    }

    synchronized long ready() {
        return ready;
    }

    /** The server says no more. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    synchronized boolean isOver() {
        return over;
    }
}
