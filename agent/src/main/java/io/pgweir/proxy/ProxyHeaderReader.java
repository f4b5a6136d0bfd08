package io.pgweir.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.function.Consumer;

/**
 * Takes the PROXY header that a connection begins with. What it says is told before any byte behind it is seen; one that is none is
 * an exception of the pipeline, and the connection is closed. Thread: the channel's event loop.
 *
 * @see <a href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">The PROXY protocol, versions 1 and 2</a>
 */
final class ProxyHeaderReader extends SimpleChannelInboundHandler<HAProxyMessage> {
    /** What proxies add to addresses: ids, a TLS client's name. */
    private static final int TLV_BYTES_MAX = 8192;

    private final Peer proxy;
    private final Consumer<Peer> told;

    private ProxyHeaderReader(Peer proxy, Consumer<Peer> told) {
        this.proxy = proxy;
        this.told = told;
    }

    /** @param proxy at the other end of the socket */
    static void addTo(ChannelPipeline pipeline, Peer proxy, Consumer<Peer> told) {
        pipeline.addLast(new HAProxyMessageDecoder(TLV_BYTES_MAX), new ProxyHeaderReader(proxy, told));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
        told.accept(Peer.of(header, proxy));
        context.pipeline().remove(this);
    }
}
