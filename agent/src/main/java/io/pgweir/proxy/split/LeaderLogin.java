package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgweir.auth.NodeLogin;
import io.pgweir.auth.NodeSecret;
import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Password;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.MessageType;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a client in to the leader that has proved who it is by its certificate: what the leader asks is answered with the role's secret,
 * and all else that it says passes.
 *
 * <pre>
 *   leader                               pgweir                               client
 *     |-- Authentication: asks ----------->| held until the secret is there       |
 *     |<- p -------------------------------|                                      |
 *     |-- AuthenticationOk, and so on ----------------------------------------->  |  as it came
 *     |-- ErrorResponse, class 28 -------->| is it another by now? once more, on  |
 *     |                                    | another connection; else it passes   |
 * </pre>
 *
 * <p>What the client says meanwhile waits: {@link SplitSession#takes}. The leader still judges: whether the role may log in, from here,
 * now, and how often. Thread: the session's event loop.
 */
final class LeaderLogin {
    private static final Logger log = LoggerFactory.getLogger(LeaderLogin.class);

    private final SplitSession session;
    private final Leader leading;
    private final EventLoop loop;
    private final Credentials credentials;
    private final @Nullable NodeTokens tokens;
    private final NodeConnector connector;
    private final boolean orLeader;

    /** Neither has the leader let in, nor has anybody given up. */
    private boolean underWay = true;

    /** What the leader asks waits for the secret. */
    private boolean held;

    /** It has waited for too long. */
    private boolean late;

    private boolean tokenAsked;
    private @Nullable Password token;

    /** Why there is none. */
    private String tokenFault = "";

    private @Nullable NodeLogin login;
    private @Nullable ScheduledFuture<?> deadline;

    /** The leader did not take it, and whoever knows it was asked once more. */
    private boolean renewed;

    private @Nullable Future<NodeConnection> connecting;

    LeaderLogin(
            SplitSession session,
            Leader leading,
            EventLoop loop,
            Credentials credentials,
            @Nullable NodeTokens tokens,
            NodeConnector connector,
            boolean orLeader) {
        this.session = session;
        this.leading = leading;
        this.loop = loop;
        this.credentials = credentials;
        this.tokens = tokens;
        this.connector = connector;
        this.orLeader = orLeader;
    }

    /** Whether what the client says has to wait. */
    boolean isUnderWay() {
        return underWay;
    }

    /** @return null where it is the client's to hear */
    @Nullable
    Disposition on(byte type, BackendMessage message, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (!underWay) {
            return null;
        }
        if (message instanceof BackendMessage.ErrorResponse error) {
            return onError(error, buffer, bodyAt, bodyLength);
        }
        if (type != MessageType.Backend.AUTHENTICATION) {
            return null;
        }
        if (bodyLength < Integer.BYTES) {
            return fail("body length: " + bodyLength + " (expected: at least " + Integer.BYTES + ")");
        }
        byte[] rest = new byte[bodyLength - Integer.BYTES];
        buffer.getBytes(bodyAt + Integer.BYTES, rest);
        return onRequest(buffer.getInt(bodyAt), rest);
    }

    private @Nullable Disposition onRequest(int code, byte[] rest) {
        NodeLogin answers = login;
        if (answers == null) {
            if (code == BackendMessage.Authentication.OK) {
                underWay = false;
                return null;
            }
            if (!isDecided()) {
                hold();
                return Disposition.HOLD;
            }
            NodeSecret secret = secret();
            if (secret == null) {
                return onNoSecret(code);
            }
            NodeConnection to = leading.node().connection;
            answers = new NodeLogin(credentials.user(), secret, to.tls(), to.endPoint());
            login = answers;
        }
        return switch (answers.onAuthentication(code, rest)) {
            case NodeLogin.Send(byte[] body) -> {
                leading.node().sayProof(body);
                yield Disposition.DROP;
            }
            case NodeLogin.Wait() -> Disposition.DROP;
            case NodeLogin.Failed(boolean stale, String reason) -> fail(reason);
            case NodeLogin.Done() -> {
                underWay = false;
                yield null;
            }
        };
    }

    private boolean isDecided() {
        return late || (tokens == null ? credentials.isLookedUp() : token != null || !tokenFault.isEmpty());
    }

    private @Nullable NodeSecret secret() {
        return late ? null : tokens == null ? credentials.password() : token;
    }

    private @Nullable Disposition onNoSecret(int code) {
        if (orLeader) {
            underWay = false;
            return null;
        }
        String why = late
                ? "is not known within " + connector.timeoutMillis() + " ms"
                : tokens == null ? "is not known" : "cannot be made: " + tokenFault;
        return fail("the leader asks for authentication " + code + ", and the role's password " + why);
    }

    private void hold() {
        held = true;
        if (deadline == null) {
            deadline = loop.schedule(
                    session.mishaps().walled(() -> {
                        late = true;
                        settle();
                    }),
                    connector.timeoutMillis(),
                    TimeUnit.MILLISECONDS);
        }
        NodeTokens makes = tokens;
        if (makes != null && !tokenAsked) {
            tokenAsked = true;
            makes.token(leading.node().connection.host(), credentials.user())
                    .whenCompleteAsync(
                            (made, failure) -> session.mishaps()
                                    .walled(() -> onToken(made, failure))
                                    .run(),
                            loop);
        }
    }

    private void onToken(@Nullable Password made, @Nullable Throwable failure) {
        token = made;
        tokenFault = failure == null ? "" : String.valueOf(failure.getMessage());
        settle();
    }

    /** What the leader asks is answered as soon as there is something to answer with. */
    void settle() {
        if (!held || !isDecided() || session.isOver()) {
            return;
        }
        held = false;
        stopTimer();
        leading.node().showAgain();
        session.onAnswersRead();
    }

    private void stopTimer() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private Disposition fail(String reason) {
        underWay = false;
        log.atWarn()
                .addKeyValue("user", credentials.user())
                .addKeyValue("node", leading.node().connection.node().name())
                .addKeyValue("error", reason)
                .log("No login to the leader for a client that is known by its certificate");
        session.mishaps().onUnproved(reason);
        return Disposition.STOP;
    }

    private @Nullable Disposition onError(
            BackendMessage.ErrorResponse error, ByteBuf buffer, int bodyAt, int bodyLength) {
        boolean refused = login != null && Credentials.isRefusal(error.fields().sqlState());
        NodeTokens makes = tokens;
        if (refused && makes != null) {
            makes.invalidate(credentials.user());
        }
        if (!refused || renewed) {
            underWay = false;
            return null;
        }
        byte[] message = new byte[MessageType.HEADER_BYTES + bodyLength];
        buffer.getBytes(bodyAt - MessageType.HEADER_BYTES, message);
        renewed = true;
        leading.toBegin();
        if (makes != null) {
            token = null;
            tokenAsked = false;
            onRenewed(true, message);
        } else {
            credentials.renew(changed ->
                    session.mishaps().walled(() -> onRenewed(changed, message)).run());
        }
        return Disposition.DROP;
    }

    private void onRenewed(boolean changed, byte[] message) {
        if (session.isOver()) {
            return;
        }
        if (!changed) {
            tell(message);
            return;
        }
        Future<NodeConnection> next = connector.leader();
        connecting = next;
        next.addListener((Future<NodeConnection> done) ->
                session.mishaps().walled(() -> onConnected(done, message)).run());
    }

    private void onConnected(Future<NodeConnection> done, byte[] message) {
        if (session.isOver()) {
            if (done.isSuccess()) {
                NodeEntry.leave(done.getNow());
            }
        } else if (done.isSuccess()) {
            login = null;
            session.begin(done.getNow());
        } else {
            tell(message);
        }
    }

    /** The leader's own words, and the end. */
    private void tell(byte[] message) {
        underWay = false;
        log.atWarn()
                .addKeyValue("user", credentials.user())
                .addKeyValue("node", leading.node().connection.node().name())
                .log("The leader does not take the role's password");
        session.onNotBegun(message);
    }

    /** The session is over. */
    void close() {
        underWay = false;
        stopTimer();
        if (connecting != null) {
            connecting.cancel(false);
        }
    }
}
