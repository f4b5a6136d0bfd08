package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.pgweir.net.ServerTls;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a client's whole ClientHello, then puts TLS in its own place. A client that offers protocols (ALPN) of which none
 * is {@code postgresql} gets the alert that PostgreSQL 17 sends, which BoringSSL's own selector cannot be told to.
 *
 * <pre>
 * ClientHello: version 2, random 32, session id 1+n, cipher suites 2+n, compression 1+n, extensions 2+n
 * extension:   type 2, length 2, body; ALPN (16): list length 2, then names 1+n
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7301">RFC 7301</a>
 */
final class ClientHello extends SslClientHelloHandler<SslContext> {
    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int EXTENSION_ALPN = 16;

    /** Alert record, TLS 1.2, two bytes: fatal, no_application_protocol. */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private final ClientTls tls;

    ClientHello(ClientTls tls) {
        this.tls = tls;
    }

    @Override
    protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) {
        if (clientHello != null && !isProtocolAcceptable(clientHello)) {
            return context.executor().newFailedFuture(new SSLException("no common application protocol"));
        }
        return tls.context(context.executor());
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<SslContext> found) {
        if (!found.isSuccess()) {
            context.writeAndFlush(Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL))
                    .addListener(ChannelFutureListener.CLOSE);
            context.fireUserEventTriggered(new SslHandshakeCompletionEvent(found.cause()));
            return;
        }
        SslHandler handler = found.getNow().newHandler(context.alloc());
        // The startup timeout covers the handshake.
        handler.setHandshakeTimeoutMillis(0);
        context.pipeline().replace(this, null, handler);
    }

    /** A ClientHello that does not read is left to the TLS engine to refuse. */
    static boolean isProtocolAcceptable(ByteBuf hello) {
        int end = hello.writerIndex();
        int at = hello.readerIndex() + VERSION_AND_RANDOM_BYTES;
        at = skip(hello, at, 1, end);
        at = skip(hello, at, 2, end);
        at = skip(hello, at, 1, end) + 2;
        while (at + 4 <= end) {
            int type = hello.getUnsignedShort(at);
            int length = hello.getUnsignedShort(at + 2);
            at += 4;
            if (type == EXTENSION_ALPN && length > 2 && at + length <= end) {
                return names(hello, at + 2, at + length);
            }
            at += length;
        }
        return true;
    }

    private static boolean names(ByteBuf hello, int start, int end) {
        int at = start;
        while (at < end) {
            int length = hello.getUnsignedByte(at);
            at++;
            if (at + length > end) {
                return true;
            }
            if (hello.toString(at, length, StandardCharsets.US_ASCII).equals(ServerTls.ALPN)) {
                return true;
            }
            at += length;
        }
        return false;
    }

    /** Behind a field of its own length; far behind {@code end} where it does not lie within. */
    private static int skip(ByteBuf hello, int at, int lengthBytes, int end) {
        if (at + lengthBytes > end) {
            return end;
        }
        int length = lengthBytes == 1 ? hello.getUnsignedByte(at) : hello.getUnsignedShort(at);
        return at + lengthBytes + length;
    }
}
