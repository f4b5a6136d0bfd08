package io.pgweir.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.HostPort;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first node of a cluster that can be connected to: each of its addresses in turn, each with the connect
 * timeout for TCP and once more for TLS. With {@code prefer}, a handshake that fails is tried again without TLS, as libpq
 * does.
 *
 * <p>Thread: the loop given to it, which will also serve the connection. One instance a connection.
 */
final class ServerConnector {
    private final EventLoop loop;
    private final Transport transport;
    private final Resolver resolver;
    private final ServerTls tls;
    private final long timeoutMillis;
    private final Promise<ServerConnection> result;
    private final ArrayDeque<HostPort> nodes = new ArrayDeque<>();
    private final ArrayDeque<InetAddress> addresses = new ArrayDeque<>();
    private final StringBuilder failures = new StringBuilder();
    private @Nullable Channel connecting;

    /** What is missing to connect from a given loop: the same for all sessions of a cluster. */
    record Way(ClusterConfig cluster, ServerTls tls, Transport transport, Resolver resolver) {
        /** Fails with a {@link ConnectException} whose message names each node and why. */
        ServerConnector start(EventLoop loop) {
            ServerConnector connector = new ServerConnector(this, loop);
            connector.nodes.addAll(cluster.nodes());
            connector.nextNode();
            return connector;
        }

        /** To this address of this node only. */
        ServerConnector start(EventLoop loop, HostPort node, InetSocketAddress address) {
            ServerConnector connector = new ServerConnector(this, loop);
            connector.addresses.add(address.getAddress());
            connector.nextAddress(node);
            return connector;
        }
    }

    private ServerConnector(Way way, EventLoop loop) {
        this.loop = loop;
        this.transport = way.transport();
        this.resolver = way.resolver();
        this.tls = way.tls();
        this.timeoutMillis = way.cluster().connectTimeout().toMillis();
        this.result = loop.newPromise();
    }

    Future<ServerConnection> result() {
        return result;
    }

    /** Nobody waits any more. */
    void cancel() {
        result.cancel(false);
        if (connecting != null) {
            Sockets.close(connecting);
        }
    }

    private void nextNode() {
        HostPort node = nodes.poll();
        if (node == null) {
            result.tryFailure(new ConnectException(failures.toString()));
            return;
        }
        Future<InetAddress[]> resolved = resolver.resolve(node.host(), loop);
        var timer = loop.schedule(() -> resolved.cancel(false), timeoutMillis, TimeUnit.MILLISECONDS);
        resolved.addListener((Future<InetAddress[]> done) -> {
            timer.cancel(false);
            if (done.isSuccess()) {
                addresses.addAll(List.of(done.getNow()));
                nextAddress(node);
            } else {
                failed(node, done.isCancelled() ? new UnknownHostException() : done.cause());
                nextNode();
            }
        });
    }

    private void nextAddress(HostPort node) {
        InetAddress address = addresses.poll();
        if (address == null) {
            nextNode();
        } else {
            connect(node, new InetSocketAddress(address, node.port()), tls.isWanted());
        }
    }

    private void connect(HostPort node, InetSocketAddress address, boolean withTls) {
        if (result.isDone()) {
            return;
        }
        Promise<ServerConnection> attempt = loop.newPromise();
        ServerGreeting greeting = new ServerGreeting(attempt, node, address, withTls ? tls : null);
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(transport.connected())
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeoutMillis)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Sockets.configure(channel);
                        channel.pipeline().addLast(greeting);
                    }
                })
                .connect(address);
        Channel channel = connect.channel();
        connecting = channel;
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                attempt.tryFailure(connected.cause());
            } else if (!attempt.isDone()) {
                var timer = loop.schedule(
                        () -> attempt.tryFailure(new TimeoutException()), timeoutMillis, TimeUnit.MILLISECONDS);
                attempt.addListener(done -> timer.cancel(false));
            }
        });
        attempt.addListener((Future<ServerConnection> done) -> {
            if (done.isSuccess()) {
                succeeded(done.getNow());
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

    private void succeeded(ServerConnection connection) {
        if (!result.trySuccess(connection)) {
            Sockets.close(connection.channel());
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
