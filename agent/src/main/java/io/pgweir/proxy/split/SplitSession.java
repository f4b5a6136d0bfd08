package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.pgweir.proxy.relay.Sockets;
import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.telemetry.Metric;
import io.pgweir.topology.Node;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.SqlState;
import io.pgweir.wire.StartupPacket;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session on the leader and on a node that reads may go to, behind one {@link SplitSocket}.
 *
 * <pre>
 *   SplitSocket --> Requests --> leader (logs the client in, runs whatever is no plain read)
 *       ^              |
 *       |              '-------> reader (the same role, settings and statements; reads that may be answered there)
 *       '--- answers, in the order of the requests: one node speaks at a time
 * </pre>
 *
 * <p>The leader judges the client: its exchange passes untouched, and what the client proves to it is what pgweir logs in to the
 * reader with. docs/adr/0010. Thread: the session's event loop.
 */
public final class SplitSession implements SplitSocket.End {
    private static final Logger log = LoggerFactory.getLogger(SplitSession.class);
    /** Why something leaves what no other server can be given, whatever functions there are. */
    private static final Set<String> STATE_BY_ITSELF =
            Set.of(Reason.CODE, Reason.PREPARED_STATEMENT, Reason.LISTEN, Reason.TEMPORARY, Reason.SESSION_STATE);

    static final String POSITION_UNKNOWN = "position-unknown";
    private static final String READ_ONLY_SQL_TRANSACTION = "25006";

    /**
     * Errors of a standby that a leader need not have: a write, what cannot be done during recovery, relations, functions and
     * schemas that are not there yet or no more, a conflict with replay, and its own going away.
     */
    private static final Set<String> ELSEWHERE = Set.of(
            READ_ONLY_SQL_TRANSACTION,
            "0A000",
            "42P01",
            "42883",
            "3F000",
            "40001",
            SqlState.ADMIN_SHUTDOWN,
            SqlState.CRASH_SHUTDOWN,
            SqlState.CANNOT_CONNECT_NOW);

    private final SplitSetup setup;
    private final EventLoop loop;
    private final StartupPacket.Startup startup;
    private final SplitSocket socket;
    private final Leader leading;
    private final Requests requests;
    private final ReadBlock block;
    private final Reader reading;
    private final NodeConnector connector;
    private final Harvest harvest;

    /** What the client has set from the start, of what pgweir reads. */
    private final List<OwnSetting> initial;

    private final SessionSettings settings;

    private final ClientStatements statements;
    private final Credentials credentials;

    private byte[] packet = {};
    private boolean serving;
    private byte status = 'I';

    /** Why everything goes to the leader from now on; null where it does not. */
    private @Nullable String pinned;

    /** It has to leave a node that leads no more, as soon as nothing is under way. */
    private boolean leaving;

    private @Nullable Route told;
    private @Nullable Route toTell;
    private boolean wanted;
    private boolean settling;
    private boolean clientEnded;

    /** It has said so, by Terminate. */
    private boolean terminated;

    private boolean leaderTold;
    private boolean over;

    /** Nobody knows where to go on: nothing that comes in counts any more. */
    private boolean broken;

    /** Of the leader's socket. */
    private @Nullable Throwable failure;

    /** The reader holds an answer that the leader gives in its place. */
    private @Nullable NodeSession holding;

    private SplitSession(
            SplitSetup setup,
            EventLoop loop,
            StartupPacket.Startup startup,
            NodeConnection leads,
            NodeConnector connector) {
        this.setup = setup;
        this.loop = loop;
        this.startup = startup;
        String user = startup.parameter("user", "");
        String database = startup.parameter("database", user);
        this.socket = new SplitSocket(leads.address());
        this.connector = connector;
        this.initial = StartupSettings.of(startup);
        this.settings = new SessionSettings(initial);
        this.harvest = new Harvest(
                this,
                setup.reads().consistency(),
                settings,
                setup.freshness().era(leads.node().timeline()));
        this.statements = new ClientStatements(this, setup, settings, loop, database);
        this.credentials = new Credentials(setup.verifiers(), loop, user, database, this::settle);
        this.reading = new Reader(this, setup, loop, credentials, connector);
        this.leading = new Leader(this, setup, loop, credentials, leads, connector);
        this.block = new ReadBlock(this, leading, setup.reads().transactions());
        this.requests = new Requests(this, leading);
    }

    /**
     * Begins with a connection to the leader, on which nothing has been said.
     *
     * @return registered with {@code loop}
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Both live as long as the loop.
    public static SplitSession begin(
            SplitSetup setup,
            EventLoop loop,
            StartupPacket.Startup startup,
            NodeConnection leader,
            NodeConnector readers) {
        SplitSession session = new SplitSession(setup, loop, startup, leader, readers);
        session.socket.endsAt(session);
        session.socket.config().setAutoRead(false);
        Sockets.configure(session.socket);
        loop.register(session.socket);
        session.start();
        return session;
    }

    /** What stands for all servers. */
    public SplitSocket socket() {
        return socket;
    }

    /** Where writes go, or went last. On the session's event loop. */
    public Node leader() {
        return leading.node().connection.node();
    }

    /**
     * What is known of the cluster's nodes has changed. On the session's event loop.
     *
     * @return whether it sees to that itself; else it has to be ended if it has to leave its {@link #leader()}
     */
    public boolean onTopology() {
        leading.onTopology();
        later();
        if (!leading.isThere()) {
            return true;
        }
        leaving = !connector.mayLead(leader());
        if (!setup.failover().isOn() || !isMovable()) {
            return false;
        }
        return true;
    }

    /** Whether nothing of the client's is under way: it waits where it is held. On the session's event loop. */
    public boolean isCalm() {
        NodeSession reader = reading.node();
        return status == 'I'
                && !block.isIn()
                && !leading.isOwing()
                && !leading.node().isAnsweringClient()
                && !leading.node().isOpen()
                && (reader == null || !reader.isAnsweringClient());
    }

    private void start() {
        if (startup.parameter("replication", "").isEmpty()) {
            credentials.lookUp();
        } else {
            pin("replication");
        }
    }

    // What the client says.

    @Override
    public boolean takes() {
        NodeSession reader = reading.node();
        return broken
                || ((!leading.isThere() || leading.node().channel().isWritable())
                        && (reader == null || reader.channel().isWritable())
                        && !requests.isHeld());
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        if (broken) {
            bytes.release();
            return;
        }
        if (packet.length == 0) {
            packet = new byte[bytes.readableBytes()];
            bytes.getBytes(bytes.readerIndex(), packet);
            begins(bytes);
            return;
        }
        requests.onBytes(bytes);
        settle();
    }

    private void begins(ByteBuf bytes) {
        for (OwnSetting setting : initial) {
            OwnSetting.Fault fault = setting.fault();
            if (fault != null) {
                bytes.release();
                socket.say(leading.node().said("FATAL", fault));
                socket.saidAll();
                socket.sayEnd();
                return;
            }
        }
        leading.node().write(bytes);
    }

    @Override
    public void onFlushed() {
        leading.node().channel().flush();
        NodeSession reader = reading.node();
        if (reader != null) {
            reader.channel().flush();
        }
    }

    @Override
    public void onReading(boolean now) {
        wanted = now;
        steer();
    }

    /** Of two nodes one speaks: what the leader has to say between an answer's messages waits. */
    void steer() {
        NodeSession reader = reading.node();
        boolean elsewhere = reader != null && holding == null && reader.isAnsweringClient();
        leading.node().reading(wanted && !elsewhere);
        if (reader != null) {
            // A node that logs in for us, or is asked by us, is read whatever the client takes.
            reader.reading(wanted || !reader.isAnsweringClient());
        }
    }

    @Override
    public void onOutputShut() {
        clientEnded = true;
        endIfQuiet();
    }

    @Override
    public void onClosed() {
        over = true;
        requests.stop();
        leading.close();
        reading.close();
        credentials.close();
    }

    /** The client wants nothing more; what it has asked before is answered first. */
    void onTerminate() {
        clientEnded = true;
        terminated = true;
        later();
    }

    /** A {@code p} passes. */
    void onClientAnswer(byte[] body) {
        credentials.witness().onClient(body);
    }

    // What nodes say.

    void say(ByteBuf bytes) {
        if (bytes.isReadable()) {
            socket.say(bytes);
        } else {
            bytes.release();
            Route now = toTell;
            toTell = null;
            if (now != null) {
                socket.note(now);
            }
        }
    }

    /** What is passed on next was answered there. */
    void onAnswer(Route route) {
        if (!route.equals(told)) {
            toTell = route;
        }
        told = route;
    }

    /** Not null where the relay is to make a cut for a note. */
    @Nullable
    ByteBuf takeNote() {
        return toTell == null ? null : leading.node().channel().alloc().buffer(0, 0);
    }

    void onAnswersRead() {
        socket.saidAll();
        settle();
    }

    void onWritability() {
        if (takes()) {
            socket.resume();
        }
    }

    /** Something that the leader says of itself, or before anything was asked. */
    void onLeaderSays(BackendMessage message, ByteBuf buffer, int bodyAt, int bodyLength) {
        switch (message) {
            case BackendMessage.Authentication request -> {
                byte[] body = new byte[bodyLength];
                buffer.getBytes(bodyAt, body);
                credentials.witness().onServer(body);
            }
            case BackendMessage.ParameterStatus setting -> statements.onParameter(setting.name(), setting.value());
            case BackendMessage.ReadyForQuery now -> {
                if (!serving) {
                    credentials.onLetIn();
                }
                serving = true;
                later();
            }
            default -> {}
        }
    }

    void onSegmentEnd(NodeSession node, Segment segment, byte now) {
        if (node == leading.node()) {
            onLeaderReady(segment, now);
        } else {
            block.onReady(node, now);
        }
        if (segment.silent && segment.failed && !segment.elsewhere) {
            requests.skip();
        }
        later();
    }

    private void onLeaderReady(Segment segment, byte now) {
        boolean inBlock = status != 'I';
        status = now;
        if (!segment.failed) {
            for (Segment.Done done : segment.done) {
                onDone(done);
            }
        }
        if (now == 'I') {
            boolean committed = !segment.failed && !(inBlock && segment.tag.equals("ROLLBACK"));
            if (committed) {
                settings.onCommit();
            } else {
                settings.onRollback();
            }
            if (settings.isTooMany()) {
                pin("too-many-settings");
            }
            askPosition();
        }
    }

    private void onDone(Segment.Done done) {
        SqlStatement statement = done.statement();
        switch (done.need().effect()) {
            case SETTING -> {
                if (statement == null || !isAscii(statement.text())) {
                    pin("setting");
                } else {
                    settings.set(statements.settingOf(statement), statement.text(), OwnSetting.of(statement));
                }
            }
            case RESET -> {
                settings.discardAll();
                statements.onCloseAll();
                leading.node().forgetAll();
                unpin();
            }
            case STATE, NONE -> {}
        }
        if (statement != null) {
            switch (statement.kind()) {
                case ROLLBACK_TO -> {
                    if (settings.isAnythingUncommitted()) {
                        pin("savepoint");
                    }
                }
                case DEALLOCATE_ALL -> {
                    statements.onCloseAll();
                    leading.node().forgetAll();
                    NodeSession reader = reading.node();
                    if (reader != null) {
                        reader.dropAll();
                    }
                }
                case DEALLOCATE -> {
                    Parsed closed = statements.onClose(Objects.requireNonNullElse(statement.preparedName(), ""));
                    NodeSession reader = reading.node();
                    if (closed != null && reader != null) {
                        reader.drop(closed.name());
                    }
                }
                default -> {}
            }
            if (done.need().reason().equals(Reason.DEFINITION)) {
                statements.onDefinition();
            }
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }

    /** Asks the leader how far it is, where something was written; nobody waits for it but reads. */
    private void askPosition() {
        if (pinned != null) {
            harvest.forget();
        } else {
            harvest.ask(leading.node());
        }
    }

    /** @return whether the leader is asked instead: the reader's answer goes nowhere, and what is behind it waits */
    boolean retries(NodeSession node, Segment segment, List<Segment.Kept> again, ErrorFields error) {
        boolean write = error.sqlState().equals(READ_ONLY_SQL_TRANSACTION);
        if (leading.isOver() || !ELSEWHERE.contains(error.sqlState()) || (write && block.isReadOnly())) {
            return false;
        }
        if (!block.movesWith(node)) {
            return false;
        }
        if (write) {
            setup.telemetry().increment(Metric.SPLIT_MISROUTES);
            harvest.onWrite();
            statements.onMisroute(segment.current());
        }
        segment.elsewhere = true;
        holding = node;
        runOnLeader(segment, again);
        if (segment.open) {
            // Its rest goes to the leader; the reader skips to a Sync that is ours.
            node.cut();
            requests.leave(node);
        }
        return true;
    }

    private void runOnLeader(Segment segment, List<Segment.Kept> again) {
        if (leading.isThere()) {
            onTarget(leading.node());
            leading.node().runAgain(segment, again, "retry");
        } else {
            leading.owe(segment, again);
        }
    }

    /** What is no failure of a socket is one of ours. */
    void onNodeFailure(NodeSession node, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            onFault(cause);
            return;
        }
        log.atDebug()
                .addKeyValue("node", node.connection.node().name())
                .setCause(cause)
                .log("Node failed");
        if (node == leading.node()) {
            failure = cause;
        }
    }

    /** For an answer to what pgweir asks. */
    long silenceMillisMax() {
        return reading.timeoutMillis();
    }

    void onNodeSilent(NodeSession node) {
        log.atWarn()
                .addKeyValue("node", node.connection.node().name())
                .addKeyValue("millis", silenceMillisMax())
                .log("Node does not answer");
        node.abort();
    }

    /** Behind what its relay is about to pass on: nothing that it says counts any more. */
    void onNodeViolation(NodeSession node, byte type, int length) {
        log.atWarn()
                .addKeyValue("node", node.connection.node().name())
                .addKeyValue("type", type)
                .addKeyValue("length", length)
                .log("Node broke the protocol");
        loop.execute(() -> {
            if (node == leading.node() && !over) {
                socket.note(new Violation(type, length));
            }
            node.abort();
        });
    }

    /** For whoever would only log what it throws. */
    Runnable walled(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException fault) {
                onFault(fault);
            }
        };
    }

    /** Nobody knows where to go on: the session ends. */
    void onFault(Throwable cause) {
        if (broken) {
            return;
        }
        broken = true;
        log.atError().addKeyValue("user", credentials.user()).setCause(cause).log("Split session failed");
        loop.execute(() -> socket.note(new Fault(cause)));
    }

    /** @param unanswered what of the client's it leaves */
    void onNodeEnded(NodeSession node, List<Segment> unanswered) {
        if (over) {
            return;
        }
        if (node == leading.node()) {
            if (leading.isThere()) {
                leading.onEnded(unanswered);
            }
            return;
        }
        reading.onEnded(node);
        boolean inBlock = block.isIn();
        block.onEnded(node);
        if (holding == node) {
            holding = null;
            unanswered.removeFirst();
        }
        requests.leave(node);
        for (Segment segment : unanswered) {
            List<Segment.Kept> again = segment.again();
            if (again != null && !leading.isOver()) {
                runOnLeader(segment, again);
            } else if (leading.isThere() && !leading.node().isAnsweringClient() && node.isBetweenMessages()) {
                if (inBlock) {
                    block.fail();
                }
                lose(node, segment);
            } else {
                socket.sayEnd();
                return;
            }
        }
        settle();
    }

    /** The client has got too much of an answer for it to be given once more: it ends here, and the session goes on. */
    private void lose(NodeSession node, Segment segment) {
        ByteBufAllocator allocator = leading.node().channel().alloc();
        if (!segment.failed) {
            socket.say(MessageWriter.errorResponse(
                    allocator,
                    charset(),
                    "ERROR",
                    SqlState.SERIALIZATION_FAILURE,
                    "canceling statement because node \""
                            + node.connection.node().name() + "\" went away",
                    "Part of its result had been sent.",
                    "Run it again."));
        }
        if (segment.open || segment.silent) {
            requests.skip();
        } else {
            sayReady();
        }
        socket.saidAll();
    }

    void endIfQuiet() {
        NodeSession reader = reading.node();
        if (leading.isOver() && (reader == null || !reader.isAnsweringClient())) {
            ByteBuf words = leading.takeFarewell();
            if (words != null) {
                socket.say(words);
                socket.saidAll();
            }
            if (failure != null) {
                socket.fail(failure);
            }
            socket.sayEnd();
        } else if (clientEnded && !leaderTold) {
            endOfClient(reader);
        }
    }

    /** The leader hears of it last: what the reader does not answer, that does. */
    private void endOfClient(@Nullable NodeSession reader) {
        if (reader != null) {
            // What is open is not to be kept back for a Sync that never comes.
            reader.cut();
            if (!reader.isQuiet()) {
                return;
            }
        }
        reading.leave();
        leaderTold = true;
        requests.onEnd();
        if (!leading.isThere()) {
            socket.sayEnd();
            return;
        }
        if (terminated) {
            leading.node().sayTerminate();
        }
        Sockets.onFlushed(leading.node().channel(), Sockets::shutdownOutput);
    }

    // What becomes of it when its leader goes.

    /** Whether another leader can be given what this session has. */
    boolean isMovable() {
        return serving && !clientEnded && (pinned == null || pinned.equals(POSITION_UNKNOWN)) && statements.areKept();
    }

    /** Whether it is the leader that the client has been let in by, or has moved to. */
    boolean isServedBy(NodeSession node) {
        return serving && hears(node);
    }

    /** Whether what that node says of itself is the client's to hear. */
    boolean hears(NodeSession node) {
        return leading.node() == node;
    }

    /** Whether the beginning of a message, its end lost, is the client's to hear. */
    boolean passesTorn(NodeSession node) {
        return hears(node) && leading.isThere() && !leading.canMove();
    }

    /** @return whether the client does not hear of it, for now */
    boolean onLeaderLeaves(NodeSession node, ErrorFields why, byte[] message) {
        return leading.onLeaves(node, why, message);
    }

    /** Another leader goes on with the session. */
    void onLeader(NodeSession before, NodeSession now, int timeline, long position) {
        harvest.onLeader(setup.freshness().era(timeline), position);
        told = null;
        failure = null;
        failure = null;
        now.parameters().forEach((name, value) -> {
            if (!value.equals(before.parameters().get(name))) {
                statements.onParameter(name, value);
                socket.say(MessageWriter.parameterStatus(now.channel().alloc(), charset(), name, value));
            }
        });
        socket.saidAll();
        requests.onLeader(before, now);
    }

    byte status() {
        return status;
    }

    void onStatus(byte now) {
        status = now;
    }

    /** What is said from here on, pgweir says in the place of that node. */
    void note(Route route) {
        told = null;
        toTell = null;
        socket.note(route);
    }

    /** Of pgweir's own, in the place of a server's. */
    void say(ErrorFields error) {
        socket.say(MessageWriter.errorResponse(
                leading.node().channel().alloc(),
                charset(),
                error.severity(),
                error.sqlState(),
                error.message(),
                error.detail(),
                error.hint()));
    }

    void sayReady() {
        socket.say(
                MessageWriter.readyForQuery(leading.node().channel().alloc(), block.isIn() ? block.status() : status));
        socket.saidAll();
    }

    /** What the client asks up to its Sync goes nowhere. */
    void skip() {
        requests.skip();
        socket.saidAll();
    }

    /** Whether nothing is to begin at the moment. */
    boolean isPaused() {
        return status == 'I' && !block.isIn() && connector.isPaused();
    }

    // Where requests go.

    Charset charset() {
        return statements.charset();
    }

    ClientStatements statements() {
        return statements;
    }

    /** Whether the client is not let in yet, or what a statement asks for cannot be told before the catalog has been read. */
    boolean isUnsettled() {
        if (isAtRest() && !statements.areBehind()) {
            statements.learn(leading.node());
        }
        return !serving || statements.areLearning() || leading.isOwing();
    }

    /** Whether the leader could be asked something now, whose answer nobody who waits for one waits for. */
    private boolean isAtRest() {
        return pinned == null && serving && status == 'I' && !leading.node().isAnsweringClient() && leading.isThere();
    }

    /** Whether a read, or what may leave something behind, is taken for what it was before this session's own definitions. */
    boolean isGuessed(Need need, @Nullable String why) {
        return statements.areBehind()
                && isAtRest()
                && (why == null || (need.effect() == Need.Effect.STATE && !STATE_BY_ITSELF.contains(need.reason())));
    }

    /** Whether what was guessed can be known by now; asks for it. */
    boolean knowsBetter() {
        if (isAtRest()) {
            statements.learn(leading.node());
        }
        return leading.isThere() && !statements.areLearning();
    }

    /** The client closes that statement, at {@code where}. */
    void closed(String name, NodeSession where) {
        statements.onClose(name);
        if (where != leading.node()) {
            leading.node().drop(name);
        } else if (reading.node() != null) {
            reading.node().drop(name);
        }
    }

    /** @return why the leader; null where a reader may do */
    @Nullable
    String whyLeader(Need need, @Nullable SqlStatement statement) {
        if (block.node() != null && block.keeps(statement, need)) {
            return null;
        }
        if (pinned != null) {
            return pinned;
        }
        if (need.where() == Need.Where.LEADER && !mayBegin(statement)) {
            return need.reason();
        }
        if (status != 'I') {
            return "transaction";
        }
        if (leading.node().isOpen()) {
            return "batch";
        }
        if (leading.node().isAnsweringClient()) {
            return "pipeline";
        }
        return null;
    }

    /** Whether that begins a block that the reader may run. */
    private boolean mayBegin(@Nullable SqlStatement statement) {
        if (statement == null || block.begins(statement) == null || statements.isForLeader(statement)) {
            return false;
        }
        NodeSession reader = reading.node();
        return reader == null || !reader.isOpen() || block.mayBeginBehind(reader);
    }

    ReadBlock block() {
        return block;
    }

    /** Whether a block that runs there still sees all that it has to. */
    boolean isStillFresh(NodeSession node) {
        String name = node.connection.node().name();
        return Long.compareUnsigned(harvest.era().replayed(name), harvest.needed()) >= 0;
    }

    /** No leader would begin what the client is in. */
    void onBlockLost() {
        socket.sayEnd();
    }

    /** The leader is asked this. */
    void onLeaderAsked(Need need, String reason) {
        if (need.effect() == Need.Effect.STATE) {
            pin(need.reason());
        }
        if (need.mayWrite()) {
            harvest.onWrite();
        }
        setup.telemetry().counter(Metric.SPLIT_STATEMENTS, "leader", reason).increment();
    }

    void onReaderAsked(String reason) {
        setup.telemetry().counter(Metric.SPLIT_STATEMENTS, "reader", reason).increment();
    }

    /** What is asked from here on goes there. */
    void onTarget(NodeSession node) {
        socket.note(node.cancelTarget());
    }

    /** From now on, everything goes to the leader. */
    void pin(String reason) {
        if (pinned == null) {
            pinned = reason;
            setup.telemetry().counter(Metric.SPLIT_PINS, reason).increment();
            if (block.node() == null) {
                reading.leaveIfQuiet();
            }
        }
    }

    private void unpin() {
        pinned = null;
        harvest.recall();
    }

    /** @return the node's session for a read; null where nobody knows yet */
    @Nullable
    NodeSession readerNow(StringBuilder refused) {
        return harvest.isOutstanding() ? null : reading.now(refused);
    }

    SessionSettings settings() {
        return settings;
    }

    Harvest harvest() {
        return harvest;
    }

    /** The startup packet; not to be changed. */
    byte[] packet() {
        return packet;
    }

    /** Whether the client's transaction takes nothing any more but its end. */
    boolean isFailed() {
        return status == 'E' || (block.isIn() && block.status() == 'E');
    }

    long lagBytes(NodeSession node) {
        return reading.lagBytes(node);
    }

    boolean isPinned() {
        return pinned != null;
    }

    boolean isOver() {
        return over;
    }

    /** When what is being read has been looked at. */
    void later() {
        loop.execute(this::settle);
    }

    /** What was held may go on by now. */
    void settle() {
        if (settling || over || broken) {
            return;
        }
        settling = true;
        try {
            goOn();
        } catch (RuntimeException fault) {
            onFault(fault);
        } finally {
            settling = false;
        }
        if (takes()) {
            socket.resume();
        }
    }

    private void goOn() {
        leading.settle();
        NodeSession held = holding;
        if (held != null && !leading.isOwing() && !leading.node().isAnsweringClient()) {
            holding = null;
            held.goOn();
            socket.saidAll();
        }
        if (status == 'I' && !leading.node().isAnsweringClient()) {
            askPosition();
        }
        if (leaving && isCalm() && isMovable() && !harvest.isOutstanding()) {
            leaving = false;
            leading.leave();
        }
        requests.settle();
        leading.onWaiting(requests.isHeld() || leading.isOwing());
        steer();
        endIfQuiet();
    }
}
