package io.pgweir.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.config.HostPort;
import io.pgweir.net.ServerGreeting;
import io.pgweir.net.ServerGreeting.Greeted;
import io.pgweir.net.ServerTls;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.NoServerException.Reason;
import io.pgweir.routing.Choice;
import io.pgweir.routing.Exclusion;
import io.pgweir.routing.Lease;
import io.pgweir.routing.Search;
import io.pgweir.topology.Node;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connects a session to a node: one that its {@link Search} chooses, and when that cannot be connected to, the next, as long as the
 * search goes on. Each of a node's addresses is tried in turn, each with the connect timeout for TCP and once more for TLS. With
 * {@code prefer}, a handshake that fails is tried again without TLS, as libpq does.
 *
 * <p>Where the cluster has several nodes, the startup packet is sent from here: a server that answers it by turning the session away
 * ({@link FirstAnswer}) counts as one that could not be connected to. When nobody else takes the session, the last one that said
 * something serves it all the same: the client hears that server's own words. So does the only one that was asked.
 *
 * <p>Thread: the loop given to it, which will also serve the connection. One instance a connection.
 */
final class ServerConnector {
    private final Cluster cluster;
    private final EventLoop loop;
    private final ServerTls tls;
    private final long timeoutMillis;
    private final Promise<ServerConnection> result;

    /** Null where there is one address only. */
    private final @Nullable Search search;

    private final ArrayDeque<SocketAddress> addresses = new ArrayDeque<>();
    /** What the server is told first, null for nothing. */
    private final @Nullable ProxyHeader header;

    private final StringBuilder failures = new StringBuilder();
    private @Nullable Place place;
    private @Nullable Channel connecting;

    /** Null where it is for no session, or for nobody in particular. */
    private @Nullable Seeker seeker;

    /** Whom a server is looked for. */
    interface Seeker {
        /** A server is asked: a copy of the startup packet; null where that is the session's to send. */
        @Nullable
        ByteBuf onAsking();

        /** Every node that would take it is full: whether it waits until one is not. */
        boolean onFull(String reason);

        /** It waited, and the search goes on. */
        void onRoom();
    }

    /** Of the last server that turned the session away in its own words; where none did, of the first that closed. */
    private @Nullable ServerConnection turnedAway;

    private boolean spoken;
    private boolean waited;

    /** Whether the node that is being tried took the connection, at any of its addresses, and not the session. */
    private boolean answered;

    /** Fails with a {@link NoServerException}. */
    static ServerConnector search(Cluster cluster, EventLoop loop, Search search, @Nullable ProxyHeader header) {
        ServerConnector connector = new ServerConnector(cluster, loop, search, header);
        connector.nextNode();
        return connector;
    }

    /** The same, for whom other servers are to be asked when one turns it away. */
    static ServerConnector search(
            Cluster cluster, EventLoop loop, Search search, @Nullable ProxyHeader header, Seeker seeker) {
        ServerConnector connector = new ServerConnector(cluster, loop, search, header);
        connector.seeker = seeker;
        connector.nextNode();
        return connector;
    }

    /** To this address of this node only, for no session. */
    static ServerConnector to(Cluster cluster, EventLoop loop, HostPort node, SocketAddress address) {
        ServerConnector connector = new ServerConnector(cluster, loop, null, cluster.header(null));
        connector.addresses.add(address);
        connector.nextAddress(node);
        return connector;
    }

    private ServerConnector(Cluster cluster, EventLoop loop, @Nullable Search search, @Nullable ProxyHeader header) {
        this.cluster = cluster;
        this.loop = loop;
        this.search = search;
        this.header = header;
        this.tls = cluster.tls();
        this.timeoutMillis = cluster.connectTimeoutMillis();
        this.result = loop.newPromise();
    }

    Future<ServerConnection> result() {
        return result;
    }

    /** Nodes that did not take the session so far, each with why; empty where none was tried in vain. */
    String failures() {
        return failures.toString();
    }

    /** That is being tried; null before the first. */
    @Nullable
    HostPort node() {
        return place == null ? null : place.node().address();
    }

    /** Nobody waits any more. */
    void cancel() {
        result.cancel(false);
        if (connecting != null) {
            Sockets.close(connecting);
        }
        dropTurnedAway();
        if (search != null) {
            search.giveUp(System.nanoTime());
        }
        if (place != null) {
            place.lease().onEnded(System.nanoTime());
        }
    }

    private void nextNode() {
        if (result.isDone()) {
            return;
        }
        if (search == null) {
            result.tryFailure(new NoServerException(failures.toString(), Reason.TRIED));
            return;
        }
        switch (search.next(System.nanoTime())) {
            case Choice.Nobody nobody -> onNobody(nobody, search);
            case Choice.Chosen chosen -> tryNode(chosen.node(), search.lease());
        }
    }

    private void onNobody(Choice.Nobody nobody, Search asked) {
        ServerConnection last = turnedAway;
        if (last != null && (spoken || asked.attempts() == 1)) {
            turnedAway = null;
            succeed(last);
            return;
        }
        dropTurnedAway();
        Reason reason = reason(nobody, asked);
        if (reason == Reason.FULL && seeker != null && !waited && seeker.onFull(nobody.text())) {
            waited = true;
            asked.await(this::onRoom, System.nanoTime());
        } else {
            result.tryFailure(new NoServerException(text(nobody), reason));
        }
    }

    /** On any thread, under the balancer's lock. */
    private void onRoom() {
        try {
            loop.execute(() -> {
                if (seeker != null && !result.isDone()) {
                    seeker.onRoom();
                    nextNode();
                }
            });
        } catch (RejectedExecutionException stopped) {
            // The loop has ended, and closed the client's socket: nobody waits there.
        }
    }

    private static Reason reason(Choice.Nobody nobody, Search search) {
        if (search.attempts() > 0) {
            return Reason.TRIED;
        }
        return nobody.isFull() ? Reason.FULL : Reason.NONE_FITS;
    }

    private void tryNode(Node chosen, Lease lease) {
        place = new Place(chosen, lease);
        answered = false;
        HostPort node = chosen.address();
        if (node.isUnix() || chosen.at() != null) {
            addresses.add(
                    node.isUnix()
                            ? cluster.transport().address(node.path())
                            : new InetSocketAddress(chosen.at(), node.port()));
            nextAddress(node);
            return;
        }
        Future<InetAddress[]> resolved = cluster.resolver().resolve(node.host(), loop);
        var timer = loop.schedule(() -> resolved.cancel(false), timeoutMillis, TimeUnit.MILLISECONDS);
        resolved.addListener((Future<InetAddress[]> done) -> {
            timer.cancel(false);
            if (done.isSuccess()) {
                for (InetAddress address : done.getNow()) {
                    addresses.add(new InetSocketAddress(address, node.port()));
                }
            } else {
                failed(node, done.isCancelled() ? new UnknownHostException() : done.cause());
            }
            nextAddress(node);
        });
    }

    private void nextAddress(HostPort node) {
        SocketAddress address = addresses.poll();
        if (address != null) {
            connect(node, address, tls.isWanted() && !node.isUnix());
            return;
        }
        if (place != null) {
            if (answered) {
                place.lease().onTurnedAway(System.nanoTime());
            } else {
                place.lease().onFailed(System.nanoTime());
            }
            place = null;
        }
        nextNode();
    }

    /** Why connects failed, and why nobody else was tried. */
    private String text(Choice.Nobody nobody) {
        if (failures.isEmpty()) {
            return nobody.text();
        }
        StringBuilder text = new StringBuilder(failures);
        for (Exclusion exclusion : nobody.excluded()) {
            if (exclusion.reason() != Exclusion.Reason.TRIED) {
                text.append("; ").append(exclusion.node()).append(": ").append(exclusion.text());
            }
        }
        return text.toString();
    }

    private void connect(HostPort node, SocketAddress address, boolean withTls) {
        if (result.isDone()) {
            return;
        }
        Promise<Greeted> attempt = loop.newPromise();
        ServerGreeting greeting = new ServerGreeting(attempt, node, withTls ? tls : null);
        Bootstrap bootstrap = new Bootstrap()
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeoutMillis)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        cluster.transport().configure(channel);
                        if (header != null) {
                            channel.pipeline().addLast(new ProxyHeaderSender(header));
                        }
                        channel.pipeline().addLast(greeting);
                    }
                });
        cluster.transport().connect(loop, bootstrap, address, connect -> {
            connecting = connect.channel();
            if (result.isDone()) {
                Sockets.close(connecting);
            } else {
                follow(connect, attempt, node, address, withTls);
            }
        });
    }

    private void follow(
            ChannelFuture connect, Promise<Greeted> attempt, HostPort node, SocketAddress address, boolean withTls) {
        Channel channel = connect.channel();
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                attempt.tryFailure(connected.cause());
            } else if (!attempt.isDone()) {
                var timer = loop.schedule(
                        () -> attempt.tryFailure(new TimeoutException()), timeoutMillis, TimeUnit.MILLISECONDS);
                attempt.addListener(done -> timer.cancel(false));
            }
        });
        attempt.addListener((Future<Greeted> done) -> {
            if (done.isSuccess()) {
                onReached(new ServerConnection(
                        channel, node, address, done.getNow().certificate(), place, null, null));
                return;
            }
            Sockets.close(channel);
            if (withTls && tls.isPreferredOnly() && done.cause() instanceof SSLException) {
                connect(node, address, false);
            } else {
                failed(node, done.cause());
                nextAddress(node);
            }
        });
    }

    private void onReached(ServerConnection connection) {
        Seeker asking = seeker;
        if (asking == null || cluster.topology().nodes().size() < 2 || result.isDone()) {
            succeed(connection);
            return;
        }
        ByteBuf packet = asking.onAsking();
        if (packet == null) {
            succeed(connection);
            return;
        }
        Objects.requireNonNull(place).lease().onReached(System.nanoTime());
        FirstAnswer answer = FirstAnswer.to(packet, connection.channel());
        ServerConnection asked = connection.asked(answer);
        answer.heard().addListener(heard -> {
            if (heard.isSuccess() || result.isDone()) {
                succeed(asked);
            } else {
                onTurnedAway(asked, heard.cause());
            }
        });
    }

    private void onTurnedAway(ServerConnection asked, Throwable why) {
        answered = true;
        failed(asked.node(), why);
        boolean inWords = why instanceof FirstAnswer.TurnedAwayException;
        if (inWords || turnedAway == null) {
            dropTurnedAway();
            turnedAway = asked;
            spoken |= inWords;
        } else {
            Objects.requireNonNull(asked.answer()).drop();
        }
        nextAddress(asked.node());
    }

    private void succeed(ServerConnection connection) {
        Place given = connection.place();
        if (given != null) {
            given.lease().onConnected(System.nanoTime());
        }
        dropTurnedAway();
        if (!result.trySuccess(connection)) {
            connection.abandon();
        }
    }

    /** Its lease is its node's, which may have other addresses. */
    private void dropTurnedAway() {
        if (turnedAway != null) {
            Objects.requireNonNull(turnedAway.answer()).drop();
            turnedAway = null;
        }
    }

    private void failed(HostPort node, Throwable cause) {
        failures.append(failures.isEmpty() ? "" : "; ")
                .append(node)
                .append(": ")
                .append(reason(cause));
    }

    private String reason(Throwable cause) {
        return switch (cause) {
            case UnknownHostException unknown -> "name does not resolve";
            case ConnectTimeoutException late -> "no connection within " + timeoutMillis + " ms";
            case TimeoutException late -> "no answer within " + timeoutMillis + " ms";
            case ConnectException refused -> "connection refused";
            case SSLException failure -> "TLS: " + failure.getMessage();
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }
}
