package io.pgweir.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The options that every socket of a session has.
 *
 * <p>For tests only, {@code -Dpgweir.debug.read-bytes=N} cuts everything that is read, from both sides and above TLS too,
 * into pieces of 1 to N bytes.
 */
public final class Sockets {
    private static final String READ_BYTES_MAX = "pgweir.debug.read-bytes";

    /** What may wait to be written before the other side is no longer read, and when it is read again. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    /**
     * What a client has sent is read this often, at most 64 KiB each time, before the other sockets of its loop have their turn. Its
     * server's is one of them: a client that sends without waiting hears of an error so much the later.
     */
    private static final RecvByteBufAllocator CLIENT_READS = new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(4);

    private Sockets() {}

    /** Whatever comes of it, the channel tells its handlers and its close future. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static void close(Channel channel) {
        channel.close();
    }

    /** Past the peer's back pressure, to be flushed; a failure is told to the pipeline. */
    @SuppressWarnings("FutureReturnValueIgnored") // A void promise.
    public static void write(Channel channel, ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    /** Flushes; when all that was written before is with the kernel, or cannot be, {@code then}. */
    public static void onFlushed(Channel channel, Consumer<Channel> then) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) written -> then.accept(written.channel()));
    }

    /** A half-close: close_notify where there is TLS, then FIN. */
    public static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        ChannelFuture notified = tls == null ? channel.newSucceededFuture() : tls.closeOutbound();
        notified.addListener(done -> shutdown((DuplexChannel) channel));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Where it fails, the channel is closed already.
    private static void shutdown(DuplexChannel channel) {
        channel.shutdownOutput();
    }

    /** Closes with a reset, past TLS and past what is still to be written. */
    @SuppressWarnings("FutureReturnValueIgnored") // As close().
    public static void abort(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.pipeline().firstContext().close();
        }
    }

    /** Aborts a channel that has not closed by itself within {@code seconds}. */
    public static void abortAfter(Channel channel, long seconds) {
        var timer = channel.eventLoop().schedule(() -> abort(channel), seconds, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    public static void configure(Channel channel) {
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setWriteBufferWaterMark(WATER_MARK);
        if (channel.parent() != null) {
            config.setRecvByteBufAllocator(CLIENT_READS);
        }
        int readBytesMax = Integer.getInteger(READ_BYTES_MAX, 0);
        if (readBytesMax > 0) {
            config.setRecvByteBufAllocator(new CutReads(readBytesMax));
        }
    }

    /** Behind TLS, whose records the socket's own cuts do not show in. */
    public static void cutDecrypted(Channel channel, String before) {
        int readBytesMax = Integer.getInteger(READ_BYTES_MAX, 0);
        if (readBytesMax > 0) {
            channel.pipeline().addBefore(before, null, new CutDecrypted(readBytesMax));
        }
    }

    private static int pieceBytes(int max) {
        return ThreadLocalRandom.current().nextInt(1, max + 1);
    }

    private static final class CutReads extends DefaultMaxMessagesRecvByteBufAllocator {
        private final int bytesMax;

        CutReads(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public MaxMessageHandle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return pieceBytes(bytesMax);
                }

                @Override
                public ByteBuf allocate(ByteBufAllocator allocator) {
                    int bytes = guess();
                    return allocator.ioBuffer(bytes, bytes);
                }
            };
        }
    }

    private static final class CutDecrypted extends ChannelInboundHandlerAdapter {
        private final int bytesMax;

        CutDecrypted(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            while (in.isReadable()) {
                context.fireChannelRead(in.readRetainedSlice(Math.min(in.readableBytes(), pieceBytes(bytesMax))));
                context.fireChannelReadComplete();
            }
            in.release();
        }
    }
}
