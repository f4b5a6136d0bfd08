package io.pgweir.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * One socket of a session: what it reads goes into the relay towards the other, what happens to it is told to the session.
 *
 * <p>Thread: the session's event loop.
 */
public final class Leg extends ChannelInboundHandlerAdapter {
    /** What this socket's news mean to the session. */
    public interface Events {
        void onRead(ByteBuf bytes);

        /** Something that is no bytes, from a channel that says such things, in its place between them. */
        default void onNote(Object note) {
            ReferenceCountUtil.release(note);
        }

        void onReadComplete();

        void onWritability();

        /** The other end will send no more: FIN, or TLS's close_notify. */
        void onEnd();

        /** Reset, or a TLS record that does not decrypt. */
        void onFailure(Throwable cause);

        void onClosed();
    }

    private final Events events;
    private boolean reading;

    public Leg(Events events) {
        this.events = events;
    }

    /** Switches reading; autoRead is volatile and arms the selector: touched on change only. */
    public void reading(Channel channel, boolean wanted) {
        if (reading != wanted) {
            reading = wanted;
            channel.config().setAutoRead(wanted);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            events.onRead(bytes);
        } else {
            events.onNote(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        events.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        events.onWritability();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            events.onEnd();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        events.onFailure(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        events.onClosed();
    }
}
