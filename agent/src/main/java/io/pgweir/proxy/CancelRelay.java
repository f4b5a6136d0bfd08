package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.split.CancelTarget;
import io.pgweir.routing.Wish;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.StartupPacket;
import java.util.concurrent.TimeUnit;

/**
 * Takes a CancelRequest to the server that it means, on a connection of its own, and closes the client's when the server has
 * closed: libpq takes that for "the server has seen it". Nobody is told whether it hit.
 *
 * <p>A key that this agent never saw may be another agent's in front of the same server: with one node there is no doubt
 * where it belongs, and PostgreSQL checks it. With several it is dropped.
 *
 * <p>Thread: the client channel's event loop.
 */
final class CancelRelay extends ChannelInboundHandlerAdapter {
    private static final long SERVER_SECONDS_MAX = 10;

    private CancelRelay() {}

    static void start(
            Listening listening,
            Channel client,
            Peer peer,
            StartupPacket.CancelRequest request,
            SessionAuditor auditor) {
        Cluster cluster = listening.cluster();
        CancelKeys.Key found =
                listening.context().cancelKeys().find(listening.config().cluster(), request.processId(), request.key());
        boolean anyones = found == null && cluster.topology().nodes().size() == 1;
        auditor.onCancel(found == null ? null : found.session(), found != null || anyones);
        Runnable done = () -> Sockets.close(client);
        if (found != null) {
            listening.context().sessions().onCancelAsked(found.session());
            start(listening.context(), cluster, client.eventLoop(), found, done);
        } else if (anyones) {
            ServerConnector connector = cluster.connect(client.eventLoop(), Wish.ANY, peer);
            send(listening.context(), connector, request.processId(), request.key(), done);
        } else {
            done.run();
        }
    }

    /** To where the session's requests run now; {@code done} when the server has closed, or cannot be reached. On {@code loop}. */
    static void start(ProxyContext context, Cluster cluster, EventLoop loop, CancelKeys.Key key, Runnable done) {
        CancelTarget target = key.target();
        ServerConnector connector = ServerConnector.to(cluster, loop, target.node(), target.address());
        send(context, connector, target.processId(), target.key(), done);
    }

    private static void send(
            ProxyContext context, ServerConnector connector, int processId, byte[] key, Runnable done) {
        context.onCancelStart();
        Runnable ended = () -> {
            context.onCancelEnd();
            done.run();
        };
        connector.result().addListener((Future<ServerConnection> connected) -> {
            if (connected.isSuccess()) {
                send(connected.getNow(), processId, key, ended);
            } else {
                ended.run();
            }
        });
    }

    private static void send(ServerConnection connection, int processId, byte[] key, Runnable done) {
        Channel server = connection.channel();
        Place place = connection.place();
        server.pipeline().addLast(new CancelRelay());
        server.config().setAutoRead(true);
        Sockets.write(server, MessageWriter.cancelRequest(server.alloc(), processId, key));
        server.flush();
        var timer = server.eventLoop().schedule(() -> Sockets.close(server), SERVER_SECONDS_MAX, TimeUnit.SECONDS);
        server.closeFuture().addListener(closed -> {
            timer.cancel(false);
            if (place != null) {
                place.lease().onEnded(System.nanoTime());
            }
            done.run();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            Sockets.close(context.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Sockets.close(context.channel());
    }
}
