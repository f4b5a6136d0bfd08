package io.pgweir.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgweir.config.HostPort;
import io.pgweir.config.KeepaliveConfig;
import io.pgweir.config.ThreadsConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The kind of sockets, and the loops that serve them.
 *
 * @param epoll else NIO
 * @param keepalive null: as the kernel does it
 */
public record Transport(
        MultiThreadIoEventLoopGroup loops,
        boolean epoll,
        @Nullable KeepaliveConfig keepalive) {

    private static final ChannelOption<Integer> NIO_KEEPIDLE = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
    private static final ChannelOption<Integer> NIO_KEEPINTVL =
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
    private static final ChannelOption<Integer> NIO_KEEPCNT = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT);

    /** @throws IllegalStateException where the configuration asks for epoll and there is none */
    public static Transport start(ThreadsConfig config, @Nullable KeepaliveConfig keepalive) {
        boolean epoll = switch (config.transport()) {
            case AUTO -> Epoll.isAvailable();
            case NIO -> false;
            case EPOLL -> {
                if (!Epoll.isAvailable()) {
                    throw new IllegalStateException(
                            "threads.transport: epoll cannot be had on this machine", Epoll.unavailabilityCause());
                }
                yield true;
            }
        };
        int count = config.loops() == 0 ? Runtime.getRuntime().availableProcessors() : config.loops();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var loops = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), io);
        return new Transport(loops, epoll, keepalive);
    }

    public Class<? extends ServerChannel> listening(HostPort at) {
        if (at.isUnix()) {
            return epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
        }
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    public ChannelOption<Boolean> reusePort() {
        return epoll ? EpollChannelOption.SO_REUSEPORT : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    }

    public Class<? extends Channel> connected(SocketAddress to) {
        if (!(to instanceof InetSocketAddress)) {
            return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
        }
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /**
     * Connects in a turn of the loop's own, and not while it hands out what the kernel has told it. Netty tells sockets apart by their
     * descriptors' numbers: one that gets the number of another, closed since the kernel was asked, would be told what was meant for that, and
     * fail with NotYetConnectedException before it is connected.
     *
     * @param bootstrap all but the loop and the kind of socket
     * @param then told of the channel when it is about to be connected, on the loop
     */
    public void connect(EventLoop loop, Bootstrap bootstrap, SocketAddress address, Consumer<ChannelFuture> then) {
        loop.execute(() ->
                then.accept(bootstrap.group(loop).channel(connected(address)).connect(address)));
    }

    /** Accepts as {@link #connect} connects; for {@link ServerBootstrap#handler}. */
    public static ChannelHandler accepting() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object accepted) {
                context.executor().execute(() -> {
                    if (context.isRemoved()) {
                        ((Channel) accepted).unsafe().closeForcibly();
                    } else {
                        context.fireChannelRead(accepted);
                    }
                });
            }
        };
    }

    /** Of a Unix-domain socket, as this kind of sockets has it. */
    public SocketAddress address(Path path) {
        return epoll ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
    }

    /** Gives a new socket, to a client or a server, the options of its kind. */
    public void configure(Channel channel) {
        Sockets.configure(channel);
        if (keepalive == null || !(channel instanceof SocketChannel)) {
            return;
        }
        ChannelConfig config = channel.config();
        config.setOption(epoll ? EpollChannelOption.TCP_KEEPIDLE : NIO_KEEPIDLE, seconds(keepalive.idle()));
        config.setOption(epoll ? EpollChannelOption.TCP_KEEPINTVL : NIO_KEEPINTVL, seconds(keepalive.interval()));
        config.setOption(epoll ? EpollChannelOption.TCP_KEEPCNT : NIO_KEEPCNT, keepalive.count());
    }

    private static int seconds(Duration duration) {
        return (int) duration.toSeconds();
    }
}
