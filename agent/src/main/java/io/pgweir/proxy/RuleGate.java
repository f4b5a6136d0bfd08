package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.pgweir.proxy.judge.Judged;
import io.pgweir.proxy.judge.RequestRules;
import io.pgweir.proxy.judge.Ruling;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.rules.Action;
import io.pgweir.rules.Moment;
import io.pgweir.rules.RuleSet;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Parameters;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageWriter;
import java.nio.charset.Charset;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rules of a request that the tracker has heard, and does what they say of it: it goes on, goes on in other words, waits
 * its turn, is refused by the server, or ends the session.
 *
 * <p>Thread: the session's event loop.
 */
final class RuleGate {
    private final SharedRules shared;
    private final SessionRules session;
    private final RequestRules requests;
    private final Meaning meaning;
    private final ByteBufAllocator allocator;
    private final EventExecutor loop;
    private final Listener listener;

    private @Nullable Future<?> turn;

    /** What a session does as the rules say. */
    interface Listener {
        /** What was held has waited for its turn. */
        void onTurn();

        void onClose(Action.Close close);
    }

    /** What is to become of a request that may go. */
    sealed interface Way {
        /** As it came, or {@code bytes} instead, which the taker owns; when {@link Listener#onTurn} says so where {@code waits}. */
        record On(@Nullable ByteBuf bytes, boolean waits) implements Way {}

        /** Nothing more is asked of it. */
        record Done(Disposition disposition) implements Way {}
    }

    private static final Way AS_IT_CAME = new Way.On(null, false);

    RuleGate(
            SharedRules shared,
            SessionRules session,
            Meaning meaning,
            ByteBufAllocator allocator,
            EventExecutor loop,
            Listener listener) {
        this.shared = shared;
        this.session = session;
        this.requests = new RequestRules(shared, session);
        this.meaning = meaning;
        this.allocator = allocator;
        this.loop = loop;
        this.listener = listener;
    }

    /** Whether the client may ask anything yet. */
    boolean isOpen() {
        return session.isAuthenticated();
    }

    boolean enforcesAnything() {
        return shared.current().enforcesAnything();
    }

    /**
     * @param message borrowed for the call
     * @param whole whether it is here from its first byte to its last
     * @param next what it runs; null where that is nothing
     */
    Way onRequest(byte type, FrontendMessage message, boolean whole, @Nullable Foreseen next) {
        RuleSet set = shared.current();
        Foreseen asked = next;
        Parameters parameters = null;
        Charset charset = meaning.tracker().clientCharset();
        if (message instanceof FrontendMessage.Bind(var body)) {
            asked = set.looksAt(Moment.BIND) ? meaning.tracker().foreseeBind() : null;
            parameters = asked == null ? null : SessionRules.parameters(body, asked.types());
        } else if (message instanceof FrontendMessage.FunctionCall(var body) && set.looksAt(Moment.BIND)) {
            parameters = SessionRules.parameters(body);
        }
        if (asked == null) {
            return AS_IT_CAME;
        }
        Judged judged = session.judge(set, asked, parameters, charset, meaning.nanos());
        if (judged.all().hits().isEmpty()) {
            return AS_IT_CAME;
        }
        meaning.tracker().opine(judged.verdicts());
        Ruling ruling = requests.on(asked, judged, whole ? sql(message) : null);
        tell(asked, judged, ruling);
        return switch (ruling) {
            case Ruling.Pass _ -> AS_IT_CAME;
            case Ruling.Refuse(var error) -> {
                refuse(asked, error);
                yield new Way.Done(new Disposition.Replace(Refused.inPlaceOf(type, allocator)));
            }
            case Ruling.Close(var close) -> {
                refuse(asked, Refusal.closedByRule(close));
                listener.onClose(close);
                yield new Way.Done(Disposition.STOP);
            }
            case Ruling.Go go -> onward(message, go, charset);
        };
    }

    private void refuse(Foreseen asked, ErrorFields error) {
        UUID intent = asked.intent();
        if (intent != null) {
            meaning.tracker().intend(intent);
        }
        meaning.tracker().refuse(error);
    }

    private static @Nullable String sql(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Query query -> query.sql();
            case FrontendMessage.Parse parse -> parse.sql();
            default -> null;
        };
    }

    /** A Parse is told of where it is refused: what it would run is told of when that is asked for. */
    private void tell(Foreseen asked, Judged judged, Ruling ruling) {
        boolean goes = ruling instanceof Ruling.Pass || ruling instanceof Ruling.Go;
        if (asked.step() != Execution.Step.PARSE || !goes) {
            SqlStatement statement =
                    asked.statements().isEmpty() ? null : asked.statements().getFirst();
            Moment moment = asked.step() == Execution.Step.BIND ? Moment.BIND : Moment.STATEMENT;
            session.tell(judged.fresh(), moment, statement, meaning.nanos());
        }
    }

    private Way onward(FrontendMessage message, Ruling.Go go, Charset charset) {
        if (go.waitNanos() > 0) {
            turn = loop.schedule(
                    () -> {
                        turn = null;
                        meaning.onHeld(go.waitNanos());
                        listener.onTurn();
                    },
                    go.waitNanos(),
                    TimeUnit.NANOSECONDS);
        }
        ByteBuf bytes = null;
        String text = go.text();
        if (text != null) {
            meaning.tracker().rewrite(go.instead());
            bytes = message instanceof FrontendMessage.Parse parse
                    ? MessageWriter.parse(allocator, charset, parse.name(), text, parse.parameterTypes())
                    : MessageWriter.query(allocator, charset, text);
        }
        return new Way.On(bytes, go.waitNanos() > 0);
    }

    /** The session is over. */
    void close() {
        if (turn != null) {
            turn.cancel(false);
            turn = null;
        }
    }
}
