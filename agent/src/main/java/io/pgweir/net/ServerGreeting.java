package io.pgweir.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import io.pgweir.config.HostPort;
import io.pgweir.wire.MessageWriter;
import java.io.EOFException;
import java.security.cert.Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the startup packet on a connection to a server.
 *
 * <pre>
 *  connected -- no TLS ------------------------------------------------------> ready
 *            -- direct -----------------------------> handshake -------------> ready
 *            -- SSLRequest -> 'S', and nothing else -> handshake ------------> ready
 *                          -> 'N', and prefer -------------------------------> ready
 *                          -> anything else: failed
 * </pre>
 *
 * A byte behind {@code S} fails (CVE-2021-23222). The text of an error instead of an answer is not authentic and shown to
 * nobody (CVE-2024-10977). When ready, the handler is gone and the channel does not read.
 *
 * <p>Thread: the channel's event loop.
 */
public final class ServerGreeting extends ChannelInboundHandlerAdapter {
    private final Promise<Greeted> result;
    private final HostPort node;
    private final @Nullable ServerTls tls;

    /**
     * What is ready.
     *
     * @param certificate that the server showed; null without TLS
     */
    public record Greeted(Channel channel, @Nullable Certificate certificate) {}

    /** @param tls null where none is wanted */
    public ServerGreeting(Promise<Greeted> result, HostPort node, @Nullable ServerTls tls) {
        this.result = result;
        this.node = node;
        this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (tls == null) {
            ready(context, null);
        } else if (tls.isDirect()) {
            handshake(context, tls);
        } else {
            Sockets.write(context.channel(), MessageWriter.sslRequest(context.alloc()));
            context.flush();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        int length = in.readableBytes();
        char answer = (char) in.getUnsignedByte(in.readerIndex());
        in.release();
        if (tls == null || result.isDone()) {
            result.tryFailure(new SSLException("the server spoke before it was asked"));
        } else if (length > 1 && answer == 'S') {
            result.tryFailure(new SSLException("the server sent unencrypted data after its answer to SSLRequest"));
        } else if (answer == 'S') {
            handshake(context, tls);
        } else if (answer == 'N' && length == 1 && tls.isPreferredOnly()) {
            ready(context, null);
        } else if (answer == 'N') {
            result.tryFailure(new SSLException("the server does not support TLS"));
        } else {
            result.tryFailure(new SSLException("the server answered SSLRequest neither S nor N"));
        }
    }

    private void handshake(ChannelHandlerContext context, ServerTls tls) {
        context.pipeline().addFirst(tls.handler(context.alloc(), node));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                ready(context, certificate(context));
            } else {
                result.tryFailure(new SSLException(handshake.cause().getMessage(), handshake.cause()));
            }
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            result.tryFailure(closed());
        }
    }

    private static @Nullable Certificate certificate(ChannelHandlerContext context) {
        try {
            return context.pipeline()
                    .get(SslHandler.class)
                    .engine()
                    .getSession()
                    .getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException anonymous) {
            return null;
        }
    }

    private void ready(ChannelHandlerContext context, @Nullable Certificate certificate) {
        context.channel().config().setAutoRead(false);
        // What the server said before it reset the connection is still to be read when a write fails.
        context.channel().config().setAutoClose(false);
        context.pipeline().remove(this);
        if (!result.trySuccess(new Greeted(context.channel(), certificate))) {
            Sockets.close(context.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        result.tryFailure(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        result.tryFailure(closed());
    }

    /** With TLS wanted, a reason to do without where it is only preferred: as libpq sees it. */
    private Exception closed() {
        String what = "the server closed the connection";
        return tls == null ? new EOFException(what) : new SSLException(what);
    }
}
