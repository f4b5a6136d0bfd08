package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.auth.NodeSecret;
import io.pgweir.auth.NodeTokens;
import io.pgweir.net.Sockets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One attempt to put a split session on another node: a connection, and a login as its client, each within the cluster's connect
 * timeout. Has one outcome, unless it is cancelled.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeEntry {
    private static final Logger log = LoggerFactory.getLogger(NodeEntry.class);

    private final SplitSession session;
    private final @Nullable NodeTokens tokens;
    private final EventLoop loop;
    private final Credentials credentials;
    private final boolean leads;
    private final Outcome outcome;
    private final long timeoutMillis;
    private @Nullable Supplier<Future<NodeConnection>> connects;
    private @Nullable Future<NodeConnection> connecting;
    private boolean renewed;

    /** For a token. */
    private @Nullable NodeConnection waiting;

    private @Nullable NodeSession entered;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean over;

    /** What becomes of it. */
    interface Outcome {
        /** It takes what the client asks; it is read from already. */
        void onIn(NodeSession node);

        /** @param why for people; empty where no node could be had at all */
        void onFailed(String why);
    }

    /** @param leads whether writes will go there */
    NodeEntry(
            SplitSession session,
            @Nullable NodeTokens tokens,
            EventLoop loop,
            Credentials credentials,
            boolean leads,
            long timeoutMillis,
            Outcome outcome) {
        this.session = session;
        this.tokens = tokens;
        this.loop = loop;
        this.credentials = credentials;
        this.leads = leads;
        this.timeoutMillis = timeoutMillis;
        this.outcome = outcome;
    }

    /** @param from asked for another connection where the role's password was no good, and is another by now; or its token was not */
    void begin(Supplier<Future<NodeConnection>> from) {
        connects = from;
        Future<NodeConnection> connection = from.get();
        connecting = connection;
        connection.addListener((Future<NodeConnection> done) ->
                session.mishaps().walled(() -> onConnected(done)).run());
    }

    private void onConnected(Future<NodeConnection> done) {
        connecting = null;
        if (over) {
            if (done.isSuccess()) {
                leave(done.getNow());
            }
        } else if (done.isSuccess()) {
            ask(done.getNow());
        } else {
            fail(null, String.valueOf(done.cause().getMessage()));
        }
    }

    /** Nobody wants it any more. */
    static void leave(NodeConnection connection) {
        Sockets.close(connection.channel());
        connection.onEnded().run();
    }

    /** Logs in with what the node takes. */
    private void ask(NodeConnection connection) {
        waiting = connection;
        deadline =
                loop.schedule(session.mishaps().walled(() -> giveUp(connection)), timeoutMillis, TimeUnit.MILLISECONDS);
        NodeTokens makes = tokens;
        if (makes == null) {
            login(connection, credentials.secret());
            return;
        }
        makes.token(connection.host(), credentials.user())
                .whenCompleteAsync(
                        (token, failure) -> session.mishaps()
                                .walled(() -> onToken(connection, token, failure))
                                .run(),
                        loop);
    }

    private void onToken(NodeConnection connection, @Nullable NodeSecret token, @Nullable Throwable failure) {
        if (over) {
            return;
        }
        if (failure != null) {
            fail(connection, "no token: " + failure.getMessage());
        } else {
            login(connection, token);
        }
    }

    private void giveUp(NodeConnection connection) {
        NodeSession node = entered;
        fail(connection, "no login within " + timeoutMillis + " ms");
        if (node != null) {
            node.close();
        }
    }

    private void login(NodeConnection connection, @Nullable NodeSecret by) {
        NodeSession node = new NodeSession(session, connection, leads);
        waiting = null;
        entered = node;
        byte[] packet = session.packet();
        ByteBuf hello = node.channel().alloc().buffer(packet.length).writeBytes(packet);
        node.run(hello, new LoginErrand(credentials.user(), by, connection, node, fault -> {
            if (fault.isEmpty()) {
                succeed(node);
            } else {
                onRefused(connection, node, fault);
            }
        }));
        node.reading(true);
    }

    private void onRefused(NodeConnection connection, NodeSession node, String fault) {
        NodeTokens made = tokens;
        if (made != null) {
            made.invalidate(credentials.user());
        }
        if (over || renewed || !Credentials.isRefusal(fault)) {
            credentials.onRefused();
            fail(connection, fault);
        } else {
            renewed = true;
            if (made != null) {
                onRenewed(true, connection, fault);
            } else {
                credentials.renew(changed -> session.mishaps()
                        .walled(() -> onRenewed(changed, connection, fault))
                        .run());
            }
        }
        node.close();
    }

    private void onRenewed(boolean changed, NodeConnection connection, String fault) {
        Supplier<Future<NodeConnection>> again = connects;
        if (over || !changed || again == null) {
            fail(connection, fault);
            return;
        }
        stopTimer();
        begin(again);
    }

    private void succeed(NodeSession node) {
        if (!over) {
            end();
            // Behind the message that is being looked at.
            loop.execute(session.mishaps().walled(() -> {
                if (node.isEnded()) {
                    outcome.onFailed(NodeSession.GONE);
                } else {
                    outcome.onIn(node);
                }
            }));
        }
    }

    /** @param connection null where there was none */
    private void fail(@Nullable NodeConnection connection, String why) {
        if (!over) {
            end();
            if (connection != null) {
                // One to a leader is tried again until it is given up, and told then.
                log.atLevel(leads ? Level.DEBUG : Level.WARN)
                        .addKeyValue("user", credentials.user())
                        .addKeyValue("node", connection.node().name())
                        .addKeyValue("error", why)
                        .log("No login to a node");
            }
            outcome.onFailed(why);
        }
    }

    private void end() {
        over = true;
        if (waiting != null) {
            leave(waiting);
            waiting = null;
        }
        stopTimer();
    }

    private void stopTimer() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /** Nobody wants it any more: no outcome will follow. */
    void cancel() {
        end();
        if (connecting != null) {
            connecting.cancel(false);
        }
        if (entered != null) {
            entered.close();
        }
    }
}
