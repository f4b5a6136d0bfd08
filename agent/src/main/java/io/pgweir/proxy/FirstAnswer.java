package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.relay.Leg;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.SqlState;
import java.io.EOFException;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to a startup packet, kept until it is known whether it is for the client to hear, or a reason to ask another
 * server.
 *
 * <pre>
 *  packet sent -- FATAL 57P01, 57P02, 57P03, or closed without a word --> turned away: {@link #heard} fails
 *              -- anything else: a request to authenticate, any other error --> {@link #heard} succeeds
 * </pre>
 *
 * What came goes on byte by byte, as it came, and so does the end of the connection: see {@link #tell}.
 *
 * <p>Thread: the channel's event loop.
 */
final class FirstAnswer extends ChannelInboundHandlerAdapter {
    /** libpq takes an error before authentication for one of protocol 2, without a length, outside of these bounds. */
    private static final int ERROR_LENGTH_MIN = 8;

    private static final int ERROR_LENGTH_MAX = 30_000;

    private final Channel channel;
    private final Promise<Void> heard;

    /** Owned. */
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    private @Nullable Throwable failure;
    private boolean ended;
    private boolean closed;

    /** It has been told, or dropped. */
    private boolean over;

    /** The server does not take sessions now, as its own words say. */
    static final class TurnedAwayException extends Exception {
        private static final long serialVersionUID = 1L;

        TurnedAwayException(ErrorFields error) {
            super(error.severity() + " " + error.sqlState() + ", " + error.message(), null, false, false);
        }
    }

    private FirstAnswer(Channel channel) {
        this.channel = channel;
        this.heard = channel.eventLoop().newPromise();
    }

    /**
     * Sends a startup packet, and reads.
     *
     * @param packet owned from here on
     */
    static FirstAnswer to(ByteBuf packet, Channel channel) {
        FirstAnswer answer = new FirstAnswer(channel);
        channel.pipeline().addLast(answer);
        channel.config().setAutoRead(true);
        Sockets.write(channel, packet);
        channel.flush();
        return answer;
    }

    /** Fails with a {@link TurnedAwayException}, or with what ended the connection. */
    Future<Void> heard() {
        return heard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (over) {
            in.release();
            return;
        }
        bytes = bytes.isReadable() ? join(context, in) : in;
        if (!heard.isDone()) {
            look();
        }
    }

    private ByteBuf join(ChannelHandlerContext context, ByteBuf in) {
        try {
            return context.alloc()
                    .buffer(bytes.readableBytes() + in.readableBytes())
                    .writeBytes(bytes)
                    .writeBytes(in);
        } finally {
            bytes.release();
            in.release();
        }
    }

    /** Notices, and what is said of the protocol's version, decide nothing; what comes with AuthenticationOk may. */
    private void look() {
        boolean letIn = false;
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (end - at >= MessageType.HEADER_BYTES) {
            byte type = bytes.getByte(at);
            int length = bytes.getInt(at + 1);
            int lengthMin = type == MessageType.Backend.ERROR_RESPONSE ? ERROR_LENGTH_MIN : MessageType.LENGTH_BYTES;
            if (length < lengthMin || length > ERROR_LENGTH_MAX || !mayPrecede(type, letIn)) {
                toDecided(null);
                return;
            }
            if (end - at <= length) {
                return;
            }
            BackendMessage message = new BackendDecoder()
                    .decode(type, bytes, at + MessageType.HEADER_BYTES, length - MessageType.LENGTH_BYTES);
            if (message instanceof BackendMessage.ErrorResponse(ErrorFields error)) {
                toDecided(isAway(error) ? new TurnedAwayException(error) : null);
                return;
            }
            if (message instanceof BackendMessage.Authentication authentication) {
                letIn = authentication.code() == BackendMessage.Authentication.OK;
                if (!letIn) {
                    toDecided(null);
                    return;
                }
            }
            at += 1 + length;
        }
        // What comes behind AuthenticationOk may take its time: nobody waits for that.
        if (letIn) {
            toDecided(null);
        }
    }

    private static boolean mayPrecede(byte type, boolean letIn) {
        return switch (type) {
            case MessageType.Backend.ERROR_RESPONSE,
                    MessageType.Backend.NOTICE_RESPONSE,
                    MessageType.Backend.NEGOTIATE_PROTOCOL_VERSION,
                    MessageType.Backend.AUTHENTICATION -> true;
            case MessageType.Backend.PARAMETER_STATUS, MessageType.Backend.BACKEND_KEY_DATA -> letIn;
            default -> false;
        };
    }

    private static boolean isAway(ErrorFields error) {
        return error.isFatal()
                && switch (error.sqlState()) {
                    case SqlState.ADMIN_SHUTDOWN, SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW -> true;
                    default -> false;
                };
    }

    /** What comes behind that is for the session to read. */
    private void toDecided(@Nullable Exception turnedAway) {
        channel.config().setAutoRead(false);
        if (turnedAway == null) {
            heard.trySuccess(null);
        } else {
            heard.tryFailure(turnedAway);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            onEnd();
        }
    }

    private void onEnd() {
        ended = true;
        heard.tryFailure(failure == null ? new EOFException("the server closed the connection") : failure);
    }

    /** Not acted on: a write may fail while the server's last words still wait to be read, and an end of input follows. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failure = cause;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        onEnd();
    }

    /** From here on {@code leg} hears of the channel: what came so far at once, as if it came now. */
    void tell(Leg leg, Leg.Events events) {
        over = true;
        channel.pipeline().addLast("leg", leg);
        if (!closed) {
            channel.pipeline().remove(this);
        }
        ByteBuf said = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        if (said.isReadable()) {
            events.onRead(said);
            events.onReadComplete();
        }
        if (failure != null) {
            events.onFailure(failure);
        }
        if (ended) {
            events.onEnd();
        }
        if (closed) {
            events.onClosed();
        }
    }

    /** Nobody is to hear it. */
    void drop() {
        over = true;
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
        Sockets.close(channel);
    }
}
