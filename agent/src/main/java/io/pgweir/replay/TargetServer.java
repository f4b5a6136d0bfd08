package io.pgweir.replay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.config.HostPort;
import io.pgweir.config.ThreadsConfig;
import io.pgweir.net.ServerGreeting;
import io.pgweir.net.ServerGreeting.Greeted;
import io.pgweir.net.ServerTls;
import io.pgweir.net.Sockets;
import io.pgweir.net.Transport;
import io.pgweir.wire.MessageWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Makes connections to the target, past TCP and TLS. Any thread. */
final class TargetServer implements AutoCloseable {
    private final Target target;
    private final ServerTls tls;
    private final SocketAddress address;
    private final Transport transport;

    /** @throws SSLException where a file of TLS cannot be read */
    TargetServer(Target target) throws SSLException {
        this.target = target;
        tls = ServerTls.of(target.tls());
        // The other half is the reader's, and the target's where that is here too.
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        transport = Transport.start(new ThreadsConfig(loops, ThreadsConfig.DEFAULT.transport()), null);
        HostPort at = target.address();
        address = at.isUnix() ? transport.address(at.path()) : new InetSocketAddress(at.host(), at.port());
    }

    Target target() {
        return target;
    }

    EventLoop nextLoop() {
        return (EventLoop) transport.loops().next();
    }

    /** Fails with what a person can read. */
    Future<Greeted> connect(EventLoop loop) {
        Promise<Greeted> result = loop.newPromise();
        connect(loop, tls.isWanted() && !target.address().isUnix(), result);
        return result;
    }

    private void connect(EventLoop loop, boolean withTls, Promise<Greeted> result) {
        long timeoutMillis = target.connectTimeout().toMillis();
        Promise<Greeted> attempt = loop.newPromise();
        Bootstrap bootstrap = new Bootstrap()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeoutMillis))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        transport.configure(channel);
                        channel.pipeline().addLast(new ServerGreeting(attempt, target.address(), withTls ? tls : null));
                    }
                });
        transport.connect(loop, bootstrap, address, connect -> follow(connect, loop, attempt, withTls, result));
    }

    private void follow(
            ChannelFuture connect, EventLoop loop, Promise<Greeted> attempt, boolean withTls, Promise<Greeted> result) {
        long timeoutMillis = target.connectTimeout().toMillis();
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                attempt.tryFailure(connected.cause());
                return;
            }
            var timer = loop.schedule(
                    () -> attempt.tryFailure(new TimeoutException("no answer within " + timeoutMillis + " ms")),
                    timeoutMillis,
                    TimeUnit.MILLISECONDS);
            attempt.addListener(_ -> timer.cancel(false));
        });
        attempt.addListener((Future<Greeted> done) -> {
            if (done.isSuccess()) {
                result.trySuccess(done.getNow());
                return;
            }
            Sockets.close(connect.channel());
            if (withTls && tls.isPreferredOnly() && done.cause() instanceof SSLException) {
                connect(loop, false, result);
            } else {
                result.tryFailure(done.cause());
            }
        });
    }

    /**
     * Asks the server to cancel what the connection with that key runs; whatever comes of it shows there.
     *
     * @param then when the server has heard it, or cannot; on the loop
     */
    void cancel(EventLoop loop, int processId, byte[] key, Runnable then) {
        connect(loop).addListener((Future<Greeted> done) -> {
            if (!done.isSuccess()) {
                then.run();
            } else {
                Channel channel = done.getNow().channel();
                channel.closeFuture().addListener(_ -> then.run());
                channel.pipeline().addLast(new UntilClosed());
                channel.config().setAutoRead(true);
                Sockets.write(channel, MessageWriter.cancelRequest(UnpooledByteBufAllocator.DEFAULT, processId, key));
                channel.flush();
                Sockets.abortAfter(channel, target.connectTimeout().toSeconds());
            }
        });
    }

    /** The server closes when it has seen the request; who closes first may not be heard. */
    private static final class UntilClosed extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            Sockets.close(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Sockets.close(context.channel());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with the loops.
    void everySecond(Runnable task) {
        nextLoop().scheduleAtFixedRate(task, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody is left who would wait.
    public void close() {
        transport.loops().shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    /** What is the matter with the target, for a person. */
    String text(Throwable cause) {
        Throwable root = cause;
        // What TLS says of itself helps nobody: what it did not like stands below.
        while (cause instanceof SSLException && root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return target.address() + ": " + (message == null ? root.toString() : message);
    }
}
