package io.pgweir.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.pgweir.audit.EndFacts;
import io.pgweir.net.Sockets;
import io.pgweir.rules.Action;
import io.pgweir.rules.Verdict;
import io.pgweir.wire.ErrorFields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How a session ends: who ended first and why, what each side still gets to hear, and the record once both sockets are closed.
 *
 * <pre>
 *              client's FIN: server's output is shut          both sockets closed
 *  RELAYING -----------------------------------------> ... -------------------------> CLOSED (the record is written)
 *     |        server's FIN: client is flushed, closed              ^
 *     |        reset of one: reset of the other                     |
 *     +---> REFUSING: our own FATAL is flushed, then both close ----+
 * </pre>
 *
 * <p>Thread: the session's event loop.
 */
final class SessionEnding {
    private static final Logger log = LoggerFactory.getLogger(SessionEnding.class);

    /** How long a server has to end a session whose client broke the protocol, and a client to take what is flushed. */
    private static final long VIOLATION_SECONDS_MAX = 10;

    private static final long DRAIN_SECONDS_MAX = 600;

    private static final byte[] TERMINATE = {'X', 0, 0, 0, 4};

    private final ProxySession session;

    private @Nullable EndCause cause;
    private @Nullable String sqlState;
    private EndCause serverFailure = EndCause.SERVER_CLOSED;
    private boolean clientEnded;
    private boolean serverEnded;
    private boolean refusing;

    /** Nothing more passes: what is to be said last is said when the message that is being looked at is done with. */
    private boolean over;

    private boolean fatalSeen;
    private boolean saslUnanswered;
    private boolean finished;

    /** The client has ended, and what it said last is held back. */
    private boolean clientEndWaits;

    /** Why the server has ended, while what it said last is held back. */
    private @Nullable EndCause serverEndWaits;

    SessionEnding(ProxySession session) {
        this.session = session;
    }

    boolean isClientEnded() {
        return clientEnded;
    }

    boolean isServerEnded() {
        return serverEnded;
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether what the client says goes nowhere any more. */
    boolean isDeaf() {
        return refusing || serverEnded;
    }

    /** Whether nothing that is being looked at may pass any more. */
    boolean isOver() {
        return over;
    }

    /** Ends the session behind what a relay, in the midst of a read, is about to write. */
    void refuseBehind(Refusal refusal) {
        if (over || refusing || serverEnded) {
            return;
        }
        over = true;
        end(refusal.cause());
        stopToServer();
        session.client.eventLoop().execute(() -> refuse(refusal));
    }

    /** What is held has not been sent, and will not be. */
    private void stopToServer() {
        boolean heard = !session.requests.isHoldingEarly()
                && (session.results == null || !session.results.requests().isWaiting());
        if (session.toServer.isParked() && session.meaning.isOn() && heard) {
            session.meaning.tracker().refuse(Refusal.neverSent());
        }
        session.toServer.stop();
    }

    /** A rule ends the session for who it is, or for what its transaction was. */
    void onRulesEnd(Verdict verdict) {
        Action.Close close = verdict.close();
        Action.Block block = verdict.block();
        if (close != null) {
            refuseBehind(Refusal.closedBy(close));
        } else if (block != null) {
            refuseBehind(Refusal.closedBy(block));
        }
    }

    /** What nobody can judge or record must not pass where somebody must. */
    void onNotUnderstood() {
        boolean judged = session.rules != null && session.rules.enforcesAnything();
        if (judged || session.context.durability().failsClosed()) {
            refuseBehind(Refusal.notUnderstood());
        }
    }

    /** The client will say no more; what the server still has to say goes on flowing. */
    void endOfClient() {
        if (clientEnded) {
            return;
        }
        if (session.toServer.isParked()) {
            clientEndWaits = true;
            return;
        }
        clientEnded = true;
        end(EndCause.CLIENT_CLOSED);
        if (saslUnanswered && (session.binding != ScramBinding.VERBATIM || !session.connection.isTls())) {
            session.context.warnings().leftAtSaslOffer(session.meaning.auditor().session());
        }
        session.toServer.onEnd();
        Sockets.onFlushed(session.server, Sockets::shutdownOutput);
    }

    /** What was held on its way to the server has gone on. */
    void onRequestsWentOn() {
        if (clientEndWaits && !session.toServer.isParked()) {
            endOfClient();
        }
    }

    /** What was held on its way to the client has gone on. */
    void onAnswersWentOn() {
        EndCause waits = serverEndWaits;
        if (waits != null && !session.toClient.isParked()) {
            endOfServer(waits);
        }
    }

    /** The server is gone: the client gets what it said, and an end. */
    void endOfServer() {
        endOfServer(serverFailure);
    }

    private void endOfServer(EndCause reason) {
        if (serverEnded) {
            return;
        }
        if (session.toClient.isParked()) {
            serverEndWaits = reason;
            return;
        }
        serverEnded = true;
        end(reason);
        stopToServer();
        session.toClient.onEnd();
        if (reason == EndCause.SERVER_RESET && !fatalSeen) {
            Sockets.onFlushed(session.client, Sockets::abort);
        } else {
            Sockets.onFlushed(session.client, Sockets::close);
        }
        Sockets.abortAfter(session.client, DRAIN_SECONDS_MAX);
        Sockets.close(session.server);
        session.steer();
    }

    void onClientFailure(Throwable failure) {
        EndCause reason = causeOf(failure, EndCause.CLIENT_RESET);
        log("Client failed", failure, reason);
        end(reason);
        clientEnded = true;
        Sockets.abort(session.server);
        Sockets.abort(session.client);
    }

    /**
     * Remembered, not acted on: a write may fail while the server's last words still wait to be read, and whatever kind
     * of failure it was, an end of input follows it.
     */
    void onServerFailure(Throwable failure) {
        serverFailure = causeOf(failure, EndCause.SERVER_RESET);
        log("Server failed", failure, serverFailure);
    }

    /** The client's socket is closed. */
    void onClientClosed() {
        end(EndCause.CLIENT_CLOSED);
        if (session.server.isOpen() && !serverEnded) {
            Sockets.abort(session.server);
        }
        finishIfClosed();
    }

    /** The server's socket is closed. */
    void onServerClosed() {
        endOfServer();
        finishIfClosed();
    }

    /** What is no failure of a socket is one of ours. */
    private void log(String what, Throwable failure, EndCause reason) {
        log.atLevel(reason == EndCause.INTERNAL_ERROR ? Level.ERROR : Level.DEBUG)
                .addKeyValue("sessionId", session.meaning.auditor().session())
                .setCause(failure)
                .log(what);
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
                    .addKeyValue("sessionId", session.meaning.auditor().session())
                    .addKeyValue("type", type)
                    .addKeyValue("length", length)
                    .log("Client broke the protocol");
        }
        end(EndCause.CLIENT_PROTOCOL_VIOLATION);
        Sockets.abortAfter(session.server, VIOLATION_SECONDS_MAX);
    }

    /** The server sends no messages: the client has seen what there was to see. */
    void onServerViolation(byte type, int length) {
        log.atWarn()
                .addKeyValue("sessionId", session.meaning.auditor().session())
                .addKeyValue("node", session.connection.node())
                .addKeyValue("type", type)
                .addKeyValue("length", length)
                .log("Server broke the protocol");
        end(EndCause.SERVER_PROTOCOL_VIOLATION);
        // Behind what the relay is about to write.
        session.server.eventLoop().execute(() -> endOfServer(EndCause.SERVER_PROTOCOL_VIOLATION));
    }

    void onTerminate() {
        end(EndCause.CLIENT_TERMINATED);
    }

    void onSaslOffer() {
        saslUnanswered = true;
    }

    void onClientAnswer() {
        saslUnanswered = false;
    }

    void onServerFatal(ErrorFields error) {
        fatalSeen = true;
        sqlState = error.sqlState();
        end(EndCause.SERVER_FATAL);
    }

    /** Our own last word to the client. */
    void refuse(Refusal refusal) {
        if (refusing || serverEnded) {
            return;
        }
        refusing = true;
        end(refusal.cause());
        sqlState = refusal.sqlState();
        stopToServer();
        session.toClient.stop();
        if (session.toClient.endedBetweenMessages()) {
            Sockets.write(
                    session.client,
                    refusal.toBytes(
                            session.client.alloc(),
                            session.startup.major(),
                            session.meaning.tracker().clientCharset()));
        }
        Sockets.onFlushed(session.client, Sockets::close);
        Sockets.abortAfter(session.client, VIOLATION_SECONDS_MAX);
        Sockets.write(session.server, Unpooled.wrappedBuffer(TERMINATE));
        Sockets.onFlushed(session.server, Sockets::close);
        Sockets.abortAfter(session.server, VIOLATION_SECONDS_MAX);
    }

    /** Ends both connections at once, without a word. */
    void closeBoth(EndCause reason) {
        end(reason);
        Sockets.close(session.client);
        Sockets.close(session.server);
    }

    /** The first cause is the cause. */
    private void end(EndCause reason) {
        if (cause == null) {
            cause = reason;
        }
    }

    private void finishIfClosed() {
        if (finished || session.client.isOpen() || session.server.isOpen()) {
            return;
        }
        finished = true;
        stopToServer();
        session.requests.close();
        session.toClient.stop();
        EndCause reason = cause == null ? EndCause.INTERNAL_ERROR : cause;
        try {
            session.meaning.onClosed();
        } catch (RuntimeException fault) {
            session.meaning.fail(fault);
        }
        session.meaning
                .auditor()
                .onEnd(new EndFacts(
                        reason.label(),
                        sqlState,
                        session.toServer.bytes(),
                        session.toClient.bytes(),
                        !session.meaning.isOn()));
        session.onFinished(reason);
    }
}
