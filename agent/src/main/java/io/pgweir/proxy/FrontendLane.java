package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * What the client's messages mean, and what becomes of them.
 *
 * <p>A length that PostgreSQL would not read leaves at once, header and all, so that PostgreSQL closes as it does without
 * pgweir; a length below four ends the walk behind its header, for there is no telling where the next message begins.
 */
final class FrontendLane implements Lane {
    private final FrontendDecoder decoder = new FrontendDecoder();
    private final Meaning meaning;
    private final ProxySession session;
    private final RequestGates gates;
    private final ScramBinding binding;
    private final @Nullable ResultRequests results;
    private final int messageBytes;

    private Streamed streamed = Streamed.OPAQUE;
    private boolean first;
    private boolean unknownTold;

    /** What the chunks that follow are of. */
    private enum Streamed {
        COPY,
        HEAD,
        OPAQUE
    }

    FrontendLane(
            ProxySession session,
            Meaning meaning,
            RequestGates gates,
            ScramBinding binding,
            @Nullable ResultRequests results,
            int messageBytes) {
        this.session = session;
        this.meaning = meaning;
        this.gates = gates;
        this.binding = binding;
        this.results = results;
        this.messageBytes = messageBytes;
    }

    @Override
    public int look(byte type, int length) {
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (length < MessageType.LENGTH_BYTES) {
            return LAST_HEADER;
        }
        if (type == MessageType.Frontend.COPY_DATA
                || !meaning.isOn()
                || !MessageType.frontendKnown(type)
                || bodyLength > MessageType.frontendBodyBytesMax(type)) {
            return STREAM;
        }
        if (results != null && results.holds(type)) {
            return WAIT;
        }
        return Math.min(bodyLength, messageBytes);
    }

    @Override
    public void onWait() {
        if (results != null) {
            results.onWait();
        }
    }

    @Override
    public @Nullable ByteBuf takeOwn() {
        return results == null ? null : results.takeOwn();
    }

    @Override
    public void onLast(byte type, int length) {
        session.ending.onClientViolation(type, length);
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (gates.isEarly(type)) {
            return Disposition.HOLD;
        }
        try {
            FrontendMessage message = decoderFor(type).decode(type, buffer, bodyAt, bodyLength);
            if (message instanceof FrontendMessage.Terminate) {
                session.ending.onTerminate();
            } else if (type == MessageType.Frontend.AUTHENTICATION) {
                session.onClientAnswer();
                if (message instanceof FrontendMessage.SaslInitialResponse(String mechanism, int ignored)
                        && binding.isRefused(mechanism)) {
                    session.ending.refuse(Refusal.channelBinding());
                    return Disposition.STOP;
                }
            }
            if (results != null) {
                results.before(type);
            }
            meaning.tracker().onFrontend(message, meaning.nanos());
            Disposition disposition = gates.onRequest(type, message, true);
            if (results != null) {
                results.on(type, gates.foreseen(), disposition, buffer, bodyAt);
            }
            return disposition;
        } catch (RuntimeException fault) {
            return onFault(fault);
        }
    }

    private Disposition onFault(RuntimeException fault) {
        meaning.fail(fault);
        return session.ending.isOver() ? Disposition.STOP : Disposition.FORWARD;
    }

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        if (gates.isEarly(type)) {
            return Disposition.HOLD;
        }
        streamed = Streamed.HEAD;
        try {
            FrontendMessage head = decoderFor(type).decodeHead(type, buffer, bodyAt, headLength, bodyLength);
            if (results != null) {
                results.before(type);
            }
            meaning.tracker().onFrontendHead(head, bodyLength, meaning.nanos());
            Disposition disposition = gates.onRequest(type, head, false);
            if (results != null) {
                results.on(type, gates.foreseen(), disposition, buffer, bodyAt);
            }
            return disposition;
        } catch (RuntimeException fault) {
            return onFault(fault);
        }
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        if (type == MessageType.Frontend.COPY_DATA) {
            streamed = Streamed.COPY;
            first = true;
            return;
        }
        streamed = Streamed.OPAQUE;
        if (!meaning.isOn()) {
            return;
        }
        try {
            meaning.tracker().onFrontend(unread(type, bodyLength), meaning.nanos());
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        if (streamed == Streamed.OPAQUE || !meaning.isOn()) {
            return;
        }
        try {
            if (streamed == Streamed.COPY) {
                meaning.tracker().onFrontendCopyData(buffer, at, length, first, last);
                first = false;
            } else {
                meaning.tracker().onFrontendHeadChunk(buffer, at, length, last);
            }
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
    }

    private FrontendMessage unread(byte type, int bodyLength) {
        if (MessageType.frontendKnown(type)) {
            return new FrontendMessage.Malformed(
                    type,
                    bodyLength,
                    "body length: " + bodyLength + " (expected: at most " + MessageType.frontendBodyBytesMax(type)
                            + ")");
        }
        if (!unknownTold) {
            unknownTold = true;
            meaning.onUnknownMessage();
        }
        return new FrontendMessage.Unknown(type, bodyLength);
    }

    private FrontendDecoder decoderFor(byte type) {
        decoder.charset(meaning.tracker().clientCharset());
        if (type == MessageType.Frontend.AUTHENTICATION) {
            decoder.saslOffered(meaning.tracker().saslOffered());
        }
        return decoder;
    }
}
