package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.relay.Relay;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The byte lane alone: reads full of short rows or COPY pieces, walked and handed on. In the relay's own package, to see it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RelayBenchmark {
    private static final int MESSAGES = 400;
    private static final int BODY_BYTES = 122;

    private final ByteBuf rows = messages('D');
    private final ByteBuf copyData = messages('d');
    private final Streaming lane = new Streaming();
    private final Relay relay = new Relay(lane, new EmbeddedChannel(new Releasing()));

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long row() {
        relay.onBytes(rows.setIndex(0, MESSAGES * (BODY_BYTES + 5)).retain());
        return lane.seen;
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long copyData() {
        relay.onBytes(copyData.setIndex(0, MESSAGES * (BODY_BYTES + 5)).retain());
        return lane.seen;
    }

    private static ByteBuf messages(char type) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(MESSAGES * (BODY_BYTES + 5));
        for (int i = 0; i < MESSAGES; i++) {
            out.writeByte(type).writeInt(BODY_BYTES + 4).writeZero(BODY_BYTES);
        }
        return out;
    }

    /** Everything streams; what is shown is only counted. */
    private static final class Streaming implements Lane {
        long seen;

        @Override
        public int look(byte type, int length) {
            return STREAM;
        }

        @Override
        public void onLast(byte type, int length) {}

        @Override
        public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
            return Disposition.FORWARD;
        }

        @Override
        public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
            return Disposition.FORWARD;
        }

        @Override
        public void onStream(byte type, int bodyLength) {
            seen += bodyLength;
        }

        @Override
        public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
            seen += length;
        }
    }

    /** The peer's socket, which takes all at once. */
    private static final class Releasing extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ((ByteBuf) message).release();
        }
    }
}
