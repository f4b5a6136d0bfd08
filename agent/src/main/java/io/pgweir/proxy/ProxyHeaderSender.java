package io.pgweir.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;

/** Tells a server where the client is, before anything else is said, TLS included. Thread: the channel's event loop. */
final class ProxyHeaderSender extends ChannelInboundHandlerAdapter {
    private final ProxyHeader header;

    ProxyHeaderSender(ProxyHeader header) {
        this.header = header;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A void promise.
    public void channelActive(ChannelHandlerContext context) {
        context.pipeline().addFirst(HAProxyMessageEncoder.INSTANCE);
        context.writeAndFlush(header.message(), context.voidPromise());
        context.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
        context.fireChannelActive();
        context.pipeline().remove(this);
    }
}
