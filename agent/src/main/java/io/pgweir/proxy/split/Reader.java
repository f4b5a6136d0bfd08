package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.pgweir.wire.MessageWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A split session's place on a node that answers reads: found when the first read comes, told what the client has set, and asked
 * how far it is.
 *
 * <p>Thread: the session's event loop.
 */
final class Reader {
    /** A node that could not be had is not asked for again for this long. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Between two questions how far it is. */
    private static final long BEHIND_MILLIS = 2;

    private static final String POSITION = "SELECT pg_catalog.pg_last_wal_replay_lsn()";

    private final SplitSession session;
    private final SplitSetup setup;
    private final EventLoop loop;
    private final Credentials credentials;
    private final NodeConnector connector;
    private @Nullable NodeSession node;
    private @Nullable NodeEntry entering;
    private boolean failed;
    private long failedNanos;

    /** Since when a read waits; 0 where none does. */
    private long waitingSince;

    /** The node is asked how far it is, since {@link #askedNanos}. */
    private boolean asking;

    private long askedNanos;
    private boolean timer;

    Reader(SplitSession session, SplitSetup setup, EventLoop loop, Credentials credentials, NodeConnector connector) {
        this.session = session;
        this.setup = setup;
        this.loop = loop;
        this.credentials = credentials;
        this.connector = connector;
    }

    /** Null where there is none at this moment. */
    @Nullable
    NodeSession node() {
        return node;
    }

    /** For each of what it waits for. */
    long timeoutMillis() {
        return connector.timeoutMillis();
    }

    /** How far it was behind when it was last looked at; -1 where nobody knows. */
    long lagBytes(NodeSession of) {
        return connector.lagBytes(of.connection.node());
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
        stopEntering();
        if (node != null) {
            node.close();
        }
    }

    private void stopEntering() {
        if (entering != null) {
            entering.cancel();
            entering = null;
        }
    }

    void leave() {
        stopEntering();
        NodeSession away = node;
        if (away != null) {
            node = null;
            away.terminate();
        }
    }

    void leaveIfQuiet() {
        if (node == null || node.isQuiet()) {
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
        if (!credentials.isLookedUp()) {
            return mayWait(TimeUnit.MILLISECONDS.toNanos(timeoutMillis())) ? null : refuse(refused, "no-reader");
        }
        if (node != null && !connector.mayStay(node.connection.node())) {
            leaveIfQuiet();
        }
        NodeSession now = node;
        if (now == null) {
            waitingSince = 0;
            if (failed && nanos() - failedNanos < PAUSE_NANOS) {
                return refuse(refused, "no-reader");
            }
            enter();
            return null;
        }
        if (now.settings != session.settings().version()) {
            if (now.isQuiet()) {
                setOn(now);
            }
            return null;
        }
        return isFresh(now) ? now : stale(now, refused);
    }

    /** Whether it has replayed what the session has to see, and has not failed to say how far it is. */
    private boolean isFresh(NodeSession now) {
        String name = now.connection.node().name();
        Harvest harvest = session.harvest();
        boolean owes = asking && nanos() - askedNanos >= waitNanos();
        if (!owes && Long.compareUnsigned(harvest.era().replayed(name), harvest.needed()) >= 0) {
            waitingSince = 0;
            return true;
        }
        return false;
    }

    private @Nullable NodeSession stale(NodeSession now, StringBuilder refused) {
        if (now.isQuiet() && !timer) {
            askPosition(now, now.connection.node().name());
        }
        boolean owes = asking && nanos() - askedNanos >= waitNanos();
        return !owes && mayWait(waitNanos()) ? null : refuse(refused, "stale");
    }

    private @Nullable NodeSession refuse(StringBuilder refused, String why) {
        waitingSince = 0;
        refused.append(why);
        return null;
    }

    private long waitNanos() {
        return setup.reads().waitMax().toNanos();
    }

    private long nanos() {
        return loop.ticker().nanoTime();
    }

    /** Whether a read may go on waiting; the first time it is asked of one, that is looked at again when the time is over. */
    private boolean mayWait(long nanosMax) {
        long now = nanos();
        if (waitingSince == 0) {
            waitingSince = now;
            settleIn(nanosMax);
        }
        return now - waitingSince < nanosMax;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, nobody waits.
    private void settleIn(long nanos) {
        loop.schedule(session::settle, nanos, TimeUnit.NANOSECONDS);
    }

    private void askPosition(NodeSession now, String name) {
        asking = true;
        askedNanos = nanos();
        now.run(MessageWriter.query(now.channel().alloc(), POSITION), new PositionErrand() {
            @Override
            void onPosition(long position) {
                asking = false;
                session.harvest().era().onReplayed(name, position);
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
        now.run(behind, fault -> {
            if (fault.isEmpty()) {
                now.settings = version;
            } else if (!now.isEnded()) {
                session.ties().pin("setting");
            }
        });
    }

    private void enter() {
        if (entering != null) {
            return;
        }
        NodeEntry entry = new NodeEntry(
                session, setup.tokens(), loop, credentials, false, connector.timeoutMillis(), new NodeEntry.Outcome() {
                    @Override
                    public void onIn(NodeSession in) {
                        entering = null;
                        failed = false;
                        if (session.ties().isPinned()) {
                            in.terminate();
                        } else {
                            node = in;
                        }
                        session.settle();
                    }

                    @Override
                    public void onFailed(String why) {
                        entering = null;
                        fail();
                        session.later();
                    }
                });
        entering = entry;
        entry.begin(connector::reader);
    }

    private void fail() {
        failed = true;
        failedNanos = nanos();
    }
}
