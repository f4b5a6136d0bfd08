package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.pgweir.auth.ClientKey;
import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Md5Hash;
import io.pgweir.auth.NodeSecret;
import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Password;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.ScramVerifier;
import io.pgweir.auth.ScramWitness;
import io.pgweir.auth.Verifiers;
import io.pgweir.config.ReadsConfig;
import io.pgweir.proxy.relay.Sockets;
import io.pgweir.routing.split.Functions;
import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.Reads;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlStatement;
import io.pgweir.telemetry.Metric;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.PgCharset;
import io.pgweir.wire.SqlState;
import io.pgweir.wire.StartupPacket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
    private static final LexicalRules BACKSLASHES = new LexicalRules(false);

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

    /** A reader that could not be had is not asked for again for this long. */
    private static final long READER_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Between two questions how far a reader is. */
    private static final long BEHIND_MILLIS = 2;

    private static final String LEADER_POSITION = "SELECT pg_catalog.pg_current_wal_insert_lsn()";
    private static final String READER_POSITION = "SELECT pg_catalog.pg_last_wal_replay_lsn()";

    private final SplitSetup setup;
    private final ReadsConfig reads;
    private final EventLoop loop;
    private final NodeConnector connector;
    private final StartupPacket.Startup startup;
    private final String user;
    private final String database;
    private final SplitSocket socket;
    private final NodeSession leader;
    private final Requests requests;
    private final ScramWitness witness = new ScramWitness();
    private final SessionSettings settings = new SessionSettings();

    /** Of the client, on whatever node. */
    private final Map<String, Parsed> statements = new HashMap<>(4);

    private @Nullable NodeSession reader;
    private @Nullable Future<NodeConnection> connecting;
    private boolean readerFailed;
    private long readerFailedNanos;

    private byte[] packet = {};
    private boolean serving;
    private byte status = 'I';
    private Charset charset = StandardCharsets.UTF_8;
    private LexicalRules rules = LexicalRules.DEFAULT;

    /** Why everything goes to the leader from now on; null where it does not. */
    private @Nullable String pinned;

    /** For a token. */
    private boolean asking;

    private boolean learning;
    private boolean lookedUp = true;
    private @Nullable RoleSecret known;
    private @Nullable NodeSecret secret;

    /** Where the WAL has to be replayed to for this session to see what it has written. */
    private long written;

    private boolean wrote;
    private boolean askingPosition;
    private long waitingSince;
    private boolean timer;

    private @Nullable Route told;
    private @Nullable Route toTell;
    private boolean wanted;
    private boolean settling;
    private boolean clientEnded;
    private boolean over;

    /** The reader holds an answer that the leader gives in its place. */
    private @Nullable NodeSession holding;

    private SplitSession(
            SplitSetup setup,
            EventLoop loop,
            StartupPacket.Startup startup,
            NodeConnection leads,
            NodeConnector connector) {
        this.setup = setup;
        this.reads = setup.reads();
        this.loop = loop;
        this.connector = connector;
        this.startup = startup;
        this.user = startup.parameter("user", "");
        this.database = startup.parameter("database", user);
        this.socket = new SplitSocket(leads.address());
        this.leader = new NodeSession(this, leads, true);
        this.requests = new Requests(this, leader);
    }

    /**
     * Begins with a connection to the leader, on which nothing has been said.
     *
     * @return what stands for all servers; registered with {@code loop}
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Both live as long as the loop.
    public static SplitSocket begin(
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
        return session.socket;
    }

    private void start() {
        if (!startup.parameter("replication", "").isEmpty()) {
            pin("replication");
        }
        Verifiers verifiers = setup.verifiers();
        if (verifiers != null && pinned == null) {
            lookedUp = false;
            verifiers.lookup(user, database).thenAcceptAsync(this::onLookup, loop);
        }
    }

    private void onLookup(Lookup found) {
        lookedUp = true;
        switch (found) {
            case Lookup.Found(KnownRole role) -> known = role.secret();
            case Lookup.Absent() -> {}
            case Lookup.Unavailable(String reason) ->
                log.atWarn()
                        .addKeyValue("user", user)
                        .addKeyValue("error", reason)
                        .log("Verifiers cannot be asked");
        }
        settle();
    }

    // What the client says.

    @Override
    public boolean takes() {
        return leader.channel().isWritable()
                && (reader == null || reader.channel().isWritable())
                && !requests.isHeld();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        if (packet.length == 0) {
            packet = new byte[bytes.readableBytes()];
            bytes.getBytes(bytes.readerIndex(), packet);
            leader.write(bytes);
            return;
        }
        requests.onBytes(bytes);
        settle();
    }

    @Override
    public void onFlushed() {
        leader.channel().flush();
        if (reader != null) {
            reader.channel().flush();
        }
    }

    @Override
    public void onReading(boolean now) {
        wanted = now;
        steer();
    }

    private void steer() {
        leader.reading(wanted && holding != leader);
        if (reader != null) {
            // A node that logs in for us, or is asked by us, is read whatever the client takes.
            reader.reading(wanted || !reader.isReady() || !reader.isAnsweringClient());
        }
    }

    @Override
    public void onOutputShut() {
        clientEnded = true;
        requests.onEnd();
        Sockets.onFlushed(leader.channel(), Sockets::shutdownOutput);
        endIfQuiet();
    }

    @Override
    public void onClosed() {
        over = true;
        requests.stop();
        close(leader);
        if (connecting != null) {
            connecting.cancel(false);
        }
        if (reader != null) {
            close(reader);
        }
        if (secret instanceof ClientKey key) {
            key.close();
        }
    }

    private static void close(NodeSession node) {
        if (!node.isEnded()) {
            Sockets.close(node.channel());
        }
    }

    void onTerminate() {
        NodeSession away = reader;
        if (away != null) {
            reader = null;
            away.terminate();
        }
    }

    /** A {@code p} passes. */
    void onClientAnswer(byte[] body) {
        witness.onClient(body);
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
        return toTell == null ? null : leader.channel().alloc().buffer(0, 0);
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
                witness.onServer(body);
            }
            case BackendMessage.ParameterStatus setting -> onParameter(setting.name(), setting.value());
            case BackendMessage.ReadyForQuery now -> {
                serving = true;
                learn();
                later();
            }
            default -> {}
        }
    }

    private void onParameter(String name, String value) {
        switch (name) {
            case "client_encoding" -> charset = PgCharset.of(value);
            case "standard_conforming_strings" -> rules = value.equals("off") ? BACKSLASHES : LexicalRules.DEFAULT;
            default -> {}
        }
    }

    void onSegmentEnd(NodeSession node, Segment segment, byte now) {
        if (node == leader) {
            onLeaderReady(segment, now);
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
            harvest();
            learn();
        }
    }

    private void onDone(Segment.Done done) {
        SqlStatement statement = done.statement();
        switch (done.need().effect()) {
            case SETTING -> {
                if (statement == null || !isAscii(statement.text())) {
                    pin("setting");
                } else {
                    settings.set(settingOf(statement), statement.text());
                }
            }
            case RESET -> {
                settings.discardAll();
                statements.clear();
                leader.forgetAll();
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
                    statements.clear();
                    leader.forgetAll();
                    if (reader != null && reader.hasStatements()) {
                        drop(reader);
                    }
                }
                case DEALLOCATE -> {
                    Parsed closed = statements.remove(Objects.requireNonNullElse(statement.preparedName(), ""));
                    if (closed != null && reader != null) {
                        reader.drop(closed.name());
                    }
                }
                default -> {}
            }
            if (done.need().reason().equals(Reason.DEFINITION)) {
                setup.functions().onDdl(database);
            }
        }
    }

    private @Nullable String settingOf(SqlStatement statement) {
        return setup.facts().get().of(statement).setting();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }

    /** Asks the leader how far it is, where something was written; nobody waits for it but reads. */
    private void harvest() {
        if (!wrote || pinned != null || reads.consistency() == ReadsConfig.Consistency.EVENTUAL) {
            wrote = false;
            return;
        }
        if (askingPosition || leader.isOpen() || leader.isEnded()) {
            return;
        }
        wrote = false;
        askingPosition = true;
        leader.run(MessageWriter.query(leader.channel().alloc(), LEADER_POSITION), new PositionErrand() {
            @Override
            void onPosition(long position) {
                askingPosition = false;
                if (position == 0) {
                    pin("position-unknown");
                } else {
                    written = position;
                    setup.freshness().onCommitted(position);
                }
                later();
            }
        });
    }

    void onNotParsed(Parsed parsed) {
        statements.remove(parsed.name(), parsed);
    }

    /** @return whether the leader is asked instead: the reader's answer goes nowhere, and what is behind it waits */
    boolean retries(NodeSession node, Segment segment, ErrorFields error) {
        List<Segment.Kept> again = segment.again();
        if (again == null || leader.isEnded() || !ELSEWHERE.contains(error.sqlState())) {
            return false;
        }
        if (error.sqlState().equals(READ_ONLY_SQL_TRANSACTION)) {
            setup.telemetry().increment(Metric.SPLIT_MISROUTES);
            wrote = true;
        }
        segment.elsewhere = true;
        holding = node;
        onTarget(leader);
        leader.runAgain(segment, again);
        return true;
    }

    void onNodeFailure(NodeSession node, Throwable cause) {
        log.atDebug()
                .addKeyValue("node", node.connection.node().name())
                .setCause(cause)
                .log("Node failed");
    }

    void onNodeViolation(NodeSession node) {
        loop.execute(() -> {
            node.abort();
            socket.sayEnd();
        });
    }

    /** @param unanswered what of the client's it leaves */
    void onNodeEnded(NodeSession node, List<Segment> unanswered) {
        if (over) {
            return;
        }
        if (node == leader) {
            endIfQuiet();
            return;
        }
        if (reader == node) {
            reader = null;
            failReader();
        }
        if (holding == node) {
            holding = null;
            unanswered.removeFirst();
        }
        requests.leave(node);
        for (Segment segment : unanswered) {
            List<Segment.Kept> again = segment.again();
            if (again == null || leader.isEnded()) {
                socket.sayEnd();
                return;
            }
            leader.runAgain(segment, again);
        }
        settle();
    }

    private void endIfQuiet() {
        if (leader.isEnded() && (reader == null || !reader.isAnsweringClient())) {
            socket.sayEnd();
        } else if (clientEnded && reader != null && reader.isQuiet()) {
            onTerminate();
        }
    }

    // Where requests go.

    Charset charset() {
        return charset;
    }

    /** Whether the client is not let in yet, or what a statement asks for cannot be told before the catalog has been read. */
    boolean isUnsettled() {
        return !serving || learning;
    }

    /** Whether that is what the client means by the name. */
    boolean knows(Parsed parsed) {
        return statements.get(parsed.name()) == parsed;
    }

    @Nullable
    Parsed statement(String name) {
        return statements.get(name);
    }

    void parsed(Parsed parsed) {
        statements.put(parsed.name(), parsed);
    }

    /** The client closes that statement, at {@code where}. */
    void closed(String name, NodeSession where) {
        statements.remove(name);
        if (where != leader) {
            leader.drop(name);
        } else if (reader != null) {
            reader.drop(name);
        }
    }

    private static void drop(NodeSession node) {
        node.forgetAll();
        if (!node.isOpen() && node.isReady()) {
            node.run(MessageWriter.query(node.channel().alloc(), "DEALLOCATE ALL"), fault -> {});
        }
    }

    /** What a query text asks for; each statement with what it asks for is added to {@code done}. */
    Need needOf(String text, List<Segment.Done> done) {
        Need all = null;
        boolean control = false;
        boolean effects = false;
        for (SqlStatement statement : setup.statements().get().get(text, rules).statements()) {
            Need need = needOf(statement);
            done.add(new Segment.Done(need, statement));
            control |= need.reason().equals(Reason.TRANSACTION_CONTROL);
            effects |= need.effect() == Need.Effect.SETTING || need.effect() == Need.Effect.RESET;
            all = all == null ? need : all.and(need);
        }
        if (done.size() > 1 && control && effects) {
            pin("settings-in-script");
        }
        return all == null ? Need.READ : all;
    }

    Need needOf(SqlStatement statement) {
        return Reads.of(statement, setup.facts().get().of(statement), functions());
    }

    private Functions functions() {
        return setup.functions().of(database);
    }

    Route routeTo(NodeSession node, String reason, int retries) {
        return node.route(reason, retries);
    }

    /** @return why the leader; null where a reader may do */
    @Nullable
    String whyLeader(Need need) {
        if (pinned != null) {
            return pinned;
        }
        if (need.where() == Need.Where.LEADER) {
            return need.reason();
        }
        if (status != 'I') {
            return "transaction";
        }
        if (leader.isOpen()) {
            return "batch";
        }
        if (leader.isAnsweringClient()) {
            return "pipeline";
        }
        return null;
    }

    /** The leader is asked this. */
    void onLeaderAsked(Need need, String reason) {
        if (need.effect() == Need.Effect.STATE) {
            pin(need.reason());
        }
        wrote |= need.mayWrite();
        setup.telemetry().counter(Metric.SPLIT_STATEMENTS, "leader", reason).increment();
    }

    void onReaderAsked() {
        setup.telemetry()
                .counter(Metric.SPLIT_STATEMENTS, "reader", Reason.READ)
                .increment();
    }

    /** What is asked from here on goes there. */
    void onTarget(NodeSession node) {
        socket.note(node.cancelTarget());
    }

    /** Asks the leader what functions do, where nobody of this database knows, or it was long ago; what is not known is waited for. */
    private void learn() {
        if (pinned != null || !serving || learning || status != 'I' || leader.isOpen() || leader.isEnded()) {
            return;
        }
        FunctionCatalogs catalogs = setup.functions();
        long now = System.nanoTime();
        if (catalogs.wants(database, now)) {
            leader.run(MessageWriter.query(leader.channel().alloc(), Functions.SQL), catalogs.ask(database, now));
        }
        if (!catalogs.isKnown(database)) {
            learning = true;
            catalogs.whenTold(
                    database,
                    () -> loop.execute(() -> {
                        learning = false;
                        learn();
                        settle();
                    }));
        }
    }

    /**
     * A node for a read; null where nobody knows yet: {@link Requests#settle} asks again.
     *
     * @param refused told why there is none, where there is none
     */
    @Nullable
    NodeSession readerNow(StringBuilder refused) {
        if (!lookedUp) {
            return null;
        }
        learn();
        NodeSession node = reader;
        if (node != null && !connector.mayStay(node.connection.node()) && node.isQuiet()) {
            reader = null;
            node.terminate();
            node = null;
        }
        if (node == null) {
            if (readerFailed && System.nanoTime() - readerFailedNanos < READER_PAUSE_NANOS) {
                refused.append("no-reader");
                return null;
            }
            connect();
            return null;
        }
        if (!node.isReady() || askingPosition) {
            return null;
        }
        if (node.settings != settings.version()) {
            if (node.isQuiet()) {
                setOn(node);
            }
            return null;
        }
        return isFresh(node, refused) ? node : null;
    }

    private boolean isFresh(NodeSession node, StringBuilder refused) {
        long needed = switch (reads.consistency()) {
            case EVENTUAL -> 0;
            case SESSION -> written;
            case GLOBAL -> {
                long all = setup.freshness().committed();
                yield Long.compareUnsigned(all, written) > 0 ? all : written;
            }
        };
        String name = node.connection.node().name();
        if (Long.compareUnsigned(setup.freshness().replayed(name), needed) >= 0) {
            waitingSince = 0;
            return true;
        }
        long now = System.nanoTime();
        if (waitingSince == 0) {
            waitingSince = now;
        } else if (now - waitingSince >= reads.waitMax().toNanos()) {
            waitingSince = 0;
            refused.append("stale");
            return false;
        }
        if (node.isQuiet() && !timer) {
            askPosition(node, name);
        }
        return false;
    }

    private void askPosition(NodeSession node, String name) {
        node.run(MessageWriter.query(node.channel().alloc(), READER_POSITION), new PositionErrand() {
            @Override
            void onPosition(long position) {
                setup.freshness().onReplayed(name, position);
                timer = true;
                look();
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, nobody waits.
    private void look() {
        loop.schedule(
                () -> {
                    timer = false;
                    settle();
                },
                BEHIND_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void setOn(NodeSession node) {
        int version = settings.version();
        List<String> behind = settings.behind(node.settings);
        for (int i = 0; i < behind.size(); i++) {
            boolean last = i == behind.size() - 1;
            node.run(MessageWriter.query(node.channel().alloc(), charset, behind.get(i)), fault -> {
                if (!fault.isEmpty()) {
                    pin("setting");
                } else if (last) {
                    node.settings = version;
                }
            });
        }
    }

    private void connect() {
        if (connecting != null || asking) {
            return;
        }
        Future<NodeConnection> wait = connector.connect();
        connecting = wait;
        wait.addListener((Future<NodeConnection> done) -> {
            connecting = null;
            if (!done.isSuccess()) {
                failReader();
            } else if (over || pinned != null) {
                Sockets.close(done.getNow().channel());
                done.getNow().onEnded().run();
            } else {
                ask(done.getNow());
            }
            settle();
        });
    }

    private void failReader() {
        readerFailed = true;
        readerFailedNanos = System.nanoTime();
    }

    /** Logs in with what the node takes. */
    private void ask(NodeConnection connection) {
        NodeTokens tokens = setup.tokens();
        if (tokens == null) {
            login(connection, mine());
            return;
        }
        asking = true;
        tokens.token(connection.host(), user)
                .whenCompleteAsync(
                        (token, failure) -> {
                            asking = false;
                            if (failure != null || over) {
                                log.atWarn()
                                        .addKeyValue("node", connection.node().name())
                                        .addKeyValue("error", String.valueOf(failure))
                                        .log("No token for a node");
                                Sockets.close(connection.channel());
                                connection.onEnded().run();
                                failReader();
                            } else {
                                login(connection, token);
                            }
                            settle();
                        },
                        loop);
    }

    /** What the client has proved to the leader, or what its role's password is. */
    private @Nullable NodeSecret mine() {
        if (secret == null) {
            secret = switch (known) {
                case ScramVerifier verifier -> witness.key(verifier);
                case Password password -> password;
                case Md5Hash none -> null;
                case null -> null;
            };
        }
        return secret;
    }

    private void login(NodeConnection connection, @Nullable NodeSecret by) {
        NodeSession node = new NodeSession(this, connection, false);
        reader = node;
        ByteBuf hello = node.channel().alloc().buffer(packet.length).writeBytes(packet);
        node.run(hello, new LoginErrand(user, by, connection, node, fault -> {
            if (fault.isEmpty()) {
                readerFailed = false;
            } else {
                log.atWarn()
                        .addKeyValue("user", user)
                        .addKeyValue("node", connection.node().name())
                        .addKeyValue("error", fault)
                        .log("No login to a node for reads");
                if (reader == node) {
                    reader = null;
                }
                if (setup.verifiers() != null) {
                    setup.verifiers().invalidate(user);
                }
                failReader();
                close(node);
            }
            later();
        }));
        steer();
    }

    /** From now on, everything goes to the leader. */
    void pin(String reason) {
        if (pinned == null) {
            pinned = reason;
            setup.telemetry().counter(Metric.SPLIT_PINS, reason).increment();
            NodeSession away = reader;
            if (away != null && away.isQuiet()) {
                reader = null;
                away.terminate();
            }
        }
    }

    private void unpin() {
        pinned = null;
    }

    /** When what is being read has been looked at. */
    void later() {
        loop.execute(this::settle);
    }

    /** What was held may go on by now. */
    void settle() {
        if (settling || over) {
            return;
        }
        settling = true;
        try {
            NodeSession held = holding;
            if (held != null && !leader.isAnsweringClient()) {
                holding = null;
                held.goOn();
                socket.saidAll();
            }
            if (status == 'I' && wrote && !leader.isAnsweringClient()) {
                harvest();
            }
            requests.settle();
            steer();
            endIfQuiet();
        } finally {
            settling = false;
        }
        if (takes()) {
            socket.resume();
        }
    }
}
