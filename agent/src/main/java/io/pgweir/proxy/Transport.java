package io.pgweir.proxy;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgweir.config.ThreadsConfig;

/** The kind of sockets, and the loops that serve them. */
public record Transport(
        MultiThreadIoEventLoopGroup loops,
        Class<? extends ServerSocketChannel> listening,
        Class<? extends SocketChannel> connected) {

    /** @throws IllegalStateException where the configuration asks for epoll and there is none */
    public static Transport start(ThreadsConfig config) {
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
        return epoll
                ? new Transport(loops, EpollServerSocketChannel.class, EpollSocketChannel.class)
                : new Transport(loops, NioServerSocketChannel.class, NioSocketChannel.class);
    }
}
