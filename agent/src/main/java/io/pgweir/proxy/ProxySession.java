package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.pgweir.audit.EndFacts;
import io.pgweir.audit.ServerFacts;
import io.pgweir.config.LimitsConfig;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.rules.Action;
import io.pgweir.rules.Verdict;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client and its server, from the startup packet to the last byte.
 *
 * <pre>
 *              client's FIN: server's output is shut          both sockets closed
 *  RELAYING -----------------------------------------> ... -------------------------> CLOSED (the record is written)
 *     |        server's FIN: client is flushed, closed              ^
 *     |        reset of one: reset of the other                     |
 *     +---> REFUSING: our own FATAL is flushed, then both close ----+
 * </pre>
 *
 * <p>Reading stops where the other side does not take what was written, and where the client is too many requests ahead of
 * the server's answers. Idle, a session holds no buffer and no timer.
 *
 * <p>Thread: the one event loop of both channels.
 */
final class ProxySession {
    private static final Logger log = LoggerFactory.getLogger(ProxySession.class);

    /** How long a server has to end a session whose client broke the protocol, and a client to take what is flushed. */
    private static final long VIOLATION_SECONDS_MAX = 10;

    private static final long DRAIN_SECONDS_MAX = 600;

    /**
     * Below this, requests never stop reading: PostgreSQL keeps up to 8 KiB of answers back until a Sync or Flush, and an
     * answer has at least five bytes. Waiting for those would be waiting for ever.
     */
    private static final int OUTSTANDING_REQUESTS_MIN = 4096;

    /** Control messages are always seen whole: PostgreSQL and libpq both read no longer ones than this. */
    private static final int MESSAGE_BYTES_MIN = 65_536;

    private static final byte[] TERMINATE = {'X', 0, 0, 0, 4};

    private final ProxyContext context;
    private final String cluster;
    private final Meaning meaning;
    private final Channel client;
    private final ServerConnection connection;
    private final Channel server;
    private final ScramBinding binding;
    private final StartupPacket.Startup startup;
    private final Relay toServer;
    private final Relay toClient;
    private final Leg clientLeg = new Leg(new ClientEvents());
    private final Leg serverLeg = new Leg(new ServerEvents());
    private final int outstandingMax;
    private final AuditPause auditPause;
    private final AuditGate gate;
    private final @Nullable RuleGate rules;
    private final RequestGates requests;

    /** Null in a process without rules. */
    private final @Nullable ResultRules results;

    private final ServerConnector.Way way;

    private @Nullable EndCause cause;
    private @Nullable String sqlState;
    private CancelKeys.@Nullable Key cancelKey;
    private EndCause serverFailure = EndCause.SERVER_CLOSED;
    private boolean throttled;
    private boolean clientEnded;
    private boolean serverEnded;
    private boolean refusing;

    /** Nothing more passes: what is to be said last is said when the message that is being looked at is done with. */
    private boolean over;

    private boolean stopping;
    private boolean fatalSeen;
    private boolean saslUnanswered;
    private boolean finished;

    /** The client has ended, and what it said last is held back. */
    private boolean clientEndWaits;

    /** Why the server has ended, while what it said last is held back. */
    private @Nullable EndCause serverEndWaits;

    ProxySession(
            Listening listening,
            Meaning meaning,
            Channel client,
            ServerConnection connection,
            ScramBinding binding,
            StartupPacket.Startup startup,
            @Nullable SessionRules sessionRules) {
        this.context = listening.context();
        this.cluster = listening.config().cluster();
        this.way = listening.way();
        this.meaning = meaning;
        this.client = client;
        this.connection = connection;
        this.server = connection.channel();
        this.binding = binding;
        this.startup = startup;
        LimitsConfig limits = context.limits();
        int messageBytes = Math.max(limits.messageBytes(), MESSAGE_BYTES_MIN);
        this.outstandingMax = Math.max(limits.outstandingRequests(), OUTSTANDING_REQUESTS_MIN);
        this.auditPause = new AuditPause(
                context.trail(), context.durability().roomWait(), client.eventLoop(), System::nanoTime, this::steer);
        this.gate = new AuditGate(context.trail(), context.durability(), meaning, client.eventLoop(), new GateEvents());
        SharedRules shared = context.rules();
        this.rules = shared == null || sessionRules == null
                ? null
                : new RuleGate(shared, sessionRules, meaning, server.alloc(), client.eventLoop(), new RuleEvents());
        this.requests = new RequestGates(meaning, rules, gate);
        if (sessionRules != null) {
            sessionRules.endedBy(this::onRulesEnd);
        }
        meaning.onFailure(this::onNotUnderstood);
        this.results = shared == null || sessionRules == null
                ? null
                : ResultRules.of(
                        shared,
                        sessionRules,
                        context.catalogs(),
                        meaning,
                        new ServerUpstream(),
                        server.alloc(),
                        cluster + ' ' + connection.node(),
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
     * @param packet owned from here on
     * @param rest owned from here on
     * @param ended whether the client has said already that it has no more to say
     */
    void start(ByteBuf packet, ByteBuf rest, boolean ended) {
        context.onSessionStart(this);
        server.pipeline().addLast("leg", serverLeg);
        meaning.onRead();
        meaning.tracker().onStartup(startup, meaning.nanos());
        meaning.auditor().onServer(serverFacts(0));
        Sockets.write(server, packet);
        toServer.onBytes(rest);
        server.flush();
        if (ended) {
            endOfClient();
        }
        steer();
    }

    private ServerFacts serverFacts(int processId) {
        return new ServerFacts(connection.node().host(), connection.node().port(), processId);
    }

    /** Reads from each side only what the other takes. A side that has ended is left alone: epoll knows it no more. */
    private void steer() {
        int outstanding = meaning.tracker().outstanding();
        throttled = throttled ? outstanding > outstandingMax / 2 : outstanding > outstandingMax;
        boolean waiting = meaning.isOn() && !finished && auditPause.isWaiting();
        if (!clientEnded) {
            boolean free = server.isWritable() && !throttled && !waiting && !toServer.isParked();
            clientLeg.reading(client, free || refusing || serverEnded);
        }
        if (!serverEnded) {
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
            endOfClient();
        }

        @Override
        public void onFailure(Throwable failure) {
            onClientFailure(failure);
        }

        @Override
        public void onClosed() {
            end(EndCause.CLIENT_CLOSED);
            if (server.isOpen() && !serverEnded) {
                Sockets.abort(server);
            }
            finishIfClosed();
        }
    }

    private final class ServerEvents implements Leg.Events {
        @Override
        public void onRead(ByteBuf bytes) {
            meaning.onRead();
            toClient.onBytes(bytes);
            afterAnswers();
            flushIfFull(client);
            steer();
        }

        @Override
        public void onReadComplete() {
            client.flush();
            meaning.onBackendForwarded();
            if (throttled) {
                steer();
            }
            if (stopping) {
                stopIfIdle();
            }
        }

        @Override
        public void onWritability() {
            steer();
        }

        @Override
        public void onEnd() {
            endOfServer(serverFailure);
        }

        @Override
        public void onFailure(Throwable failure) {
            onServerFailure(failure);
        }

        @Override
        public void onClosed() {
            endOfServer(serverFailure);
            finishIfClosed();
        }
    }

    /** What is held goes to the server, or {@code instead}, owned. Between reads, so what goes on is flushed at once. */
    private void goOnToServer(@Nullable ByteBuf instead) {
        meaning.onRead();
        if (instead == null) {
            toServer.release();
        } else {
            toServer.replace(instead);
        }
        onWentOn();
    }

    private void onWentOn() {
        server.flush();
        if (clientEndWaits && !toServer.isParked()) {
            endOfClient();
        }
        steer();
    }

    private final class RuleEvents implements RuleGate.Listener {
        @Override
        public void onTurn() {
            if (toServer.isParked()) {
                switch (requests.onTurn()) {
                    case Disposition.Forward() -> goOnToServer(null);
                    case Disposition.Replace(ByteBuf bytes) -> goOnToServer(bytes);
                    case Disposition.Hold(), Disposition.Stop(), Disposition.Drop() -> {
                        // The audit gate holds it now.
                    }
                }
            }
        }

        @Override
        public void onClose(Action.Close close) {
            refuseBehind(Refusal.closedBy(close));
        }
    }

    /**
     * The server asks the client to authenticate, or has let it in: what the client asked ahead of that is looked at again.
     *
     * @param awaited whether the server waits for an answer
     */
    void onAuthentication(boolean awaited) {
        requests.onAuthentication(awaited);
        if (!requests.isHoldingEarly()) {
            return;
        }
        client.eventLoop().execute(() -> {
            if (toServer.isParked() && !over) {
                meaning.onRead();
                toServer.again();
                onWentOn();
            }
        });
    }

    /** A rule ends the session for who it is, or for what its transaction was. */
    private void onRulesEnd(Verdict verdict) {
        Action.Close close = verdict.close();
        Action.Block block = verdict.block();
        if (close != null) {
            refuseBehind(Refusal.closedBy(close));
        } else if (block != null) {
            refuseBehind(Refusal.closedBy(block));
        }
    }

    /** What nobody can judge or record must not pass where somebody must. */
    private void onNotUnderstood() {
        boolean judged = rules != null && rules.enforcesAnything();
        if (judged || context.durability().failsClosed()) {
            refuseBehind(Refusal.notUnderstood());
        }
    }

    /** Whether nothing that is being looked at may pass any more. */
    boolean isOver() {
        return over;
    }

    /** Ends the session behind what a relay, in the midst of a read, is about to write. */
    private void refuseBehind(Refusal refusal) {
        if (over || refusing || serverEnded) {
            return;
        }
        over = true;
        end(refusal.cause());
        stopToServer();
        client.eventLoop().execute(() -> refuse(refusal));
    }

    /** What is held has not been sent, and will not be. */
    private void stopToServer() {
        boolean heard = !requests.isHoldingEarly()
                && (results == null || !results.requests().isWaiting());
        if (toServer.isParked() && meaning.isOn() && heard) {
            meaning.tracker().refuse(Refusal.neverSent());
        }
        toServer.stop();
    }

    /** What rules for results have to do once all that the server has sent was looked at. */
    private void afterAnswers() {
        if (results != null) {
            results.afterRead();
            freeRequests(results.requests());
        }
    }

    private void freeRequests(ResultRequests ahead) {
        if (toServer.isParked() && ahead.isFree(toServer.parkedType())) {
            ahead.onFree();
            toServer.again();
            onWentOn();
        }
    }

    /** The server, as rules for results see it. */
    private final class ServerUpstream implements Upstream {
        @Override
        public void send(ByteBuf bytes) {
            Sockets.write(server, bytes);
            server.flush();
        }

        @Override
        public boolean isBetweenMessages() {
            return toServer.isBetweenMessages();
        }

        @Override
        public void end(ErrorFields error) {
            refuseBehind(Refusal.ofResult(error));
        }

        @Override
        public boolean cancel(Runnable done) {
            CancelKeys.Key key = cancelKey;
            if (key == null) {
                return false;
            }
            CancelRelay.start(way, server.eventLoop(), key, done);
            return true;
        }

        @Override
        public void onRequestsFree() {
            if (results != null && !finished) {
                freeRequests(results.requests());
                steer();
            }
        }
    }

    /** What the gate says of what it holds back. */
    private final class GateEvents implements AuditGate.Listener {
        @Override
        public void onRequestFree() {
            if (toServer.isParked()) {
                goOnToServer(requests.takeInstead());
            }
        }

        @Override
        public void onRequestRefused(String cause) {
            if (toServer.isParked()) {
                requests.drop();
                meaning.tracker().refuse(Refusal.statementNotKept(cause));
                goOnToServer(Refused.inPlaceOf(toServer.parkedType(), server.alloc()));
            }
        }

        @Override
        public void onAnswerFree() {
            if (toClient.isParked()) {
                meaning.onRead();
                toClient.release();
                afterAnswers();
                client.flush();
                meaning.onBackendForwarded();
                EndCause waits = serverEndWaits;
                if (waits != null && !toClient.isParked()) {
                    endOfServer(waits);
                }
                if (stopping) {
                    stopIfIdle();
                }
                steer();
            }
        }

        @Override
        public void onAnswerRefused(String cause) {
            refuse(Refusal.outcomeNotKept(cause));
        }
    }

    /** The client will say no more; what the server still has to say goes on flowing. */
    private void endOfClient() {
        if (clientEnded) {
            return;
        }
        if (toServer.isParked()) {
            clientEndWaits = true;
            return;
        }
        clientEnded = true;
        end(EndCause.CLIENT_CLOSED);
        if (saslUnanswered && (binding != ScramBinding.VERBATIM || !connection.isTls())) {
            context.warnings().leftAtSaslOffer(meaning.auditor().session());
        }
        toServer.onEnd();
        Sockets.onFlushed(server, Sockets::shutdownOutput);
    }

    /** The server is gone: the client gets what it said, and an end. */
    private void endOfServer(EndCause reason) {
        if (serverEnded) {
            return;
        }
        if (toClient.isParked()) {
            serverEndWaits = reason;
            return;
        }
        serverEnded = true;
        end(reason);
        stopToServer();
        toClient.onEnd();
        if (reason == EndCause.SERVER_RESET && !fatalSeen) {
            Sockets.onFlushed(client, Sockets::abort);
        } else {
            Sockets.onFlushed(client, Sockets::close);
        }
        Sockets.abortAfter(client, DRAIN_SECONDS_MAX);
        Sockets.close(server);
        steer();
    }

    private void onClientFailure(Throwable failure) {
        log.atDebug()
                .addKeyValue("sessionId", meaning.auditor().session())
                .setCause(failure)
                .log("Client failed");
        end(causeOf(failure, EndCause.CLIENT_RESET));
        clientEnded = true;
        Sockets.abort(server);
        Sockets.abort(client);
    }

    /**
     * Remembered, not acted on: a write may fail while the server's last words still wait to be read, and whatever kind
     * of failure it was, an end of input follows it.
     */
    private void onServerFailure(Throwable failure) {
        log.atDebug()
                .addKeyValue("sessionId", meaning.auditor().session())
                .setCause(failure)
                .log("Server failed");
        serverFailure = causeOf(failure, EndCause.SERVER_RESET);
    }

    private static EndCause causeOf(Throwable failure, EndCause reset) {
        return switch (failure) {
            case DecoderException tls -> EndCause.TLS_FAILURE;
            case IOException io -> reset;
            default -> EndCause.INTERNAL_ERROR;
        };
    }

    /** The client named a length no message has: the server sees it too, and ends the session as it always does. */
    void onClientViolation(byte type, int length) {
        if (cause == null) {
            log.atDebug()
                    .addKeyValue("sessionId", meaning.auditor().session())
                    .addKeyValue("type", type)
                    .addKeyValue("length", length)
                    .log("Client broke the protocol");
        }
        end(EndCause.CLIENT_PROTOCOL_VIOLATION);
        Sockets.abortAfter(server, VIOLATION_SECONDS_MAX);
    }

    /** The server sends no messages: the client has seen what there was to see. */
    void onServerViolation(byte type, int length) {
        log.atWarn()
                .addKeyValue("sessionId", meaning.auditor().session())
                .addKeyValue("node", connection.node())
                .addKeyValue("type", type)
                .addKeyValue("length", length)
                .log("Server broke the protocol");
        end(EndCause.SERVER_PROTOCOL_VIOLATION);
        // Behind what the relay is about to write.
        server.eventLoop().execute(() -> endOfServer(EndCause.SERVER_PROTOCOL_VIOLATION));
    }

    void onTerminate() {
        end(EndCause.CLIENT_TERMINATED);
    }

    void onSaslOffer() {
        saslUnanswered = true;
    }

    void onClientAnswer() {
        saslUnanswered = false;
        requests.onAuthentication(false);
    }

    void onServerFatal(ErrorFields error) {
        fatalSeen = true;
        sqlState = error.sqlState();
        end(EndCause.SERVER_FATAL);
    }

    void onCancelKey(int processId, byte[] key) {
        cancelKey = context.cancelKeys()
                .add(new CancelKeys.Key(
                        cluster,
                        processId,
                        key,
                        connection.node(),
                        connection.address(),
                        meaning.auditor().session()));
        meaning.auditor().onServer(serverFacts(processId));
    }

    void refuseChannelBinding() {
        refuse(Refusal.channelBinding());
    }

    /** Our own last word to the client. */
    private void refuse(Refusal refusal) {
        if (refusing || serverEnded) {
            return;
        }
        refusing = true;
        end(refusal.cause());
        sqlState = refusal.sqlState();
        stopToServer();
        toClient.stop();
        if (toClient.endedBetweenMessages()) {
            Sockets.write(
                    client,
                    refusal.toBytes(
                            client.alloc(), startup.major(), meaning.tracker().clientCharset()));
        }
        Sockets.onFlushed(client, Sockets::close);
        Sockets.abortAfter(client, VIOLATION_SECONDS_MAX);
        Sockets.write(server, Unpooled.wrappedBuffer(TERMINATE));
        Sockets.onFlushed(server, Sockets::close);
        Sockets.abortAfter(server, VIOLATION_SECONDS_MAX);
    }

    /** Ends the session as soon as the server owes no answer. Any thread. */
    void stop() {
        client.eventLoop().execute(() -> {
            stopping = true;
            stopIfIdle();
        });
    }

    /** Ends the session now. Any thread. */
    void stopNow() {
        client.eventLoop().execute(() -> {
            if (toClient.isBetweenMessages()) {
                refuse(Refusal.shutdown());
            } else {
                end(EndCause.SHUTDOWN);
                Sockets.close(client);
                Sockets.close(server);
            }
        });
    }

    private void stopIfIdle() {
        if (meaning.tracker().outstanding() == 0 && toClient.isBetweenMessages() && !toClient.isParked()) {
            refuse(Refusal.shutdown());
        }
    }

    /** The first cause is the cause. */
    private void end(EndCause reason) {
        if (cause == null) {
            cause = reason;
        }
    }

    private void finishIfClosed() {
        if (finished || client.isOpen() || server.isOpen()) {
            return;
        }
        finished = true;
        stopToServer();
        requests.close();
        toClient.stop();
        if (cancelKey != null) {
            context.cancelKeys().remove(cancelKey);
        }
        EndCause reason = cause == null ? EndCause.INTERNAL_ERROR : cause;
        try {
            meaning.onClosed();
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
        meaning.auditor()
                .onEnd(new EndFacts(reason.label(), sqlState, toServer.bytes(), toClient.bytes(), !meaning.isOn()));
        context.onSessionEnd(this);
    }
}
