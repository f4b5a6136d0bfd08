package io.pgweir.replay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.PgCharset;
import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which statements each request of one session runs, by the names that it gave them. Takes every request as if it succeeded. One
 * thread.
 */
public final class SessionStatements {
    /** Prepared statements and portals, each; a client that makes more of them overwrites none. */
    private static final int NAMES_MAX = 10_000;

    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final Map<String, List<SqlStatement>> prepared = new HashMap<>();
    private final Map<String, List<SqlStatement>> portals = new HashMap<>();
    private LexicalRules rules = LexicalRules.DEFAULT;
    private List<SqlStatement> named = List.of();

    /** What the session had prepared and set when the capture found it. */
    public void onState(SessionState state) {
        for (Setting setting : state.settings()) {
            set(setting.name(), setting.value());
        }
        for (Statement statement : state.statements()) {
            put(prepared, statement.name(), statements(statement.text()));
        }
    }

    /** What {@code message}, a whole one, runs; none for what runs nothing, or nothing that is known. */
    public List<SqlStatement> onMessage(Message message) {
        if (message.direction() == Direction.BACKEND) {
            onAnswer(message);
            return List.of();
        }
        named = List.of();
        if (!namesStatement(message.type())) {
            return List.of();
        }
        ByteBuf body = Unpooled.wrappedBuffer(message.body());
        return switch (frontend.decodeHead(message.type(), body, 0, message.body().length, message.bodyLength())) {
            case FrontendMessage.Query(String sql) -> {
                prepared.remove("");
                portals.remove("");
                named = statements(sql);
                yield named;
            }
            case FrontendMessage.Parse parse -> {
                named = statements(parse.sql());
                put(prepared, parse.name(), named);
                yield List.of();
            }
            case FrontendMessage.Bind bind -> {
                named = prepared.getOrDefault(bind.body().statement(), List.of());
                put(portals, bind.body().portal(), named);
                yield List.of();
            }
            case FrontendMessage.Execute execute -> {
                named = portals.getOrDefault(execute.portal(), List.of());
                yield named;
            }
            case FrontendMessage.Close(FrontendMessage.Target target, String name) -> {
                (target == FrontendMessage.Target.STATEMENT ? prepared : portals).remove(name);
                yield List.of();
            }
            default -> List.of();
        };
    }

    /** What the client's last message parses, binds or runs; none where it does nothing of that. */
    List<SqlStatement> named() {
        return named;
    }

    private void onAnswer(Message message) {
        if (message.type() == MessageType.Backend.PARAMETER_STATUS
                && backend.decode(message.type(), Unpooled.wrappedBuffer(message.body()), 0, message.body().length)
                        instanceof BackendMessage.ParameterStatus(String name, String value)) {
            set(name, value);
        }
    }

    /** Most messages do not, and need not be read. */
    private static boolean namesStatement(byte type) {
        return switch (type) {
            case MessageType.Frontend.QUERY,
                    MessageType.Frontend.PARSE,
                    MessageType.Frontend.BIND,
                    MessageType.Frontend.EXECUTE,
                    MessageType.Frontend.CLOSE -> true;
            default -> false;
        };
    }

    private void set(String name, String value) {
        switch (name) {
            case "client_encoding" -> {
                Charset charset = PgCharset.of(value);
                frontend.charset(charset);
                backend.charset(charset);
            }
            case "standard_conforming_strings" -> rules = new LexicalRules(!value.equals("off"));
            default -> {}
        }
    }

    private List<SqlStatement> statements(String text) {
        return SqlScript.of(text, rules).statements();
    }

    private static void put(Map<String, List<SqlStatement>> names, String name, List<SqlStatement> statements) {
        if (names.size() < NAMES_MAX || names.containsKey(name)) {
            names.put(name, statements);
        }
    }
}
