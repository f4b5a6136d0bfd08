package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.session.SessionPhase;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.RowView;
import org.jspecify.annotations.Nullable;

/**
 * A question of pgweir's own to the session's server, while the client waits for nothing: its answer goes to nobody else.
 *
 * <p>In the extended protocol and under a name of its own, so that the client's unnamed statement lives on. One at a time.
 *
 * <p>Thread: the session's event loop.
 */
final class OwnQuestion {
    private static final String NAME = "pgweir: catalog";

    private final SessionTracker tracker;
    private final ByteBufAllocator allocator;
    private final RowView row = new RowView();

    /** Null where nothing is asked. */
    private @Nullable Answer answer;

    private boolean whole;

    /** What becomes of the answer. */
    interface Answer {
        int columns();

        /** {@link #text} and {@link #oid} tell what is in it. */
        void onRow();

        /** @param whole whether all rows have come, and each could be read */
        void onEnd(boolean whole);

        /** The server would not say; {@link #onEnd} comes behind it. */
        void onError(ErrorFields error);
    }

    OwnQuestion(SessionTracker tracker, ByteBufAllocator allocator) {
        this.tracker = tracker;
        this.allocator = allocator;
    }

    /** Whether what the server says now, up to its ReadyForQuery, is the answer. */
    boolean isAsked() {
        return answer != null;
    }

    /** Whether the server has answered all that the client has asked. */
    boolean isFree() {
        return answer == null
                && tracker.phase() == SessionPhase.READY
                && tracker.outstanding() == 0
                && !tracker.isSegmentOpen();
    }

    /**
     * What to send for it; to be called where {@link #isFree}, and sent at once.
     *
     * @param parameters as text
     */
    ByteBuf ask(String sql, Answer then, byte[]... parameters) {
        answer = then;
        whole = true;
        ByteBuf all = allocator.buffer(4096);
        add(all, MessageWriter.parse(allocator, NAME, sql));
        add(all, MessageWriter.bind(allocator, NAME, NAME, parameters));
        add(all, MessageWriter.execute(allocator, NAME));
        add(all, MessageWriter.closeStatement(allocator, NAME));
        add(all, MessageWriter.bodyless(allocator, MessageType.Frontend.SYNC));
        return all;
    }

    private static void add(ByteBuf all, ByteBuf message) {
        all.writeBytes(message);
        message.release();
    }

    /**
     * A message of the server while {@link #isAsked}.
     *
     * @return whether it was the answer's, and nobody else's
     */
    boolean on(BackendMessage message) {
        Answer asked = answer;
        if (asked == null) {
            return false;
        }
        switch (message) {
            case BackendMessage.NoticeResponse ignored -> {
                return false;
            }
            case BackendMessage.NotificationResponse ignored -> {
                return false;
            }
            case BackendMessage.ParameterStatus ignored -> {
                return false;
            }
            case BackendMessage.ErrorResponse error -> {
                if (error.fields().isFatal()) {
                    return false;
                }
                whole = false;
                asked.onError(error.fields());
            }
            case BackendMessage.ReadyForQuery ignored -> {
                answer = null;
                asked.onEnd(whole);
            }
            default -> {}
        }
        return true;
    }

    void onRow(ByteBuf buffer, int bodyAt, int bodyLength) {
        Answer asked = answer;
        if (asked == null || !whole) {
            return;
        }
        if (row.wrap(buffer, bodyAt, bodyLength) != null || row.columns() != asked.columns()) {
            whole = false;
            return;
        }
        asked.onRow();
    }

    /** A message of the answer is longer than any is looked into. */
    void onTooLong() {
        whole = false;
    }

    /** A column of the row that {@link Answer#onRow} is told of. */
    String text(int column) {
        return row.buffer().toString(row.offset(column), Math.max(0, row.length(column)), tracker.clientCharset());
    }

    int oid(int column) {
        return Integer.parseUnsignedInt(text(column));
    }
}
