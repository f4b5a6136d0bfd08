package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.audit.SessionAuditor;
import io.pgweir.limits.Admission;
import io.pgweir.limits.Caller;
import io.pgweir.limits.Full;
import io.pgweir.wire.StartupPacket;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that has asked for a session, until it has a server, is refused, or leaves.
 *
 * <pre>
 *  asked --> WAITING -------> CONNECTING -----------> STARTING ----> a {@link ProxySession}
 *            a limit is full  | a server is looked for  one is asked
 *                  ^----------'
 *                   all nodes are full
 * </pre>
 *
 * <p>Thread: the client's event loop.
 */
final class Arrival {
    /** Between two looks for a leader. */
    private static final long RETRY_MILLIS = 100;

    private final Listening listening;
    private final Channel channel;
    private final Peer peer;
    private final StartupPacket.Startup startup;
    private final SessionAuditor auditor;
    private final Client client;
    private @Nullable SessionState state;
    private long sinceNanos;

    /** Since when a server is looked for; 0 before. */
    private long soughtNanos;

    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable ServerConnector connector;
    private @Nullable Admission admission;
    private boolean over;

    /** Whether it waits in the queue for a node; for other limits its {@link #admission} does. */
    private boolean queued;

    /** What becomes of it. */
    interface Client {
        /** A copy of what the server is to have. */
        ByteBuf packet();

        /** A server takes it; {@link #leave} follows for whatever else becomes of it. */
        void onServer(ServerConnection server);

        void onRefused(Refusal refusal);
    }

    Arrival(
            Listening listening,
            Channel channel,
            Peer peer,
            StartupPacket.Startup startup,
            SessionAuditor auditor,
            Client client) {
        this.listening = listening;
        this.channel = channel;
        this.peer = peer;
        this.startup = startup;
        this.auditor = auditor;
        this.client = client;
    }

    void begin() {
        Entrance entrance = listening.context().entrance();
        Caller caller = entrance.caller(listening.config(), peer, startup);
        Refusal refusal = entrance.refuses(listening.config(), caller);
        if (refusal != null) {
            client.onRefused(refusal);
            return;
        }
        Admission asked = entrance.ask(caller, () -> loop().execute(this::onAdmitted));
        admission = asked;
        switch (asked.standing()) {
            case HELD -> connect();
            case WAITING -> await(this::onFull);
            case REFUSED -> onFull(null);
            case OVER -> throw new IllegalStateException("over before it was asked");
        }
    }

    private void to(SessionState next) {
        if (state == null) {
            listening.context().sessions().add(this);
        }
        state = next;
        sinceNanos = System.nanoTime();
    }

    /** Reading goes on, so that a client that leaves is noticed; one that talks on is not heard. */
    private void await(Consumer<String> onLate) {
        to(SessionState.WAITING_FOR_LIMIT);
        Duration longest = listening.context().limits().queue().waitMax();
        deadline = loop().schedule(
                        () -> onLate.accept("No session ended within " + longest.toMillis() + " ms."),
                        longest.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void onFull(@Nullable String detail) {
        Full full = admission == null ? null : admission.full();
        if (full != null) {
            client.onRefused(listening.context().entrance().counted(Refusal.full(full, detail)));
        }
    }

    private void onAdmitted() {
        if (isWaiting() && !over) {
            connect();
        }
    }

    private void connect() {
        stopTimer();
        if (listening.context().isStopping()) {
            client.onRefused(Refusal.stopping());
            return;
        }
        if (soughtNanos == 0) {
            listening.context().entrance().onSessionStart();
            soughtNanos = System.nanoTime();
        }
        to(SessionState.CONNECTING);
        channel.config().setAutoRead(false);
        if (listening.split() != null && listening.cluster().isPaused()) {
            connectLater();
            return;
        }
        ServerConnector connecting = listening.cluster().connect(loop(), listening.wish(), peer, new Seeking());
        connector = connecting;
        connecting.result().addListener((Future<ServerConnection> done) -> {
            if (done.isSuccess() && !over) {
                onServer(connecting, done.getNow());
            } else if (done.isSuccess()) {
                done.getNow().abandon();
            } else if (!over) {
                onNoServer(done.cause());
            }
        });
    }

    /** The leader that it would have is going, or gone: statements of those that are in wait too. */
    private void connectLater() {
        deadline = loop().schedule(
                        () -> {
                            if (!over) {
                                connect();
                            }
                        },
                        RETRY_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private boolean waitsForLeader(NoServerException.Reason why) {
        SplitListening split = listening.split();
        return split != null
                && why != NoServerException.Reason.FULL
                && System.nanoTime() - soughtNanos
                        < split.setup().failover().holdMax().toNanos();
    }

    private final class Seeking implements ServerConnector.Seeker {
        /** Who leaves while a server thinks about its answer is noticed. */
        @Override
        public @Nullable ByteBuf onAsking() {
            if (listening.split() != null) {
                return null;
            }
            to(SessionState.STARTING);
            channel.config().setAutoRead(true);
            return client.packet();
        }

        @Override
        public boolean onFull(String reason) {
            queued = listening.context().entrance().awaitNode();
            if (queued) {
                channel.config().setAutoRead(true);
                await(detail -> client.onRefused(
                        listening.context().entrance().counted(Refusal.nodesFull(listening, reason, detail))));
            }
            return queued;
        }

        @Override
        public void onRoom() {
            leaveQueue();
            stopTimer();
            channel.config().setAutoRead(false);
            to(SessionState.CONNECTING);
        }
    }

    private void leaveQueue() {
        if (queued) {
            queued = false;
            listening.context().entrance().onNodeFound();
        }
    }

    private void onServer(ServerConnector connecting, ServerConnection server) {
        String failures = connecting.failures();
        if (!failures.isEmpty()) {
            listening.context().warnings().passedOver(id(), listening.config().cluster(), failures);
        }
        over = true;
        channel.config().setAutoRead(false);
        releaseWithBoth(server.channel());
        client.onServer(server);
        listening.context().sessions().remove(this);
    }

    /** The session's place is free when both of its sockets are closed. */
    private void releaseWithBoth(Channel server) {
        Admission held = Objects.requireNonNull(admission);
        channel.closeFuture().addListener(one -> server.closeFuture().addListener(both -> held.release()));
    }

    private void onNoServer(Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        listening.context().warnings().connectFailed(listening.config().cluster(), reason);
        NoServerException.Reason why =
                cause instanceof NoServerException none ? none.reason() : NoServerException.Reason.TRIED;
        if (waitsForLeader(why)) {
            listening.cluster().onNodeMissed();
            connectLater();
            return;
        }
        client.onRefused(
                switch (why) {
                    case NONE_FITS -> Refusal.noNode(listening, reason);
                    case FULL -> listening.context().entrance().counted(Refusal.nodesFull(listening, reason, null));
                    case TRIED -> Refusal.connectFailed(listening, reason);
                });
    }

    /** It is refused, or gone. */
    void leave() {
        if (over) {
            return;
        }
        over = true;
        stopTimer();
        leaveQueue();
        listening.context().sessions().remove(this);
        if (connector != null) {
            connector.cancel();
        }
        if (admission != null) {
            admission.release();
        }
    }

    private void stopTimer() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /** Whether it waits for others to leave: then it wants nothing any more when it has no more to say. */
    boolean isWaiting() {
        return state == SessionState.WAITING_FOR_LIMIT;
    }

    UUID id() {
        return auditor.session();
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    /** Null when it is none any more. On the loop. */
    @Nullable
    SessionView view() {
        SessionState now = state;
        if (over || now == null) {
            return null;
        }
        return SessionView.starting(
                auditor.origin(),
                now,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos),
                connector == null ? null : connector.node());
    }

    /** As pg_terminate_backend. On the loop. */
    void terminate() {
        if (!over) {
            client.onRefused(Refusal.terminated(EndCause.ADMINISTRATOR));
        }
    }

    /** The agent stops: no more sessions begin. Any thread. */
    void stop() {
        loop().execute(() -> {
            if (!over) {
                client.onRefused(Refusal.stopping());
            }
        });
    }
}
