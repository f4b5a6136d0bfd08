package io.pgweir.offline.packets;

import io.netty.buffer.ByteBuf;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;

/** Tells the tracker what a client said. Unlike the proxy, it takes what no client says for a sign that its place in the stream is wrong. */
final class FrontendWatch implements Lane {
    private final FrontendDecoder decoder = new FrontendDecoder();
    private final SessionTracker tracker;
    private final Watched watched;
    private final int messageBytes;
    private boolean copies;
    private boolean first;

    FrontendWatch(SessionTracker tracker, Watched watched, int messageBytes) {
        this.tracker = tracker;
        this.watched = watched;
        this.messageBytes = messageBytes;
    }

    @Override
    public int look(byte type, int length) {
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (length < MessageType.LENGTH_BYTES
                || !MessageType.frontendKnown(type)
                || bodyLength > MessageType.frontendBodyBytesMax(type)) {
            return LAST_HEADER;
        }
        return type == MessageType.Frontend.COPY_DATA ? STREAM : Math.min(bodyLength, messageBytes);
    }

    @Override
    public void onLast(byte type, int length) {
        watched.onNoMessage();
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        FrontendMessage message = decoderFor(type).decode(type, buffer, bodyAt, bodyLength);
        if (message instanceof FrontendMessage.Terminate) {
            watched.onTerminate();
        }
        if (type != MessageType.Frontend.AUTHENTICATION) {
            watched.onMessage(Direction.FRONTEND);
        }
        tracker.onFrontend(message, watched.nanos());
        return Disposition.FORWARD;
    }

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        copies = false;
        watched.onMessage(Direction.FRONTEND);
        tracker.onFrontendHead(
                decoderFor(type).decodeHead(type, buffer, bodyAt, headLength, bodyLength), bodyLength, watched.nanos());
        return Disposition.FORWARD;
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        copies = true;
        first = true;
        watched.onMessage(Direction.FRONTEND);
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        if (copies) {
            tracker.onFrontendCopyData(buffer, at, length, first, last);
            first = false;
        } else {
            tracker.onFrontendHeadChunk(buffer, at, length, last);
        }
    }

    private FrontendDecoder decoderFor(byte type) {
        decoder.charset(tracker.clientCharset());
        if (type == MessageType.Frontend.AUTHENTICATION) {
            decoder.saslOffered(tracker.saslOffered());
        }
        return decoder;
    }
}
