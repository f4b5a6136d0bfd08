package io.pgweir.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.pgweir.config.HostPort;
import io.pgweir.config.ThreadsConfig;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class SocketsTest {
    /** More than four reads take, less than sixteen. */
    private static final int FLOOD_BYTES = 400_000;

    private record Read(Channel channel, int bytes) {}

    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Read> reads = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @EnumSource(ThreadsConfig.Transport.class)
    void clientThatSendsWithoutEndLeavesOthersTheirTurn(ThreadsConfig.Transport kind) throws Exception {
        // Given
        Transport transport = Transport.start(new ThreadsConfig(1, kind), null);
        InetSocketAddress address = listen(transport);
        var held = new CountDownLatch(1);
        List<Read> before = new ArrayList<>();
        try (Socket flooding = connect(address);
                Socket quiet = connect(address)) {
            Channel flooded = accepted.take();
            Channel calm = accepted.take();
            transport.loops().execute(() -> await(held));
            flooding.getOutputStream().write(new byte[FLOOD_BYTES]);
            quiet.getOutputStream().write(1);

            // When
            held.countDown();

            // Then
            for (Read read = reads.take(); !read.channel().equals(calm); read = reads.take()) {
                before.add(read);
            }
            assertThat(before)
                    .hasSizeLessThanOrEqualTo(4)
                    .allMatch(read -> read.channel().equals(flooded));
            int rest = FLOOD_BYTES - before.stream().mapToInt(Read::bytes).sum();
            while (rest > 0) {
                rest -= reads.take().bytes();
            }
            assertThat(rest).isZero();
        } finally {
            transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** All sockets on one loop. */
    private InetSocketAddress listen(Transport transport) {
        Channel listener = new ServerBootstrap()
                .group(transport.loops())
                .channel(transport.listening(new HostPort("127.0.0.1", 0)))
                .option(ChannelOption.SO_RCVBUF, 2 * FLOOD_BYTES)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        transport.configure(client);
                        client.pipeline().addLast(new Reads());
                        accepted.add(client);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return (InetSocketAddress) listener.localAddress();
    }

    private static Socket connect(InetSocketAddress address) throws Exception {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Reads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            reads.add(new Read(context.channel(), bytes.readableBytes()));
            bytes.release();
        }
    }
}
