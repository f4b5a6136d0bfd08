package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pgweir.audit.ServerFacts;
import io.pgweir.config.AdminConfig.StatementText;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.relay.Leg;
import io.pgweir.proxy.relay.Relay;
import io.pgweir.proxy.split.CancelTarget;
import io.pgweir.proxy.split.Fault;
import io.pgweir.proxy.split.Route;
import io.pgweir.proxy.split.SplitSession;
import io.pgweir.proxy.split.Unproved;
import io.pgweir.proxy.split.Violation;
import io.pgweir.routing.Wish;
import io.pgweir.session.SessionPhase;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client and its server, from the startup packet to the last byte: the two relays and what steers them. What rules and
 * trail hold back is with {@link HeldMessages}, the end with {@link SessionEnding}.
 *
 * <p>Reading stops where the other side does not take what was written, and where the client is too many requests ahead of
 * the server's answers. Idle, a session holds no buffer and no timer.
 *
 * <p>Thread: the one event loop of both channels.
 */
final class ProxySession {
    /**
     * Below this, requests never stop reading: PostgreSQL keeps up to 8 KiB of answers back until a Sync or Flush, and an
     * answer has at least five bytes. Waiting for those would be waiting for ever.
     */
    private static final int OUTSTANDING_REQUESTS_MIN = 4096;

    /** Control messages are always seen whole: PostgreSQL and libpq both read no longer ones than this. */
    private static final int MESSAGE_BYTES_MIN = 65_536;

    final ProxyContext context;
    final String listener;
    final Cluster cluster;
    private final Wish wish;
    private final Place place;
    final Meaning meaning;
    final Channel client;
    final ServerConnection connection;
    final Channel server;
    final ScramBinding binding;
    final StartupPacket.Startup startup;
    final Relay toServer;
    final Relay toClient;
    private final Leg clientLeg = new Leg(new ClientEvents());
    private final Leg.Events serverEvents = new ServerEvents();
    private final Leg serverLeg = new Leg(serverEvents);
    private final int outstandingMax;
    private final AuditPause auditPause;
    final @Nullable RuleGate rules;
    final RequestGates requests;

    /** Null in a process without rules. */
    final @Nullable ResultRules results;

    final SessionEnding ending = new SessionEnding(this);
    private final HeldMessages held = new HeldMessages(this);
    private final SessionCapture capture = new SessionCapture(this);
    private final SessionDrain drain = new SessionDrain(this);

    /** Null where no timeout is configured, as below. */
    private final @Nullable Janitor janitor;

    private @Nullable SessionTimeouts timeouts;

    private CancelKeys.@Nullable Key cancelKey;
    private boolean throttled;

    ProxySession(
            Listening listening,
            Meaning meaning,
            Channel client,
            ServerConnection connection,
            ScramBinding binding,
            StartupPacket.Startup startup,
            @Nullable SessionRules sessionRules) {
        this.context = listening.context();
        this.janitor = context.janitor(listening.config().limits().timeouts());
        this.listener = listening.config().name();
        this.cluster = listening.cluster();
        this.wish = listening.wish();
        this.meaning = meaning;
        this.client = client;
        this.connection = connection;
        this.place = Objects.requireNonNull(connection.place(), "for no session");
        this.server = connection.channel();
        this.binding = binding;
        this.startup = startup;
        LimitsConfig limits = context.limits();
        int messageBytes = Math.max(limits.messageBytes(), MESSAGE_BYTES_MIN);
        this.outstandingMax = Math.max(limits.outstandingRequests(), OUTSTANDING_REQUESTS_MIN);
        this.auditPause = new AuditPause(
                context.trail(), context.durability().roomWait(), client.eventLoop(), System::nanoTime, this::steer);
        AuditGate gate =
                new AuditGate(context.trail(), context.durability(), meaning, client.eventLoop(), held.gateEvents());
        SharedRules shared = context.rules();
        this.rules = shared == null || sessionRules == null
                ? null
                : new RuleGate(shared, sessionRules, meaning, server.alloc(), client.eventLoop(), held.ruleEvents());
        this.requests = new RequestGates(meaning, rules, gate);
        if (sessionRules != null) {
            sessionRules.endedBy(ending::onRulesEnd);
        }
        meaning.onFailure(() -> {
            capture.end("not-understood");
            ending.onNotUnderstood();
        });
        this.results = shared == null || sessionRules == null
                ? null
                : ResultRules.of(
                        shared,
                        sessionRules,
                        context.catalogs(),
                        meaning,
                        held.upstream(),
                        server.alloc(),
                        cluster.name() + ' ' + connection.node(),
                        startup,
                        messageBytes);
        ResultRequests ahead = results == null ? null : results.requests();
        this.toServer = new Relay(new FrontendLane(this, meaning, requests, binding, ahead, messageBytes), server);
        this.toClient =
                new Relay(new BackendLane(this, meaning, gate, binding, results, client.alloc(), messageBytes), client);
    }

    Leg clientLeg() {
        return clientLeg;
    }

    /**
     * Takes both channels over: the startup packet goes to the server as it came, then whatever came behind it.
     *
     * @param packet owned from here on; null where the server has it
     * @param rest owned from here on
     * @param ended whether the client has said already that it has no more to say
     */
    void start(@Nullable ByteBuf packet, ByteBuf rest, boolean ended) {
        context.onSessionStart(this);
        timeouts = janitor == null ? null : janitor.watch(this);
        meaning.onRead();
        meaning.tracker().onStartup(startup, meaning.nanos());
        meaning.auditor().onServer(serverFacts(0));
        capture.begin(context.capture());
        if (packet != null) {
            server.pipeline().addLast("leg", serverLeg);
            Sockets.write(server, packet);
        }
        toServer.onBytes(rest);
        server.flush();
        if (connection.answer() != null) {
            connection.answer().tell(serverLeg, serverEvents);
        }
        if (ended) {
            ending.endOfClient();
        }
        stayOrLeave();
        steer();
    }

    private ServerFacts serverFacts(int processId) {
        HostPort address = connection.node();
        return !cluster.isWatched()
                ? new ServerFacts(address.host(), address.port(), processId)
                : new ServerFacts(
                        address.host(),
                        address.port(),
                        processId,
                        place.node().name(),
                        place.node().role().label());
    }

    /** Reads from each side only what the other takes. A side that has ended is left alone: epoll knows it no more. */
    void steer() {
        int outstanding = meaning.tracker().outstanding();
        throttled = throttled ? outstanding > outstandingMax / 2 : outstanding > outstandingMax;
        boolean waiting = meaning.isOn() && !ending.isFinished() && auditPause.isWaiting();
        boolean cancelling = timeouts != null && timeouts.isCancelling();
        if (!ending.isClientEnded()) {
            boolean free = server.isWritable() && !throttled && !waiting && !cancelling && !toServer.isParked();
            clientLeg.reading(client, free || ending.isDeaf());
        }
        if (!ending.isServerEnded()) {
            serverLeg.reading(server, client.isWritable() && !waiting && !toClient.isParked());
        }
    }

    /** What the kernel takes at once need not stop the reading: switching that off and on costs two system calls. */
    private static void flushIfFull(Channel channel) {
        if (!channel.isWritable()) {
            channel.flush();
        }
    }

    private final class ClientEvents implements Leg.Events {
        @Override
        public void onRead(ByteBuf bytes) {
            meaning.onRead();
            context.metrics().onBytesFromClient(bytes.readableBytes());
            toServer.onBytes(bytes);
            flushIfFull(server);
            steer();
        }

        @Override
        public void onReadComplete() {
            server.flush();
            meaning.onFrontendForwarded();
        }

        @Override
        public void onWritability() {
            steer();
        }

        @Override
        public void onEnd() {
            ending.endOfClient();
        }

        @Override
        public void onFailure(Throwable failure) {
            ending.onClientFailure(failure);
        }

        @Override
        public void onClosed() {
            ending.onClientClosed();
        }
    }

    private final class ServerEvents implements Leg.Events {
        @Override
        public void onRead(ByteBuf bytes) {
            meaning.onRead();
            context.metrics().onBytesFromServer(bytes.readableBytes());
            toClient.onBytes(bytes);
            held.afterAnswers();
            flushIfFull(client);
            steer();
        }

        @Override
        public void onNote(Object note) {
            switch (note) {
                case Route route -> onRoute(route);
                case CancelTarget target -> onCancelTarget(target);
                case Violation(byte type, int length) -> ending.onServerViolation(type, length);
                case Unproved(String reason) -> onUnproved(reason);
                case Fault fault -> ending.refuseBehind(Refusal.internal());
                default -> throw new IllegalArgumentException(note.toString());
            }
        }

        @Override
        public void onReadComplete() {
            client.flush();
            meaning.onBackendForwarded();
            if (throttled) {
                steer();
            }
            stopIfAsked();
        }

        @Override
        public void onWritability() {
            steer();
        }

        @Override
        public void onEnd() {
            ending.endOfServer();
        }

        @Override
        public void onFailure(Throwable failure) {
            ending.onServerFailure(failure);
        }

        @Override
        public void onClosed() {
            ending.onServerClosed();
        }
    }

    /** The leader does not let the client in, though its certificate does. */
    private void onUnproved(String reason) {
        Refusal refusal = Refusal.certificate(startup.parameter("user", ""));
        meaning.auditor().onAuthentication(CertificateLogin.METHOD, refusal.toFields(reason), meaning.nanos());
        ending.refuseBehind(refusal);
    }

    /** What is answered from here on was asked there. */
    private void onRoute(Route route) {
        meaning.tracker()
                .place(new ServerFacts(
                        route.host().host(),
                        route.host().port(),
                        route.processId(),
                        route.node(),
                        route.role(),
                        route.reason(),
                        route.retries(),
                        route.lagBytes(),
                        route.minLsn()));
    }

    /** What is asked from here on runs there. */
    private void onCancelTarget(CancelTarget target) {
        if (cancelKey != null) {
            cancelKey.runsAt(target);
        }
    }

    /**
     * The server asks the client to authenticate, or has let it in.
     *
     * @param awaited whether the server waits for an answer
     */
    void onAuthentication(boolean awaited) {
        held.onAuthentication(awaited);
    }

    void onClientAnswer() {
        ending.onClientAnswer();
        requests.onAuthentication(false);
    }

    /** The server says whether it is in recovery; where it was chosen because it leads, it does not serve a session if so. */
    void onHotStandby(boolean inHotStandby) {
        cluster.onServerSaid(place.node(), inHotStandby);
        boolean starting = meaning.tracker().phase() == SessionPhase.STARTING;
        if (inHotStandby
                && starting
                && wish.isFor(place.node().role())
                && place.node().role() == NodeRole.LEADER) {
            ending.refuseBehind(Refusal.notLeading(cluster, place.node().name()));
        }
    }

    /** Both of its sockets are closed. */
    void onFinished(EndCause cause) {
        capture.end(cause.label());
        drain.stopTimer();
        forgetCancelKey();
        place.lease().onEnded(System.nanoTime());
        context.onSessionEnd(this);
    }

    void onCancelKey(int processId, byte[] key) {
        cancelKey = context.cancelKeys()
                .add(new CancelKeys.Key(
                        cluster.name(),
                        processId,
                        key,
                        connection.node(),
                        connection.address(),
                        meaning.auditor().session()));
        meaning.auditor().onServer(serverFacts(processId));
    }

    /** What the client hears of the server's {@code error}, where that is by a timeout of ours; null for itself. */
    @Nullable
    ErrorFields inPlaceOf(ErrorFields error) {
        return timeouts == null ? null : timeouts.inPlaceOf(error);
    }

    /** Null until the server has told it. */
    CancelKeys.@Nullable Key cancelKey() {
        return cancelKey;
    }

    private void forgetCancelKey() {
        if (cancelKey != null) {
            context.cancelKeys().remove(cancelKey);
        }
    }

    UUID id() {
        return meaning.auditor().session();
    }

    /** That all of it lives on. Any thread. */
    EventLoop loop() {
        return client.eventLoop();
    }

    /** What it is doing. On the loop. */
    SessionView view(StatementText text) {
        return SessionSight.of(meaning, state(), text, connection.isTls(), toServer.bytes(), toClient.bytes());
    }

    private SessionState state() {
        if (ending.isDeaf() || ending.isOver() || ending.isClientEnded()) {
            return SessionState.ENDING;
        }
        if (!meaning.isOn()) {
            return SessionState.OPAQUE;
        }
        if (requests.isHeldByAudit() || auditPause.hasBegun()) {
            return SessionState.WAITING_FOR_AUDIT;
        }
        if (toServer.isParked() && !requests.isHoldingEarly()) {
            return SessionState.WAITING_FOR_RULE;
        }
        return SessionState.of(meaning.tracker().phase(), meaning.tracker().transactionStatus());
    }

    /** Asks the server to cancel what it is doing; false where it has given no key for that. On the loop. */
    boolean cancel() {
        CancelKeys.Key key = cancelKey;
        if (key == null || ending.isFinished()) {
            return false;
        }
        CancelRelay.start(context, cluster, server.eventLoop(), key, () -> {});
        return true;
    }

    /** As pg_terminate_backend: what runs is cancelled, and the client hears of it between two messages. On the loop. */
    void terminate() {
        drain.now(Refusal.terminated(EndCause.ADMINISTRATOR));
    }

    /** Ends the session as soon as nothing is under way, and at the deadline all the same. Any thread. */
    void stop() {
        client.eventLoop()
                .execute(() -> drain.begin(
                        Refusal.shutdown(), cluster.drain().deadline().toMillis()));
    }

    /** Ends the session at the end of the message that is under way. Any thread. */
    void stopNow() {
        client.eventLoop().execute(() -> drain.now(Refusal.shutdown()));
    }

    /** Whether it is a split session that is not at rest: what waits until its cluster goes on is. On the loop. */
    boolean isBusy() {
        SplitSession split = connection.split();
        return split != null && !ending.isFinished() && !split.isCalm();
    }

    /** A capture has begun. Any thread. */
    void capture() {
        client.eventLoop().execute(() -> capture.begin(context.capture()));
    }

    /** No capture runs any more. Any thread. */
    CompletableFuture<Void> endCapture() {
        return CompletableFuture.runAsync(() -> capture.end("capture-stopped"), client.eventLoop());
    }

    /** The client asks to cancel what it runs. On the loop. */
    void onCancelAsked() {
        capture.onCancel();
    }

    /** Its cluster is not what it was: it may have to leave its node. Any thread. */
    void onTopology() {
        client.eventLoop().execute(this::stayOrLeave);
    }

    private void stayOrLeave() {
        SplitSession split = connection.split();
        Node node = split == null ? place.node() : split.leader();
        String why = split != null && split.onTopology() ? null : cluster.whyLeave(node, wish);
        if (why == null) {
            drain.stay();
        } else {
            drain.begin(
                    Refusal.drained(cluster, node, why),
                    cluster.drain().deadline().toMillis());
        }
    }

    /** What the server is asked to leave off, where it does something. */
    void cancelStatement() {
        if (meaning.tracker().outstanding() > 0) {
            cancel();
        }
    }

    void stopIfAsked() {
        drain.endIfIdle();
    }
}
