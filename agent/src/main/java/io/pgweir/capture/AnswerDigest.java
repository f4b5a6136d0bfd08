package io.pgweir.capture;

import io.netty.buffer.ByteBuf;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.wire.MessageType;
import java.nio.charset.StandardCharsets;

/**
 * What became of each request, told once for each statement that ran, and for each error: rows, bytes, tag or SQLSTATE, checksums and
 * times. Thread: the session's.
 */
public final class AnswerDigest {
    /** Who hears of each. */
    public interface Sink {
        /** @param response whose session and time are for the hearer to give */
        void response(long nanos, Response response);
    }

    private static final byte SQL_STATE = 'C';

    private final Sink sink;
    private final RowDigest rows = new RowDigest();
    private long request;
    private long asked;
    private long firstNanos;
    private long notices;
    private boolean begun;

    public AnswerDigest(Sink sink) {
        this.sink = sink;
    }

    /** Whether {@link #onChunk} counts it. */
    public static boolean isRow(byte type) {
        return type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA;
    }

    /** What comes next answers {@code number}, which was asked at {@code askedNanos}. */
    public void on(long number, long askedNanos, long now) {
        if (number != request) {
            reset();
            request = number;
        }
        if (!begun) {
            begun = true;
            asked = askedNanos;
            firstNanos = now;
        }
    }

    private void reset() {
        rows.reset();
        notices = 0;
        begun = false;
    }

    /** The next bytes of a row that comes in chunks. */
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        rows.onChunk(buffer, at, length, last);
    }

    /** A whole message, or enough of an ErrorResponse; a row, where it does not come in chunks. */
    public void onMessage(long now, byte type, ByteBuf buffer, int bodyAt, int length) {
        switch (type) {
            case MessageType.Backend.DATA_ROW, MessageType.Backend.COPY_DATA ->
                rows.onChunk(buffer, bodyAt, length, true);
            case MessageType.Backend.NOTICE_RESPONSE -> notices++;
            case MessageType.Backend.COMMAND_COMPLETE -> tell(now, text(buffer, bodyAt, bodyAt + length), "");
            case MessageType.Backend.EMPTY_QUERY_RESPONSE,
                    MessageType.Backend.PORTAL_SUSPENDED,
                    MessageType.Backend.FUNCTION_CALL_RESPONSE -> tell(now, "", "");
            case MessageType.Backend.ERROR_RESPONSE -> tell(now, "", sqlState(buffer, bodyAt, length));
            default -> {}
        }
    }

    private void tell(long now, String tag, String sqlState) {
        if (begun) {
            sink.response(
                    now,
                    new Response(
                            0,
                            0,
                            request,
                            rows.rows(),
                            rows.bytes(),
                            tag,
                            sqlState,
                            firstNanos - asked,
                            now - asked,
                            rows.ordered(),
                            rows.unordered(),
                            notices));
            reset();
        }
    }

    private static String sqlState(ByteBuf buffer, int bodyAt, int length) {
        int end = bodyAt + length;
        for (int at = bodyAt; at < end && buffer.getByte(at) != 0; at++) {
            byte field = buffer.getByte(at);
            if (field == SQL_STATE) {
                return text(buffer, at + 1, end);
            }
            int zero = buffer.indexOf(at, end, (byte) 0);
            at = zero < 0 ? end : zero;
        }
        return "";
    }

    private static String text(ByteBuf buffer, int at, int end) {
        int zero = buffer.indexOf(at, end, (byte) 0);
        return buffer.toString(at, (zero < 0 ? end : zero) - at, StandardCharsets.US_ASCII);
    }
}
