package io.pgweir.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ReferenceCountUtil;
import io.pgweir.config.HostPort;
import io.pgweir.config.ThreadsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** A socket with the descriptor of one that was closed while the loop handed out what the kernel had told it of that. */
@Timeout(60)
class TransportTest {
    private final Transport transport = Transport.start(new ThreadsConfig(1, ThreadsConfig.DEFAULT.transport()), null);
    private final EventLoop loop = (EventLoop) transport.loops().next();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        assumeThat(Epoll.isAvailable()).isTrue();
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    @SuppressWarnings("FutureReturnValueIgnored")
    void stop() throws IOException {
        transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS);
        server.close();
    }

    private SocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    /** Fails with the first exception that its pipeline hears of; done when a byte has come. */
    private static final class Hears extends ChannelInitializer<Channel> {
        final CompletableFuture<String> heard = new CompletableFuture<>();
        private final Runnable onByte;

        Hears(Runnable onByte) {
            this.onByte = onByte;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ReferenceCountUtil.release(message);
                    heard.complete("a byte");
                    onByte.run();
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    heard.complete(event.getClass().getSimpleName());
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    heard.complete(cause.toString());
                }
            });
        }
    }

    private Channel connected(Hears handler) throws Exception {
        CompletableFuture<Channel> channel = new CompletableFuture<>();
        transport.connect(
                loop,
                new Bootstrap().handler(handler),
                address(),
                connect -> connect.addListener(done -> channel.complete(connect.channel())));
        return channel.get(10, TimeUnit.SECONDS);
    }

    /** Has the loop hear in one go that the first has a byte, upon which {@code then} closes the second, and that the second's peer has closed. */
    private void atOnce(Consumer<Channel> then) throws Exception {
        CompletableFuture<Channel> second = new CompletableFuture<>();
        Channel _ = connected(new Hears(() -> then.accept(second.join())));
        try (Socket firstPeer = server.accept()) {
            second.complete(connected(new Hears(() -> {})));
            CountDownLatch ready = new CountDownLatch(1);
            try (Socket secondPeer = server.accept()) {
                loop.execute(() -> {
                    try {
                        assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                firstPeer.getOutputStream().write(1);
                secondPeer.getOutputStream().write(1);
            }
            ready.countDown();
            loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
        }
    }

    @RepeatedTest(20)
    void aSocketThatConnectsHearsNothingThatWasMeantForAnother() throws Exception {
        Hears third = new Hears(() -> {});
        CompletableFuture<String> connects = new CompletableFuture<>();

        atOnce(second -> {
            Sockets.close(second);
            transport.connect(
                    loop,
                    new Bootstrap().handler(third),
                    address(),
                    connect -> connect.addListener(done -> connects.complete(String.valueOf(done.cause()))));
        });

        assertThat(connects.get(10, TimeUnit.SECONDS)).isEqualTo("null");
        try (Socket peer = server.accept()) {
            peer.getOutputStream().write(1);
            assertThat(third.heard.get(10, TimeUnit.SECONDS)).isEqualTo("a byte");
        }
    }

    @RepeatedTest(5)
    void anAcceptedSocketIsServedByItsHandler() throws Exception {
        Hears accepted = new Hears(() -> {});
        Channel listener = new ServerBootstrap()
                .group(transport.loops())
                .channel(transport.listening(new HostPort("127.0.0.1", 0)))
                .handler(Transport.accepting())
                .childHandler(accepted)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();

        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) listener.localAddress()).getPort())) {
            client.getOutputStream().write(1);
            assertThat(accepted.heard.get(10, TimeUnit.SECONDS)).isEqualTo("a byte");
        }
    }
}
