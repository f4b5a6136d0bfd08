package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.pgweir.net.Sockets;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.topology.Node;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * reader with; or, where the client's certificate is its proof, {@link LeaderLogin}. docs/adr/0010. Thread: the session's event loop.
 */
public final class SplitSession implements SplitSocket.End {
    private final SplitSetup setup;
    private final EventLoop loop;
    private final StartupPacket.Startup startup;
    private final SplitSocket socket;
    private final NodeConnector connector;

    /** What the client has set from the start, of what pgweir reads. */
    private final List<OwnSetting> initial;

    private final SessionSettings settings;
    private final Harvest harvest;
    private final ClientStatements statements;
    private final Credentials credentials;
    private final Voice voice;
    private final Mishaps mishaps;
    private final Reader reading;
    private final Leader leading;
    private final ReadBlock block;
    private final Ties ties;
    private final Destinations destinations;
    private final Requests requests;
    private final Retries retries;
    private final Departures departures;

    /** Null where the leader asks the client itself. */
    private final @Nullable LeaderLogin login;

    private byte[] packet = {};
    private boolean serving;
    private byte status = 'I';

    /** It has to leave a node that leads no more, as soon as nothing is under way. */
    private boolean leaving;

    private boolean wanted;
    private boolean settling;
    private boolean over;

    private SplitSession(
            SplitSetup setup,
            EventLoop loop,
            StartupPacket.Startup startup,
            NodeConnection leads,
            NodeConnector connector,
            Judge judge) {
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
        this.voice = new Voice(socket, statements);
        this.mishaps = new Mishaps(this, socket, loop, credentials);
        this.reading = new Reader(this, setup, loop, credentials, connector);
        this.leading = new Leader(this, setup, loop, credentials, leads, connector);
        this.block = new ReadBlock(this, leading, setup.reads().transactions());
        this.ties = new Ties(leading, reading, block, settings, statements, harvest, setup.telemetry());
        this.destinations =
                new Destinations(this, leading, reading, block, statements, harvest, ties, setup.telemetry());
        this.requests = new Requests(this, leading);
        this.retries = new Retries(leading, requests, block, statements, harvest, socket, setup.telemetry());
        this.departures = new Departures(this, socket, leading, reading, block, requests, retries, mishaps, voice);
        this.login = judge == Judge.LEADER
                ? null
                : new LeaderLogin(
                        this,
                        leading,
                        loop,
                        credentials,
                        setup.tokens(),
                        connector,
                        judge == Judge.CERTIFICATE_OR_LEADER);
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
            NodeConnector readers,
            Judge judge) {
        SplitSession session = new SplitSession(setup, loop, startup, leader, readers, judge);
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
        boolean replicates = !startup.parameter("replication", "").isEmpty();
        if (!replicates || login != null) {
            credentials.lookUp();
        }
        if (replicates) {
            ties.pin("replication");
        }
    }

    // What the client says.

    @Override
    public boolean takes() {
        if (packet.length > 0 && isLoggingIn()) {
            return false;
        }
        NodeSession reader = reading.node();
        return mishaps.isBroken()
                || ((!leading.isThere() || leading.node().channel().isWritable())
                        && (reader == null || reader.channel().isWritable())
                        && !requests.isHeld());
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        if (mishaps.isBroken()) {
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
        boolean elsewhere = reader != null && !retries.isHolding() && reader.isAnsweringClient();
        leading.node().reading(wanted && !elsewhere);
        if (reader != null) {
            // A node that logs in for us, or is asked by us, is read whatever the client takes.
            reader.reading(wanted || !reader.isAnsweringClient());
        }
    }

    @Override
    public void onOutputShut() {
        departures.onOutputShut();
    }

    @Override
    public void onClosed() {
        over = true;
        requests.stop();
        if (login != null) {
            login.close();
        }
        leading.close();
        reading.close();
        credentials.close();
    }

    /** A {@code p} passes. */
    void onClientAnswer(byte[] body) {
        credentials.witness().onClient(body);
    }

    // What nodes say.

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
                    if (login != null) {
                        // It need not be the connection that the session began with.
                        onTarget(leading.node());
                    }
                }
                serving = true;
                later();
            }
            default -> {}
        }
    }

    void onSegmentEnd(NodeSession node, Segment segment, byte now) {
        if (node == leading.node()) {
            byte before = status;
            status = now;
            ties.onReady(segment, before, now);
        } else {
            block.onReady(node, now);
        }
        if (segment.silent && segment.failed && !segment.elsewhere) {
            requests.skip();
        }
        later();
    }

    /** Null where the leader asks the client itself. */
    @Nullable
    LeaderLogin login() {
        return login;
    }

    /** Whether the leader asks pgweir, and not the client, for the role's secret, and has not let in yet. */
    boolean isLoggingIn() {
        return login != null && login.isUnderWay();
    }

    /** With another connection to the leader, on which nothing has been said: the first has not let in. */
    void begin(NodeConnection leads) {
        NodeSession before = leading.node();
        NodeSession now = new NodeSession(this, leads, true);
        leading.begin(now);
        requests.onLeader(before, now);
        now.write(now.channel().alloc().buffer(packet.length).writeBytes(packet));
        now.channel().flush();
        settle();
    }

    /** @param message the leader's words, as they came */
    void onNotBegun(byte[] message) {
        socket.say(socket.alloc().buffer(message.length).writeBytes(message));
        socket.saidAll();
        socket.sayEnd();
    }

    /** For an answer to what pgweir asks. */
    long silenceMillisMax() {
        return reading.timeoutMillis();
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
        departures.onReaderEnded(node, unanswered);
    }

    // What becomes of it when its leader goes.

    /** Whether another leader can be given what this session has. */
    boolean isMovable() {
        return serving && !departures.isClientEnded() && ties.areMovable();
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
        statements.onNotAnswered();
        harvest.onLeader(setup.freshness().era(timeline), position);
        voice.onLeader();
        mishaps.onLeader();
        now.parameters().forEach((name, value) -> {
            if (!value.equals(before.parameters().get(name))) {
                statements.onParameter(name, value);
                voice.sayParameter(name, value);
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

    void sayReady() {
        voice.sayReady(block.isIn() ? block.status() : status);
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

    Voice voice() {
        return voice;
    }

    Mishaps mishaps() {
        return mishaps;
    }

    Ties ties() {
        return ties;
    }

    Destinations destinations() {
        return destinations;
    }

    Retries retries() {
        return retries;
    }

    Departures departures() {
        return departures;
    }

    /** Whether the client has been let in. */
    boolean isServing() {
        return serving;
    }

    ReadBlock block() {
        return block;
    }

    /** No leader would begin what the client is in. */
    void onBlockLost() {
        socket.sayEnd();
    }

    /** What is asked from here on goes there. */
    void onTarget(NodeSession node) {
        socket.note(node.cancelTarget());
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

    boolean isOver() {
        return over;
    }

    /** When what is being read has been looked at. */
    void later() {
        loop.execute(this::settle);
    }

    /** What was held may go on by now. */
    void settle() {
        if (settling || over || mishaps.isBroken()) {
            return;
        }
        settling = true;
        try {
            goOn();
        } catch (RuntimeException fault) {
            mishaps.onFault(fault);
        } finally {
            settling = false;
        }
        if (takes()) {
            socket.resume();
        }
    }

    private void goOn() {
        if (login != null) {
            login.settle();
        }
        leading.settle();
        retries.settle();
        if (status == 'I' && !leading.node().isAnsweringClient()) {
            ties.askPosition();
        }
        if (leaving && isCalm() && isMovable() && !harvest.isOutstanding()) {
            leaving = false;
            leading.leave();
        }
        requests.settle();
        leading.onWaiting(requests.isHeld() || leading.isOwing());
        steer();
        departures.endIfQuiet();
    }
}
