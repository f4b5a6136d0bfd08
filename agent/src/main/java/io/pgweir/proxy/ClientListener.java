package io.pgweir.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import io.pgweir.config.HostPort;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ProxyProtocolConfig;
import io.pgweir.config.SplitConfig;
import io.pgweir.net.Sockets;
import io.pgweir.net.Transport;
import io.pgweir.routing.Wish;
import io.pgweir.telemetry.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One address that clients connect to, bound. Any thread. */
public final class ClientListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClientListener.class);

    private static final int BACKLOG = 4096;

    private final HostPort listen;
    private final Channel channel;
    private final Acceptor acceptor;

    private ClientListener(HostPort listen, Channel channel, Acceptor acceptor) {
        this.listen = listen;
        this.channel = channel;
        this.acceptor = acceptor;
    }

    /** What becomes of those who connect. */
    private static final class Acceptor extends ChannelInitializer<Channel> {
        private final Transport transport;
        private volatile Listening listening;

        Acceptor(Transport transport, Listening listening) {
            this.transport = transport;
            this.listening = listening;
        }

        @Override
        protected void initChannel(Channel client) {
            transport.configure(client);
            accept(client, listening);
        }
    }

    /**
     * Binds, and accepts from then on.
     *
     * @param secrets for nodes that a session's reads go to; null where those ask for none, and without {@code mode: split}
     * @throws IOException where the address cannot be bound
     */
    public static ClientListener bind(
            ListenerConfig config,
            Cluster cluster,
            ClientTls clientTls,
            @Nullable NodeSecrets secrets,
            ProxyContext context,
            Transport transport)
            throws IOException {
        Acceptor acceptor = new Acceptor(transport, listening(context, config, cluster, clientTls, secrets));
        HostPort listen = config.listen();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.loops())
                .channel(transport.listening(listen))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handler(Transport.accepting())
                .childHandler(acceptor);
        ChannelFuture bound =
                bootstrap.bind(address(config, transport, bootstrap)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        if (listen.isUnix()) {
            SocketFile.permit(listen.path(), config.socketMode());
        }
        return new ClientListener(listen, bound.channel(), acceptor);
    }

    private static SocketAddress address(ListenerConfig config, Transport transport, ServerBootstrap bootstrap)
            throws IOException {
        HostPort listen = config.listen();
        if (listen.isUnix()) {
            SocketFile.makeRoom(listen.path());
            return transport.address(listen.path());
        }
        bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        if (config.reusePort()) {
            bootstrap.option(transport.reusePort(), true);
        }
        return new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
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

    private static Listening listening(
            ProxyContext context,
            ListenerConfig config,
            Cluster cluster,
            ClientTls clientTls,
            @Nullable NodeSecrets secrets) {
        SplitConfig split = config.split();
        return new Listening(
                context,
                config,
                clientTls,
                cluster,
                Wish.of(config),
                config.applicationName() == null ? null : new ApplicationName(config.applicationName()),
                split == null ? null : SplitListening.of(context, split, cluster, secrets));
    }

    /** What is configured for those who connect from now on, at the same address. */
    public void serve(ListenerConfig config, Cluster cluster, ClientTls clientTls, @Nullable NodeSecrets secrets) {
        ProxyContext context = acceptor.listening.context();
        acceptor.listening = listening(context, config, cluster, clientTls, secrets);
        // For good: where this is over, its sessions go on.
        context.telemetry()
                .gauge(
                        Metric.LISTENER_SESSIONS,
                        List.of(config.name(), cluster.name()),
                        () -> context.sessions().count(config.name(), cluster));
    }

    public String name() {
        return acceptor.listening.config().name();
    }

    /** With the port that was given where the configuration said 0; null of a Unix-domain socket. */
    public @Nullable InetSocketAddress address() {
        return channel.localAddress() instanceof InetSocketAddress address ? address : null;
    }

    /** What clients connect to, for people. */
    public String where() {
        InetSocketAddress address = address();
        return address == null ? listen.toString() : NetUtil.toSocketAddressString(address);
    }

    /** Accepts no more; what was accepted stays. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        if (listen.isUnix()) {
            remove(listen.path());
        }
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException failure) {
            log.atWarn()
                    .addKeyValue("path", socket)
                    .addKeyValue("error", failure.getMessage())
                    .log("The socket's file stays");
        }
    }
}
