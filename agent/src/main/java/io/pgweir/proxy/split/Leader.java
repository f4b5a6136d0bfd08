package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.pgweir.net.Sockets;
import io.pgweir.telemetry.Metric;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.SqlState;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A split session's place on the leader: the connection that let the client in, and when that is gone, one to whoever leads then.
 *
 * <pre>
 *           gone, and what the session has can be made anew
 *   THERE -----------------------------------------------------> AWAY
 *     ^                                                           |  a node that is said to lead: connect, log in
 *     |                                                           v
 *     '--- proof that it leads, settings, a lost block's end --- ENTERING
 * </pre>
 *
 * <p>Meanwhile what only a leader can do waits, {@code failover.hold-max} at most. What the old one had not answered is settled first:
 * {@link Loss}. Thread: the session's event loop.
 */
final class Leader {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);

    /** A server that goes away, or is about to, and not only this session of it. */
    private static final Set<String> GOING =
            Set.of(SqlState.ADMIN_SHUTDOWN, SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW);

    /** In a new transaction block, so that it is one that has failed. */
    private static final List<String> LOST_BLOCK = List.of("BEGIN", "ROLLBACK TO SAVEPOINT pgweir");

    private static final ErrorFields UNKNOWN = error(
            SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
            "the leader went away before it answered",
            "Whether this was executed, and committed, is not known.",
            "Look before you ask again.");

    /** Of a transaction that is lost. */
    static final ErrorFields UNDONE = error(
            SqlState.SERIALIZATION_FAILURE,
            "the leader went away before it answered",
            "Nothing of this transaction was committed.",
            "Run it again.");

    private final SplitSession session;
    private final SplitSetup setup;
    private final NodeConnector connector;
    private NodeSession node;
    private boolean away;

    /** There was none yet that let the client in, and another connection is made. */
    private boolean toBegin;

    private boolean over;
    private final LeaderSearch search;
    private final Hold hold;

    /** The server's last words, which the client has not heard. */
    private byte @Nullable [] farewell;

    private String farewellState = "";

    private ArrayDeque<Loss.Step> steps = new ArrayDeque<>(0);

    /** The first step is being run again. */
    private boolean again;

    private boolean lostBlock;
    private boolean untold;

    Leader(
            SplitSession session,
            SplitSetup setup,
            EventLoop loop,
            Credentials credentials,
            NodeConnection begins,
            NodeConnector connector) {
        this.session = session;
        this.setup = setup;
        this.connector = connector;
        this.search = new LeaderSearch(session, setup, loop, credentials, connector, this::onFound);
        this.hold = new Hold(session, setup, loop, connector, this::giveUp);
        this.node = new NodeSession(session, begins, true);
    }

    static ErrorFields error(String sqlState, String message, String detail, String hint) {
        return new ErrorFields("ERROR", sqlState, message, detail, hint, 0, null, null, null, null, null);
    }

    /** The last one while there is none. */
    NodeSession node() {
        return node;
    }

    /** Whether it takes what only a leader can do. */
    boolean isThere() {
        return !away && !toBegin;
    }

    /** The connection that the client was to be let in by is of no use. */
    void toBegin() {
        toBegin = true;
    }

    /** The next one. */
    void begin(NodeSession next) {
        node = next;
        toBegin = false;
    }

    /** Whether what the last one has left unanswered is not settled yet: nothing else may be answered before that. */
    boolean isOwing() {
        return !steps.isEmpty();
    }

    /** Whether there will be no other. */
    boolean isOver() {
        return over;
    }

    /** Something that another node has not answered is to be run on the next one. */
    void owe(Segment segment, List<Segment.Kept> messages) {
        steps.add(new Loss.Step(segment, Loss.Fate.AGAIN, messages, session.status()));
    }

    /**
     * Something that another node has not answered cannot be run again: the client hears so in its place.
     *
     * @param status of the client's transaction then
     */
    void oweWords(Segment segment, byte status) {
        steps.add(new Loss.Step(segment, Loss.Fate.READERS, List.of(), status));
    }

    /** Whether the client is in a transaction that is lost, and has not heard of it. */
    boolean isUntold() {
        return untold;
    }

    /** The client has heard of it, or ends it. */
    void onTold() {
        untold = false;
    }

    /** The client, by what it was told, has no transaction any more. */
    void leaveBlock() {
        if (lostBlock && !away) {
            endBlock();
        }
        lostBlock = false;
    }

    /** Whether the session can have another leader. */
    boolean canMove() {
        return setup.failover().isOn() && session.isMovable();
    }

    /**
     * It says that it ends the session; when it is told to go at once, as a warning and no more.
     *
     * @param message whole
     * @return whether the client does not hear of it, for now
     */
    boolean onLeaves(NodeSession from, ErrorFields why, byte[] message) {
        if (from != node || !GOING.contains(why.sqlState()) || !canMove()) {
            return false;
        }
        farewell = message;
        farewellState = why.isFatal() ? why.sqlState() : "";
        return true;
    }

    /** @param unanswered what of the client's it leaves, in order */
    void onEnded(List<Segment> unanswered) {
        Loss loss = canMove() && node.endedBetweenMessages()
                ? Loss.of(
                        unanswered,
                        session.status(),
                        session.harvest().hasWritten(),
                        setup.failover().retryReads())
                : null;
        if (loss == null) {
            end();
            return;
        }
        log.atInfo()
                .addKeyValue("node", node.connection.node().name())
                .addKeyValue("sqlState", farewellState)
                .addKeyValue("unanswered", unanswered.size())
                .log("Leader is gone: the session waits for the next");
        session.settings().onRollback();
        ArrayDeque<Loss.Step> behind = steps;
        if (again) {
            // It is among what this one leaves.
            behind.poll();
        }
        steps = loss.steps();
        if (steps.isEmpty()) {
            session.onStatus(loss.status());
        }
        steps.addAll(behind);
        again = false;
        lostBlock = loss.inBlock();
        untold = loss.untold();
        beAway();
    }

    private void beAway() {
        away = true;
        search.begin();
        session.later();
    }

    /** Nothing is under way: it is left for whoever leads by now. */
    void leave() {
        if (!away) {
            node.terminate();
            beAway();
        }
    }

    /** What is known of who leads has changed. */
    void onTopology() {
        search.onTopology();
    }

    private void onFound(NodeSession in, boolean atOnce, int timeline, long position) {
        if (atOnce && isMeant(in)) {
            in.terminate();
            end();
        } else {
            prepare(in, timeline, position);
        }
    }

    /** Whether it was this session that was ended, by pg_terminate_backend, and not the server: that takes others at once. */
    private boolean isMeant(NodeSession in) {
        return farewellState.equals(SqlState.ADMIN_SHUTDOWN)
                && !connector.isPaused()
                && in.connection.address().equals(node.connection.address());
    }

    private void prepare(NodeSession in, int timeline, long position) {
        int version = session.settings().version();
        in.run(session.settings().behind(0), fault -> {
            if (!fault.isEmpty()) {
                search.refuse(in);
                return;
            }
            in.settings = version;
            in.statements().makeBySql(session.statements().prepared());
            if (lostBlock) {
                // The second of them fails: that is what it is for.
                in.run(LOST_BLOCK, failed -> {
                    if (in.isEnded()) {
                        search.refuse(in);
                    } else {
                        adopt(in, timeline, position);
                        if (!lostBlock) {
                            endBlock();
                        }
                    }
                });
            } else {
                adopt(in, timeline, position);
            }
        });
    }

    private void adopt(NodeSession in, int timeline, long position) {
        NodeSession before = node;
        search.take();
        node = in;
        away = false;
        farewell = null;
        farewellState = "";
        hold.end();
        session.onLeader(before, in, timeline, position);
        setup.telemetry().increment(Metric.SPLIT_MOVES);
        log.atInfo()
                .addKeyValue("from", before.connection.node().name())
                .addKeyValue("node", in.connection.node().name())
                .log("Session moved to another leader");
        session.later();
    }

    private void endBlock() {
        node.run(List.of("ROLLBACK"), fault -> {});
    }

    /** Settles what the last leader has left; to be called until nothing is owing. */
    void settle() {
        while (!steps.isEmpty() && (away || !node.isAnsweringClient())) {
            Loss.Step step = steps.peek();
            if (again || step.fate() != Loss.Fate.AGAIN) {
                steps.poll();
                if (!again) {
                    tell(step);
                }
                again = false;
            } else if (away) {
                return;
            } else {
                again = true;
                node.runAgain(step.segment(), step.again(), "failover");
            }
        }
    }

    private void tell(Loss.Step step) {
        if (step.fate() == Loss.Fate.READERS) {
            if (step.status() == 'E') {
                session.onStatus(step.status());
                if (!away) {
                    session.block().fail();
                }
            }
            session.departures().tellLoss(step.segment());
            return;
        }
        boolean unknown = step.fate() == Loss.Fate.UNKNOWN;
        session.voice().note(node.route("leader-lost", step.segment().route.retries()));
        session.voice().say(unknown ? UNKNOWN : UNDONE);
        session.onStatus(step.status());
        if (step.segment().open || step.segment().silent) {
            session.skip();
        } else {
            session.sayReady();
        }
    }

    /** Whether something of the client's waits for it, from now on or no more. */
    void onWaiting(boolean waiting) {
        if (!away || !waiting) {
            hold.end();
        } else {
            hold.begin();
        }
    }

    private void giveUp(String why) {
        log.atWarn()
                .addKeyValue("cluster", connector.cluster())
                .addKeyValue("reason", why)
                .addKeyValue("error", search.fault())
                .log("No leader for a session");
        ByteBuf words = MessageWriter.errorResponse(
                node.channel().alloc(),
                session.charset(),
                "FATAL",
                SqlState.CANNOT_CONNECT_NOW,
                "no leader of cluster \"" + connector.cluster() + "\" takes this session: " + why,
                "What was asked last was not executed.",
                null);
        farewell = new byte[words.readableBytes()];
        words.readBytes(farewell).release();
        end();
    }

    private void end() {
        over = true;
        close();
        session.departures().endIfQuiet();
    }

    /** The server's last words; null where the client has heard all there was to hear. */
    @Nullable
    ByteBuf takeFarewell() {
        byte[] words = farewell;
        farewell = null;
        return words == null
                ? null
                : node.channel().alloc().buffer(words.length).writeBytes(words);
    }

    /** The session is over. */
    void close() {
        hold.end();
        search.close();
        Sockets.close(node.channel());
    }
}
