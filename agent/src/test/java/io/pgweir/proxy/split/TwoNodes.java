package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Verifiers;
import io.pgweir.config.FailoverConfig;
import io.pgweir.config.HostPort;
import io.pgweir.config.ReadsConfig;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.net.Sockets;
import io.pgweir.sql.StatementCache;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Lag;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import io.pgweir.wire.StartupPacket;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A split session between a client and two nodes without any socket: what they say is said here, and what each has heard is kept. */
final class TwoNodes implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 5000;
    static final int WAIT_MILLIS = 50;

    static final byte[] ROWS = rows("1");
    static final byte[] READY = message('Z', "I");

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    EmbeddedChannel leader = channel();

    /** Of none of the nodes: such a channel runs what its loop is to run within a flush. */
    private final EmbeddedChannel clock = still(new EmbeddedChannel());

    EmbeddedChannel reader = channel();

    private @Nullable EmbeddedChannel nextLeader;
    final List<Object> notes = new ArrayList<>();
    final SplitSocket socket;

    /** Why the client heard an end. */
    @Nullable
    Throwable failure;

    boolean ended;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private int connections;

    TwoNodes(ReadsConfig.Consistency consistency) {
        this(consistency, () -> new StatementCache(1 << 20));
    }

    /** A client that was let in. */
    TwoNodes(ReadsConfig.Consistency consistency, Supplier<StatementCache> statements) {
        this(consistency, statements, null, Judge.LEADER);
        letIn();
    }

    private void letIn() {
        leaderSays(FakeServer.WELCOME);
        heardByLeader();
        heard();
    }

    /** A client that was let in, and outlives its leader. */
    static TwoNodes moving(ReadsConfig.Consistency consistency) {
        TwoNodes nodes = new TwoNodes(
                consistency,
                () -> new StatementCache(1 << 20),
                null,
                null,
                Judge.LEADER,
                new FailoverConfig(Duration.ofMinutes(1), 1, true));
        nodes.letIn();
        return nodes;
    }

    /** A client that has said who it is, and no more. */
    TwoNodes(
            ReadsConfig.Consistency consistency,
            Supplier<StatementCache> statements,
            @Nullable Verifiers verifiers,
            Judge judge) {
        this(consistency, statements, verifiers, null, judge, new FailoverConfig(Duration.ZERO, 1, true));
    }

    /** The same, where nodes let in by tokens. */
    TwoNodes(ReadsConfig.Consistency consistency, NodeTokens tokens, Judge judge) {
        this(
                consistency,
                () -> new StatementCache(1 << 20),
                null,
                tokens,
                judge,
                new FailoverConfig(Duration.ZERO, 1, true));
    }

    private TwoNodes(
            ReadsConfig.Consistency consistency,
            Supplier<StatementCache> statements,
            @Nullable Verifiers verifiers,
            @Nullable NodeTokens tokens,
            Judge judge,
            FailoverConfig failover) {
        FactsCache facts = new FactsCache(1 << 20);
        SplitSetup setup = new SplitSetup(
                new ReadsConfig(
                        ReadsConfig.DEFAULT.from(),
                        consistency,
                        Duration.ofMillis(WAIT_MILLIS),
                        ReadsConfig.Otherwise.LEADER),
                failover,
                new Holds(1),
                verifiers,
                tokens,
                new Freshness(),
                new FunctionCatalogs(),
                new Misroutes(),
                statements,
                () -> facts,
                new Telemetry());
        EventLoop loop = clock.eventLoop();
        SplitSession session = SplitSession.begin(
                setup,
                loop,
                new StartupPacket.Startup(
                        StartupPacket.PROTOCOL_3_0, List.of(new StartupPacket.Parameter("user", "u"))),
                connection(leader, NodeRole.LEADER),
                new NodeConnector() {
                    @Override
                    public Future<NodeConnection> reader() {
                        connections++;
                        Promise<NodeConnection> found = loop.newPromise();
                        return found.setSuccess(connection(reader, NodeRole.ASYNC));
                    }

                    @Override
                    public Future<NodeConnection> leader() {
                        EmbeddedChannel next = nextLeader;
                        if (next == null) {
                            return loop.newFailedFuture(new IllegalStateException("no other"));
                        }
                        leader = next;
                        Promise<NodeConnection> found = loop.newPromise();
                        return found.setSuccess(connection(next, NodeRole.LEADER));
                    }

                    @Override
                    public String cluster() {
                        return "main";
                    }

                    @Override
                    public void look() {}

                    @Override
                    public boolean isPaused() {
                        return false;
                    }

                    @Override
                    public boolean mayLead(Node node) {
                        return true;
                    }

                    @Override
                    public long timeoutMillis() {
                        return TIMEOUT_MILLIS;
                    }

                    @Override
                    public boolean mayStay(Node node) {
                        return true;
                    }

                    @Override
                    public long lagBytes(Node node) {
                        return -1;
                    }
                },
                judge);
        socket = session.socket();
        socket.pipeline().addLast(new Client());
        socket.config().setAutoRead(true);
        say(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "u")));
    }

    /** The same, and past its first read, which the reader has answered. */
    static TwoNodes reading(ReadsConfig.Consistency consistency) {
        TwoNodes nodes = entering(consistency);
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerSays(ROWS, READY);
        nodes.heard();
        nodes.heardByReader();
        return nodes;
    }

    /** The same, as the reader is being logged in to for its first read. */
    static TwoNodes entering(ReadsConfig.Consistency consistency) {
        TwoNodes nodes = new TwoNodes(consistency);
        nodes.say(Frontend.query("select 1"));
        // The catalog's answer: no functions.
        nodes.leaderSays(message('C', "SELECT 0\0"), READY);
        nodes.heardByLeader();
        nodes.heardByReader();
        return nodes;
    }

    private static NodeConnection connection(EmbeddedChannel channel, NodeRole role) {
        HostPort host = new HostPort(role.label(), 5432);
        SocketAddress address = channel.remoteAddress();
        return new NodeConnection(
                channel,
                new Node(role.label(), host, null, role, NodeState.RUNNING, 1, null, Lag.UNKNOWN, Map.of(), null),
                host,
                address,
                false,
                null,
                () -> {});
    }

    private EmbeddedChannel channel() {
        EmbeddedChannel channel = still(new EmbeddedChannel());
        channel.config().setAllocator(allocator);
        return channel;
    }

    /** There is another connection to the leader to be had; what is said by {@link #leader} from then on is said there. */
    void nextLeader() {
        nextLeader = channel();
    }

    /** The next reader is another. */
    void nextReader() {
        reader = channel();
    }

    int connections() {
        return connections;
    }

    void say(byte[]... messages) {
        Sockets.write(socket, allocator.buffer().writeBytes(Frontend.concat(messages)));
        socket.flush();
        run();
    }

    void leaderSays(byte[]... messages) {
        says(leader, messages);
    }

    void readerSays(byte[]... messages) {
        says(reader, messages);
    }

    void leaderEnds() {
        end(leader);
    }

    void readerEnds() {
        end(reader);
    }

    private void says(EmbeddedChannel node, byte[]... messages) {
        node.writeInbound(allocator.buffer().writeBytes(Frontend.concat(messages)));
        run();
    }

    private void end(EmbeddedChannel node) {
        Sockets.close(node);
        run();
    }

    /** Time passes when somebody says so. */
    private static EmbeddedChannel still(EmbeddedChannel channel) {
        channel.freezeTime();
        return channel;
    }

    /** That much later. */
    void pass(long millis) {
        clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        leader.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        reader.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        run();
    }

    private void run() {
        for (int i = 0; i < 10; i++) {
            for (EmbeddedChannel channel : List.of(clock, leader, reader)) {
                channel.runPendingTasks();
                channel.runScheduledPendingTasks();
            }
        }
    }

    /** Since it was asked last, as the letters of the messages; garbage is a question mark. */
    String heardByLeader() {
        return letters(written(leader));
    }

    String heardByReader() {
        return letters(written(reader));
    }

    byte[] heard() {
        byte[] all = heard.toByteArray();
        heard.reset();
        return all;
    }

    private static byte[] written(EmbeddedChannel node) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = node.readOutbound(); next != null; next = node.readOutbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes).release();
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static String letters(byte[] bytes) {
        StringBuilder letters = new StringBuilder();
        int at = 0;
        while (at + 5 <= bytes.length) {
            if (bytes[at] == 0) {
                return "startup";
            }
            int length = ByteBuffer.wrap(bytes).getInt(at + 1);
            letters.append((char) bytes[at]);
            if (length < 4 || length > bytes.length) {
                return letters.append('?').toString();
            }
            at += 1 + length;
        }
        return letters.toString();
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] message(char type, String body) {
        return Frontend.message(type, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] error(String sqlState) {
        return message('E', "SERROR\0VERROR\0C" + sqlState + "\0Mno\0\0");
    }

    /** A result of one column, with a row for each value, without ReadyForQuery. */
    static byte[] rows(String... values) {
        List<byte[]> messages = new ArrayList<>();
        messages.add(message('T', "\0\1?\0\0\0\0\0\0\0\0\0\0\31\377\377\377\377\377\377\0\0"));
        for (String value : values) {
            messages.add(Frontend.message(
                    'D',
                    Frontend.concat(
                            new byte[] {0, 1},
                            Frontend.int4(value.length()),
                            value.getBytes(StandardCharsets.ISO_8859_1))));
        }
        messages.add(message('C', "SELECT " + values.length + "\0"));
        return Frontend.concat(messages.toArray(byte[][]::new));
    }

    /** Ends all of it. */
    @Override
    public void close() {
        Sockets.close(socket);
        run();
        written(leader);
        written(reader);
        leader.finishAndReleaseAll();
        reader.finishAndReleaseAll();
    }

    /** Of all buffers that were not released. */
    long leakedBytes() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    private final class Client extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf bytes) {
                byte[] copy = new byte[bytes.readableBytes()];
                bytes.readBytes(copy).release();
                heard.writeBytes(copy);
            } else {
                notes.add(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            ended |= event == ChannelInputShutdownEvent.INSTANCE;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause;
        }
    }
}
