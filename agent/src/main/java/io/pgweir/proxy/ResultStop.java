package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.TransactionStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ends a result in its midst: the client hears an error where the rest would have been, and the server is brought to the state
 * that such an error leaves behind.
 *
 * <pre>
 *   OFF --begin--> STOPPING   nothing passes but notices; the server is told to cancel if it has not ended by itself
 *                     |  its ErrorResponse (57014, or its own)        replaced by ours ------------------------> OFF
 *                     |  it ended the statement, and nothing behind   it is made to fail: its ErrorResponse
 *                     |    it has been sent                             is replaced by ours -------------------> OFF
 *                     |  ReadyForQuery, no transaction block          ours, and ReadyForQuery behind it -------> OFF
 *                     |  ReadyForQuery, in a transaction block        it is made to fail
 *                     '---------------------------------------------> FAILING  ReadyForQuery: ours before it --> OFF
 * </pre>
 *
 * <p>So the client is told of one error and then of the state that the server is in: failed in a block, rolled back where the
 * pipeline's implicit transaction was still open. A simple Query outside of a block whose statements had all run when the bound was
 * reached has run; the error's detail says so.
 *
 * <p>Thread: the session's event loop.
 */
final class ResultStop {
    private static final String HAD_RUN = "What was sent had run to its end when the bound was reached.";

    private final Meaning meaning;
    private final Upstream upstream;
    private final ByteBufAllocator allocator;

    private State state = State.OFF;
    private @Nullable ErrorFields error;
    private @Nullable Execution stopped;

    /** The server was made to fail behind what it has ended: the tracker knows, and need not hear of the error. */
    private boolean failedBehind;

    private boolean cancelAsked;
    private boolean cancelling;

    private enum State {
        OFF,
        STOPPING,
        FAILING
    }

    ResultStop(Meaning meaning, Upstream upstream, ByteBufAllocator allocator) {
        this.meaning = meaning;
        this.upstream = upstream;
        this.allocator = allocator;
    }

    boolean isOn() {
        return state != State.OFF;
    }

    /** Whether a cancel may still hit whatever the server runs next. */
    boolean isCancelling() {
        return cancelling;
    }

    /** What the server is answering is to end with {@code reason}. */
    void begin(ErrorFields reason) {
        state = State.STOPPING;
        error = reason;
        stopped = tracker().answering();
        failedBehind = false;
        cancelAsked = false;
        tracker().blame(reason);
    }

    /** The session ends with the error that {@link #begin} was told. */
    void close() {
        upstream.end(Objects.requireNonNull(error));
    }

    /** All of a read has been looked at: if the server has more to say, it shall not. */
    void afterRead() {
        if (state == State.STOPPING && !cancelAsked && !cancelling && !failedBehind) {
            cancelAsked = true;
            cancelling = upstream.cancel(() -> {
                cancelling = false;
                upstream.onRequestsFree();
            });
        }
    }

    /**
     * A message while {@link #isOn}.
     *
     * @param sentBehind whether the server may have got requests behind the one that is stopped
     * @param own takes what goes to the client before the message
     * @return what becomes of it; null for what a ReadyForQuery that passes has to wait for besides
     */
    @Nullable
    Disposition on(BackendMessage message, boolean sentBehind, Own own) {
        return switch (message) {
            case BackendMessage.NoticeResponse ignored -> heard(message, Disposition.FORWARD);
            case BackendMessage.NotificationResponse ignored -> heard(message, Disposition.FORWARD);
            case BackendMessage.ParameterStatus ignored -> heard(message, Disposition.FORWARD);
            case BackendMessage.ErrorResponse failure -> onError(failure);
            case BackendMessage.ReadyForQuery ready -> onReady(ready, own);
            case BackendMessage.CopyInResponse ignored -> {
                heard(message, Disposition.DROP);
                // The client will never hear that it is asked for data.
                yield send(MessageWriter.copyFail(allocator, "pgweir has ended this query string"));
            }
            case BackendMessage.CommandComplete ignored -> onEnded(message, sentBehind);
            case BackendMessage.PortalSuspended ignored -> onEnded(message, sentBehind);
            default -> state == State.STOPPING ? heard(message, Disposition.DROP) : Disposition.DROP;
        };
    }

    /** What a stop says to the client. */
    @FunctionalInterface
    interface Own {
        void say(ByteBuf bytes);
    }

    private ByteBuf said(ErrorFields ours) {
        return Refusal.ofStatement(allocator, tracker().clientCharset(), ours);
    }

    private Disposition heard(BackendMessage message, Disposition disposition) {
        tracker().onBackend(message, meaning.nanos());
        return disposition;
    }

    private Disposition onError(BackendMessage.ErrorResponse failure) {
        ErrorFields ours = Objects.requireNonNull(error);
        if (failure.fields().isFatal()) {
            state = State.OFF;
            return heard(failure, Disposition.FORWARD);
        }
        if (state == State.FAILING) {
            return Disposition.DROP;
        }
        if (!failedBehind) {
            boolean still = stopped != null && tracker().answering() == stopped;
            heard(still ? new BackendMessage.ErrorResponse(ours) : failure, Disposition.DROP);
        }
        off();
        return new Disposition.Replace(said(ours));
    }

    private Disposition onEnded(BackendMessage message, boolean sentBehind) {
        if (state == State.FAILING) {
            return Disposition.DROP;
        }
        heard(message, Disposition.DROP);
        if (!sentBehind) {
            failedBehind = true;
            tracker().onFailedByProxy();
            return send(failure(MessageType.Frontend.FLUSH));
        }
        return Disposition.DROP;
    }

    private @Nullable Disposition onReady(BackendMessage.ReadyForQuery ready, Own own) {
        if (state == State.STOPPING && ready.status() == TransactionStatus.IN_TRANSACTION) {
            state = State.FAILING;
            if (tracker().outstanding() > 1) {
                return end();
            }
            tracker().onFailedByProxy();
            return send(failure(MessageType.Frontend.SYNC));
        }
        ErrorFields ours = Objects.requireNonNull(error);
        own.say(said(ready.status() == TransactionStatus.IDLE ? ours.withDetail(HAD_RUN) : ours));
        heard(ready, Disposition.FORWARD);
        off();
        return null;
    }

    private ByteBuf failure(byte behind) {
        ByteBuf parse = Refused.inPlaceOf(MessageType.Frontend.PARSE, allocator);
        return parse.writeByte(behind).writeInt(MessageType.LENGTH_BYTES);
    }

    private Disposition send(ByteBuf bytes) {
        if (upstream.isBetweenMessages()) {
            upstream.send(bytes);
            return Disposition.DROP;
        }
        bytes.release();
        return end();
    }

    /** The server has been sent more than can be taken back. */
    private Disposition end() {
        upstream.end(Objects.requireNonNull(error));
        return Disposition.STOP;
    }

    private void off() {
        state = State.OFF;
        error = null;
        stopped = null;
    }

    private SessionTracker tracker() {
        return meaning.tracker();
    }
}
