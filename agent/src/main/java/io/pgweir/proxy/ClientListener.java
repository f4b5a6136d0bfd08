package io.pgweir.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ProxyProtocolConfig;
import io.pgweir.routing.Wish;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** One address that clients connect to, bound. Any thread. */
public final class ClientListener implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final String name;
    private final Channel channel;

    private ClientListener(String name, Channel channel) {
        this.name = name;
        this.channel = channel;
    }

    /**
     * Binds, and accepts from then on.
     *
     * @throws IOException where the address cannot be bound
     */
    public static ClientListener bind(
            ListenerConfig config, Cluster cluster, ClientTls clientTls, ProxyContext context, Transport transport)
            throws IOException {
        Listening listening = new Listening(
                context,
                config,
                clientTls,
                cluster,
                Wish.of(config),
                config.applicationName() == null ? null : new ApplicationName(config.applicationName()));
        ChannelFuture bound = new ServerBootstrap()
                .group(transport.loops())
                .channel(transport.listening())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        transport.configure(client);
                        accept(client, listening);
                    }
                })
                .bind(new InetSocketAddress(
                        InetAddress.getByName(config.listen().host()),
                        config.listen().port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        return new ClientListener(config.name(), bound.channel());
    }

    private static void accept(Channel client, Listening listening) {
        if (listening.context().entrance().onHandshakeStart()) {
            start(client, listening);
        } else {
            Sockets.close(client);
        }
    }

    private static void start(Channel client, Listening listening) {
        Peer peer = Peer.of(client);
        ClientStart start = new ClientStart(listening, peer);
        ProxyProtocolConfig proxies = listening.config().proxyProtocol();
        if (proxies != null) {
            InetAddress from = peer.address();
            if (from == null || proxies.from().stream().anyMatch(network -> network.holds(from))) {
                ProxyHeaderReader.addTo(client.pipeline(), peer, start::proxiedFor);
            } else if (proxies.others() == ProxyProtocolConfig.Others.REFUSE) {
                start.refuseUnproxied();
            }
        }
        client.pipeline().addLast("start", start);
    }

    public String name() {
        return name;
    }

    /** With the port that was given where the configuration said 0. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Accepts no more; what was accepted stays. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}
