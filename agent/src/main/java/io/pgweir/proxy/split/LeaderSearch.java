package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.wire.MessageWriter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a session's next leader: one node at a time that is said to lead is connected to, logged in to and made to prove it, until
 * one does and is taken.
 *
 * <p>Thread: the session's event loop.
 */
final class LeaderSearch {
    private static final Logger log = LoggerFactory.getLogger(LeaderSearch.class);

    /** Between the first two attempts to find one; twice as long each time. What is known of who leads changes before that. */
    private static final long RETRY_MILLIS = 100;

    private static final long RETRY_MILLIS_MAX = 250;

    private final SplitSession session;
    private final SplitSetup setup;
    private final EventLoop loop;
    private final Credentials credentials;
    private final NodeConnector connector;
    private final Outcome outcome;
    private boolean on;
    private @Nullable NodeEntry entering;
    private @Nullable NodeSession entered;
    private @Nullable ScheduledFuture<?> proving;
    private @Nullable ScheduledFuture<?> retry;

    /** Whether no node was asked in vain since. */
    private boolean first;

    private long retryMillis;
    private String fault = "";

    /** What becomes of it. */
    interface Outcome {
        /**
         * It leads; to be answered by {@link #take} or {@link #refuse}, within the time for a connection.
         *
         * @param atOnce whether it was the first that was asked
         */
        void onFound(NodeSession node, boolean atOnce, int timeline, long position);
    }

    LeaderSearch(
            SplitSession session,
            SplitSetup setup,
            EventLoop loop,
            Credentials credentials,
            NodeConnector connector,
            Outcome outcome) {
        this.session = session;
        this.setup = setup;
        this.loop = loop;
        this.credentials = credentials;
        this.connector = connector;
        this.outcome = outcome;
    }

    void begin() {
        on = true;
        first = true;
        retryMillis = RETRY_MILLIS;
        connector.look();
        seek();
    }

    /** Why the last node was asked in vain, for people. */
    String fault() {
        return fault;
    }

    /** What is known of who leads has changed. */
    void onTopology() {
        if (on) {
            seek();
        }
    }

    private void seek() {
        if (entering != null || entered != null || session.isOver()) {
            return;
        }
        stop(retry);
        retry = null;
        NodeEntry entry = new NodeEntry(
                session, setup.tokens(), loop, credentials, true, connector.timeoutMillis(), new NodeEntry.Outcome() {
                    @Override
                    public void onIn(NodeSession in) {
                        entering = null;
                        entered = in;
                        proving = loop.schedule(
                                session.mishaps().walled(() -> refuse(in)),
                                connector.timeoutMillis(),
                                TimeUnit.MILLISECONDS);
                        prove(in);
                    }

                    @Override
                    public void onFailed(String why) {
                        entering = null;
                        fault = why;
                        seekLater();
                    }
                });
        entering = entry;
        entry.begin(connector::leader);
    }

    private void seekLater() {
        first = false;
        if (retry == null && !session.isOver()) {
            retry = loop.schedule(
                    session.mishaps().walled(() -> {
                        retry = null;
                        connector.look();
                        seek();
                    }),
                    retryMillis,
                    TimeUnit.MILLISECONDS);
            retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
        }
    }

    /** Nothing is asked of a node that cannot prove that it leads. */
    private void prove(NodeSession in) {
        in.run(MessageWriter.query(in.channel().alloc(), LeaderProof.SQL), new LeaderProof() {
            @Override
            void onLeads(int timeline, long position) {
                if (timeline < session.harvest().era().timeline()) {
                    onNot("timeline " + timeline + ", and another has led since");
                } else {
                    outcome.onFound(in, first, timeline, position);
                }
            }

            @Override
            void onNot(String why) {
                log.atInfo()
                        .addKeyValue("node", in.connection.node().name())
                        .addKeyValue("error", why)
                        .log("Node does not lead");
                refuse(in);
            }
        });
    }

    /** It is not taken: another is looked for. */
    void refuse(NodeSession in) {
        if (entered == in) {
            entered = null;
            stop(proving);
            in.close();
            seekLater();
        }
    }

    /** The search is over. */
    void take() {
        on = false;
        entered = null;
        stop(proving);
    }

    /** The session is over. */
    void close() {
        on = false;
        stop(retry);
        if (entering != null) {
            entering.cancel();
        }
        if (entered != null) {
            entered.close();
        }
    }

    private static void stop(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
