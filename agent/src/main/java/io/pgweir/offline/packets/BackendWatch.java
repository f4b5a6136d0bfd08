package io.pgweir.offline.packets;

import io.netty.buffer.ByteBuf;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.MessageType;
import java.util.List;

/** Tells the tracker what a server said. Unlike the proxy, it takes what no server says for a sign that its place in the stream is wrong. */
final class BackendWatch implements Lane {
    private final BackendDecoder decoder = new BackendDecoder();
    private final SessionTracker tracker;
    private final Watched watched;
    private final int messageBytes;
    private boolean copies;
    private boolean first;

    BackendWatch(SessionTracker tracker, Watched watched, int messageBytes) {
        this.tracker = tracker;
        this.watched = watched;
        this.messageBytes = messageBytes;
    }

    @Override
    public int look(byte type, int length) {
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (length < MessageType.LENGTH_BYTES
                || !MessageType.backendKnown(type)
                || bodyLength > MessageType.LARGE_BODY_BYTES_MAX) {
            return LAST_HEADER;
        }
        if (type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA) {
            return STREAM;
        }
        if (bodyLength <= messageBytes) {
            return bodyLength;
        }
        return type == MessageType.Backend.ERROR_RESPONSE ? messageBytes : STREAM;
    }

    @Override
    public void onLast(byte type, int length) {
        watched.onNoMessage();
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        decoder.charset(tracker.clientCharset());
        BackendMessage message = decoder.decode(type, buffer, bodyAt, bodyLength);
        if (message instanceof BackendMessage.BackendKeyData(int processId, byte[] key)) {
            watched.onCancelKey(processId, key);
        }
        if (!(message instanceof BackendMessage.Authentication login)
                || login.code() == BackendMessage.Authentication.OK) {
            watched.onMessage(Direction.BACKEND);
        }
        tracker.onBackend(message, watched.nanos());
        return Disposition.FORWARD;
    }

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        copies = false;
        watched.onMessage(Direction.BACKEND);
        decoder.charset(tracker.clientCharset());
        tracker.onBackend(decoder.decodeHead(type, buffer, bodyAt, headLength, bodyLength), watched.nanos());
        return Disposition.FORWARD;
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        copies = type == MessageType.Backend.COPY_DATA;
        first = true;
        watched.onMessage(Direction.BACKEND);
        switch (type) {
            case MessageType.Backend.DATA_ROW -> tracker.onDataRow(bodyLength, watched.nanos());
            case MessageType.Backend.FUNCTION_CALL_RESPONSE ->
                tracker.onBackend(new BackendMessage.FunctionCallResponse(bodyLength - Integer.BYTES), watched.nanos());
            case MessageType.Backend.ROW_DESCRIPTION ->
                tracker.onBackend(new BackendMessage.RowDescription(List.of()), watched.nanos());
            case MessageType.Backend.PARAMETER_DESCRIPTION ->
                tracker.onBackend(new BackendMessage.ParameterDescription(new int[0]), watched.nanos());
            default -> {
                // Too long to mean anything to the tracker.
            }
        }
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        if (copies) {
            tracker.onBackendCopyData(buffer, at, length, first, last, watched.nanos());
            first = false;
        }
    }
}
