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
import io.pgweir.proxy.relay.Sockets;
import io.pgweir.wire.MessageWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A split session's place on a node that answers reads: found when the first read comes, logged in to by what the client has proved to
 * the leader, told what the client has set, and asked how far it is.
 *
 * <p>Thread: the session's event loop.
 */
final class Reader {
    private static final Logger log = LoggerFactory.getLogger(Reader.class);

    /** A node that could not be had is not asked for again for this long. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Between two questions how far it is. */
    private static final long BEHIND_MILLIS = 2;

    private static final String POSITION = "SELECT pg_catalog.pg_last_wal_replay_lsn()";

    private final SplitSession session;
    private final SplitSetup setup;
    private final EventLoop loop;
    private final String user;
    private final String database;
    private final NodeConnector connector;
    private final ScramWitness witness = new ScramWitness();
    private @Nullable NodeSession node;
    private @Nullable Future<NodeConnection> connecting;

    /** For a token. */
    private boolean asking;

    private boolean failed;
    private long failedNanos;
    private boolean lookedUp = true;
    private @Nullable RoleSecret known;
    private @Nullable NodeSecret secret;
    private long waitingSince;
    private boolean timer;

    Reader(
            SplitSession session,
            SplitSetup setup,
            EventLoop loop,
            String user,
            String database,
            NodeConnector connector) {
        this.session = session;
        this.setup = setup;
        this.loop = loop;
        this.user = user;
        this.database = database;
        this.connector = connector;
    }

    /** Null where there is none at this moment. */
    @Nullable
    NodeSession node() {
        return node;
    }

    /** Is to be shown what client and leader say to each other about who the client is. */
    ScramWitness witness() {
        return witness;
    }

    /** Asks what the role's secret is, while the leader asks the client to prove that it has it. */
    void lookUp() {
        Verifiers verifiers = setup.verifiers();
        if (verifiers != null) {
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
        session.settle();
    }

    /** It is gone. */
    void onEnded(NodeSession ended) {
        if (node == ended) {
            node = null;
            fail();
        }
    }

    /** The session is over. */
    void close() {
        if (connecting != null) {
            connecting.cancel(false);
        }
        if (node != null) {
            node.close();
        }
        if (secret instanceof ClientKey key) {
            key.close();
        }
    }

    void leave() {
        NodeSession away = node;
        if (away != null) {
            node = null;
            away.terminate();
        }
    }

    void leaveIfQuiet() {
        if (node != null && node.isQuiet()) {
            leave();
        }
    }

    /**
     * A node for a read; null where nobody knows yet: {@link Requests#settle} asks again.
     *
     * @param refused told why there is none, where there is none
     */
    @Nullable
    NodeSession now(StringBuilder refused) {
        if (!lookedUp) {
            return null;
        }
        if (node != null && !connector.mayStay(node.connection.node())) {
            leaveIfQuiet();
        }
        NodeSession now = node;
        if (now == null) {
            if (failed && System.nanoTime() - failedNanos < PAUSE_NANOS) {
                refused.append("no-reader");
                return null;
            }
            connect();
            return null;
        }
        if (!now.isReady()) {
            return null;
        }
        if (now.settings != session.settings().version()) {
            if (now.isQuiet()) {
                setOn(now);
            }
            return null;
        }
        return isFresh(now, refused) ? now : null;
    }

    private boolean isFresh(NodeSession now, StringBuilder refused) {
        String name = now.connection.node().name();
        if (Long.compareUnsigned(session.freshness().replayed(name), session.needed()) >= 0) {
            waitingSince = 0;
            return true;
        }
        long nanos = System.nanoTime();
        if (waitingSince == 0) {
            waitingSince = nanos;
        } else if (nanos - waitingSince >= setup.reads().waitMax().toNanos()) {
            waitingSince = 0;
            refused.append("stale");
            return false;
        }
        if (now.isQuiet() && !timer) {
            askPosition(now, name);
        }
        return false;
    }

    private void askPosition(NodeSession now, String name) {
        now.run(MessageWriter.query(now.channel().alloc(), POSITION), new PositionErrand() {
            @Override
            void onPosition(long position) {
                session.freshness().onReplayed(name, position);
                timer = true;
                lookLater();
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, nobody waits.
    private void lookLater() {
        loop.schedule(
                () -> {
                    timer = false;
                    session.settle();
                },
                BEHIND_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void setOn(NodeSession now) {
        int version = session.settings().version();
        List<String> behind = session.settings().behind(now.settings);
        for (int i = 0; i < behind.size(); i++) {
            String sql = behind.get(i);
            boolean last = i == behind.size() - 1;
            if (sql.equals(SessionSettings.DISCARD_ALL)) {
                now.forgetAll();
            }
            now.run(MessageWriter.query(now.channel().alloc(), session.charset(), sql), fault -> {
                if (!fault.isEmpty()) {
                    session.pin("setting");
                } else if (last) {
                    now.settings = version;
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
                fail();
            } else if (session.isOver() || session.isPinned()) {
                Sockets.close(done.getNow().channel());
                done.getNow().onEnded().run();
            } else {
                ask(done.getNow());
            }
            session.settle();
        });
    }

    private void fail() {
        failed = true;
        failedNanos = System.nanoTime();
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
                            if (failure != null || session.isOver()) {
                                log.atWarn()
                                        .addKeyValue("node", connection.node().name())
                                        .addKeyValue("error", String.valueOf(failure))
                                        .log("No token for a node");
                                Sockets.close(connection.channel());
                                connection.onEnded().run();
                                fail();
                            } else {
                                login(connection, token);
                            }
                            session.settle();
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
        NodeSession now = new NodeSession(session, connection, false);
        node = now;
        byte[] packet = session.packet();
        ByteBuf hello = now.channel().alloc().buffer(packet.length).writeBytes(packet);
        now.run(hello, new LoginErrand(user, by, connection, now, fault -> {
            if (fault.isEmpty()) {
                failed = false;
            } else {
                onRefused(now, fault);
            }
            session.later();
        }));
        session.steer();
    }

    private void onRefused(NodeSession by, String fault) {
        log.atWarn()
                .addKeyValue("user", user)
                .addKeyValue("node", by.connection.node().name())
                .addKeyValue("error", fault)
                .log("No login to a node for reads");
        if (node == by) {
            node = null;
        }
        if (setup.verifiers() != null) {
            setup.verifiers().invalidate(user);
        }
        fail();
        by.close();
    }
}
