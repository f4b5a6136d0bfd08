package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.session.Execution;
import io.pgweir.session.SessionListener;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.sql.StatementCache;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.StartupPacket;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The budget of the whole path on the event loop: nothing a row, nothing a piece of COPY, a handful of objects a statement.
 * Measured for the thread by the JVM; the same figures come from {@code bench/jmh 'Relay|Session' -prof gc}.
 */
class RelayAllocationTest {
    private static final int READS = 500;
    private static final int ROWS_A_READ = 400;
    private static final int STATEMENTS = 20_000;

    /** What a prepared statement may cost from Bind to ReadyForQuery; it was 565 when this was written. */
    private static final long STATEMENT_BYTES_MAX = 1024;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final Heard heard = new Heard();
    private final SessionTracker tracker = new SessionTracker(
            new SessionMeter(heard, new SessionMetrics(new Telemetry())),
            new StatementCache(1 << 20)::get,
            TrackerOptions.DEFAULT);

    @Test
    void rowsAllocateNothing() {
        // Given
        start();
        send(message('Q', "select 1\0"));
        receive(message('T', "\0\0"));

        // Then
        assertThat(perMessage('D')).isLessThan(1);
    }

    @Test
    void piecesOfCopyAllocateNothing() {
        // Given
        start();
        send(message('Q', "copy t to stdout\0"));
        receive(message('H', "\0\0\0"));

        // Then
        assertThat(perMessage('d')).isLessThan(1);
    }

    @Test
    void aPreparedStatementAllocatesAHandful() {
        // Given
        start();
        send(message('P', "s\0select $1\0\0\0"), message('S', ""));
        receive(message('1', ""), message('Z', "I"));
        ByteBuf request =
                direct(message('B', "\0s\0\0\0\0\1\0\0\0\1" + "7\0\0"), message('E', "\0\0\0\0\0"), message('S', ""));
        ByteBuf answer = direct(
                message('2', ""), message('D', "\0\1\0\0\0\1" + "7"), message('C', "SELECT 1\0"), message('Z', "I"));

        // When
        run(request, answer);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(request, answer);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        // Then
        assertThat(heard.executions).isEqualTo(2L * STATEMENTS);
        assertThat(bytes / STATEMENTS).isLessThan(STATEMENT_BYTES_MAX);
    }

    private void run(ByteBuf request, ByteBuf answer) {
        for (int i = 0; i < STATEMENTS; i++) {
            eachFrontend(request);
            eachBackend(answer);
        }
    }

    /** Bytes allocated for each of many messages of {@code type}, relayed and understood, once the JVM is warm. */
    private long perMessage(char type) {
        byte[] one = message(type, "\0\1\0\0\0\4" + "1\tx\n");
        ByteBuffer memory = ByteBuffer.allocateDirect(one.length * ROWS_A_READ);
        for (int i = 0; i < ROWS_A_READ; i++) {
            memory.put(one);
        }
        // Not from an allocator: the leak detector's wrapping would be what allocates.
        ByteBuf read = Unpooled.wrappedBuffer(memory.flip());
        Relay relay = new Relay(new Understood(), new EmbeddedChannel(new Taking()));
        relay(relay, read);
        long before = threads.getCurrentThreadAllocatedBytes();
        relay(relay, read);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        read.release();
        return bytes / ((long) READS * ROWS_A_READ);
    }

    private static void relay(Relay relay, ByteBuf read) {
        for (int i = 0; i < READS; i++) {
            relay.onBytes(read.setIndex(0, read.capacity()).retain());
        }
    }

    private void start() {
        tracker.onStartup(
                new StartupPacket.Startup(
                        StartupPacket.PROTOCOL_3_0, List.of(new StartupPacket.Parameter("user", "u"))),
                1);
        receive(message('R', "\0\0\0\0"), message('Z', "I"));
    }

    private void send(byte[]... messages) {
        eachFrontend(Unpooled.wrappedBuffer(messages));
    }

    private void receive(byte[]... messages) {
        eachBackend(Unpooled.wrappedBuffer(messages));
    }

    private void eachFrontend(ByteBuf bytes) {
        for (int at = 0; at < bytes.writerIndex(); ) {
            int bodyLength = bytes.getInt(at + 1) - MessageType.LENGTH_BYTES;
            int bodyAt = at + MessageType.HEADER_BYTES;
            tracker.onFrontend(frontend.decode(bytes.getByte(at), bytes, bodyAt, bodyLength), 1);
            at = bodyAt + bodyLength;
        }
    }

    private void eachBackend(ByteBuf bytes) {
        for (int at = 0; at < bytes.writerIndex(); ) {
            int bodyLength = bytes.getInt(at + 1) - MessageType.LENGTH_BYTES;
            int bodyAt = at + MessageType.HEADER_BYTES;
            if (bytes.getByte(at) == MessageType.Backend.DATA_ROW) {
                tracker.onDataRow(bodyLength, 1);
            } else {
                tracker.onBackend(backend.decode(bytes.getByte(at), bytes, bodyAt, bodyLength), 1);
            }
            at = bodyAt + bodyLength;
        }
    }

    private static ByteBuf direct(byte[]... messages) {
        ByteBuf all = Unpooled.wrappedBuffer(messages);
        ByteBuffer memory = ByteBuffer.allocateDirect(all.readableBytes());
        all.readBytes(memory);
        return Unpooled.wrappedBuffer(memory.flip());
    }

    private static byte[] message(char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(MessageType.HEADER_BYTES + bytes.length)
                .put((byte) type)
                .putInt(MessageType.LENGTH_BYTES + bytes.length)
                .put(bytes)
                .array();
    }

    /** As the lane of the server's messages, without a session around it. */
    private final class Understood implements Lane {
        private boolean copy;
        private boolean first;

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
            copy = type == MessageType.Backend.COPY_DATA;
            first = true;
            if (!copy) {
                tracker.onDataRow(bodyLength, 1);
            }
        }

        @Override
        public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
            if (copy) {
                tracker.onBackendCopyData(buffer, at, length, first, last, 1);
                first = false;
            }
        }
    }

    /** A socket that takes all at once. */
    private static final class Taking extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ((ByteBuf) message).release();
        }
    }

    private static final class Heard implements SessionListener {
        private long executions;

        @Override
        public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {}

        @Override
        public void onExecution(Execution execution) {
            executions++;
        }

        @Override
        public void onTransactionEnd(Transaction transaction) {}

        @Override
        public void onParameterStatus(String name, String value) {}
    }
}
