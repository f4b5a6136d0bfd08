package io.pgweir.rules.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.session.Execution;
import io.pgweir.session.Foreseen;
import io.pgweir.session.SessionListener;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.TrackerOptions;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A session that is told an attack's messages, and foresees what the last one runs. */
final class AttackedSession {
    private final SessionTracker tracker = new SessionTracker(new Deaf(), SqlScript::of, new TrackerOptions(0, false));
    private final FrontendDecoder decoder = new FrontendDecoder();
    private final List<FrontendMessage> unanswered = new ArrayList<>();
    private TransactionStatus status = TransactionStatus.IDLE;

    /** Nobody wants to know how it ended. */
    private static final class Deaf implements SessionListener {
        @Override
        public void onAuthentication(String method, @Nullable ErrorFields error, long nanos) {}

        @Override
        public void onExecution(Execution execution) {}

        @Override
        public void onTransactionEnd(Transaction transaction) {}

        @Override
        public void onParameterStatus(String name, String value) {}
    }

    /** Null where nothing runs. */
    static @Nullable Foreseen play(Attack attack) {
        AttackedSession session = new AttackedSession();
        session.begin(attack);
        Foreseen last = null;
        for (String message : attack.messages()) {
            Foreseen foreseen = session.message(message);
            last = foreseen == null ? last : foreseen;
        }
        if (!attack.hex().isEmpty()) {
            String sql = new String(HexFormat.of().parseHex(attack.hex()), session.tracker.clientCharset());
            last = session.ask(new FrontendMessage.Query(sql));
        }
        return last;
    }

    private void begin(Attack attack) {
        tracker.onStartup(new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of()), 0);
        tracker.onBackend(new BackendMessage.Authentication(0, List.of()), 0);
        tell("client_encoding", attack.encoding().isEmpty() ? "UTF8" : attack.encoding());
        attack.settings().forEach(this::tell);
        ready();
    }

    private void tell(String name, String value) {
        tracker.onBackend(new BackendMessage.ParameterStatus(name, value), 0);
    }

    private void ready() {
        tracker.onBackend(new BackendMessage.ReadyForQuery(status), 0);
    }

    private @Nullable Foreseen message(String message) {
        int space = message.indexOf(' ');
        String verb = space < 0 ? message : message.substring(0, space);
        String rest = space < 0 ? "" : message.substring(space + 1);
        int colon = rest.indexOf(':');
        String name = colon < 0 ? rest : rest.substring(0, colon);
        String value = colon < 0 ? "" : rest.substring(colon + 1).strip();
        return switch (verb) {
            case "query" -> ask(new FrontendMessage.Query(rest));
            case "parse" -> ask(new FrontendMessage.Parse(name, value, new int[0]));
            case "bind" -> ask(bind(name, value));
            case "execute" -> ask(new FrontendMessage.Execute(name, 0));
            case "close" -> ask(new FrontendMessage.Close(FrontendMessage.Target.STATEMENT, name));
            case "sync" -> ask(FrontendMessage.Sync.INSTANCE);
            case "answered" -> {
                answer();
                yield null;
            }
            default ->
                throw new IllegalArgumentException("message `" + message + "` (expected: query, parse, bind, execute,"
                        + " close, sync, answered)");
        };
    }

    private FrontendMessage bind(String portal, String statement) {
        ByteBuf body = Unpooled.buffer();
        body.writeCharSequence(portal, StandardCharsets.UTF_8);
        body.writeByte(0);
        body.writeCharSequence(statement, StandardCharsets.UTF_8);
        body.writeByte(0);
        body.writeShort(0).writeShort(0).writeShort(0);
        return decoder.decode((byte) 'B', body, 0, body.readableBytes());
    }

    private @Nullable Foreseen ask(FrontendMessage message) {
        unanswered.add(message);
        tracker.onFrontend(message, 0);
        return tracker.foresee();
    }

    /** All of it succeeded. */
    private void answer() {
        for (FrontendMessage message : unanswered) {
            switch (message) {
                case FrontendMessage.Query query -> {
                    String tag = query.sql().split(" ", 2)[0].toUpperCase(Locale.ROOT);
                    status = tag.equals("BEGIN") ? TransactionStatus.IN_TRANSACTION : status;
                    tracker.onBackend(new BackendMessage.CommandComplete(tag), 0);
                    ready();
                }
                case FrontendMessage.Parse _ -> tracker.onBackend(BackendMessage.ParseComplete.INSTANCE, 0);
                case FrontendMessage.Close _ -> tracker.onBackend(BackendMessage.CloseComplete.INSTANCE, 0);
                case FrontendMessage.Sync _ -> ready();
                // The others are binds; what runs a portal is never answered here.
                default -> tracker.onBackend(BackendMessage.BindComplete.INSTANCE, 0);
            }
        }
        unanswered.clear();
    }
}
