package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.net.Sockets;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.rules.Action;
import io.pgweir.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * What a session's rules and its trail hold back, and how it goes on: between reads, so what goes on is flushed at once.
 *
 * <p>Thread: the session's event loop.
 */
final class HeldMessages {
    private final ProxySession session;

    HeldMessages(ProxySession session) {
        this.session = session;
    }

    RuleGate.Listener ruleEvents() {
        return new RuleEvents();
    }

    AuditGate.Listener gateEvents() {
        return new GateEvents();
    }

    /** The server, as rules for results see it. */
    Upstream upstream() {
        return new ServerUpstream();
    }

    /** What is held goes to the server, or {@code instead}, owned. */
    private void goOnToServer(@Nullable ByteBuf instead) {
        session.meaning.onRead();
        if (instead == null) {
            session.toServer.release();
        } else {
            session.toServer.replace(instead);
        }
        onWentOn();
    }

    private void onWentOn() {
        session.server.flush();
        session.ending.onRequestsWentOn();
        session.steer();
    }

    /** What the rules say of what waits its turn. */
    private final class RuleEvents implements RuleGate.Listener {
        @Override
        public void onTurn() {
            if (session.toServer.isParked()) {
                switch (session.requests.onTurn()) {
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
            session.ending.refuseBehind(Refusal.closedBy(close));
        }
    }

    /** What the gate says of what it holds back. */
    private final class GateEvents implements AuditGate.Listener {
        @Override
        public void onRequestFree() {
            if (session.toServer.isParked()) {
                goOnToServer(session.requests.takeInstead());
            }
        }

        @Override
        public void onRequestRefused(String cause) {
            if (session.toServer.isParked()) {
                session.requests.drop();
                session.meaning.tracker().refuse(Refusal.statementNotKept(cause));
                goOnToServer(Refused.inPlaceOf(session.toServer.parkedType(), session.server.alloc()));
            }
        }

        @Override
        public void onAnswerFree() {
            if (session.toClient.isParked()) {
                session.meaning.onRead();
                session.toClient.release();
                afterAnswers();
                session.client.flush();
                session.meaning.onBackendForwarded();
                session.ending.onAnswersWentOn();
                session.stopIfAsked();
                session.steer();
            }
        }

        @Override
        public void onAnswerRefused(String cause) {
            session.ending.refuse(Refusal.outcomeNotKept(cause));
        }
    }

    /**
     * The server asks the client to authenticate, or has let it in: what the client asked ahead of that is looked at again.
     *
     * @param awaited whether the server waits for an answer
     */
    void onAuthentication(boolean awaited) {
        session.requests.onAuthentication(awaited);
        if (!session.requests.isHoldingEarly()) {
            return;
        }
        session.client.eventLoop().execute(() -> {
            if (session.toServer.isParked() && !session.ending.isOver()) {
                session.meaning.onRead();
                session.toServer.again();
                onWentOn();
            }
        });
    }

    /** What rules for results have to do once all that the server has sent was looked at. */
    void afterAnswers() {
        if (session.results != null) {
            session.results.afterRead();
            freeRequests(session.results.requests());
        }
    }

    private void freeRequests(ResultRequests ahead) {
        if (session.toServer.isParked() && ahead.isFree(session.toServer.parkedType())) {
            ahead.onFree();
            session.toServer.again();
            onWentOn();
        }
    }

    private final class ServerUpstream implements Upstream {
        @Override
        public void send(ByteBuf bytes) {
            Sockets.write(session.server, bytes);
            session.server.flush();
        }

        @Override
        public boolean isBetweenMessages() {
            return session.toServer.isBetweenMessages();
        }

        @Override
        public void end(ErrorFields error) {
            session.ending.refuseBehind(Refusal.ofResult(error));
        }

        @Override
        public boolean cancel(Runnable done) {
            CancelKeys.Key key = session.cancelKey();
            if (key == null) {
                return false;
            }
            CancelRelay.start(session.context, session.cluster, session.server.eventLoop(), key, done);
            return true;
        }

        @Override
        public void onRequestsFree() {
            if (session.results != null && !session.ending.isFinished()) {
                freeRequests(session.results.requests());
                session.steer();
            }
        }
    }
}
