package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.CopyFormat;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client and a server said, as text, played into a tracker.
 *
 * <pre>
 *   >Q[select 1]  >P[name|sql]  >B[portal|statement]  >Ds[name] >Dp[name]  >E[portal|rows]  >Cs[name] >Cp[name]
 *   >S >H >F[oid] >d[data] >c >f >X
 *   &lt;1 &lt;2 &lt;3 &lt;t &lt;n &lt;T &lt;D &lt;I &lt;s &lt;c &lt;V &lt;N &lt;A   &lt;C[tag] &lt;G &lt;H &lt;W &lt;G[b] &lt;d[data] &lt;P[name|value]
 *   &lt;E[sqlstate] &lt;E[sqlstate|position]  &lt;F[sqlstate] is fatal     &lt;Z[I]     ! closes
 * </pre>
 */
final class Scenario {
    private static final Pattern TOKEN = Pattern.compile("([<>!])([A-Za-z0-9]*)(?:\\[([^\\]]*)\\])?");
    private static final List<BackendMessage.Column> ONE_COLUMN =
            List.of(new BackendMessage.Column("a", 0, 0, 23, 4, -1, 0));

    final RecordingListener listener = new RecordingListener();
    final SessionTracker tracker;
    private final FrontendDecoder decoder = new FrontendDecoder();
    private long nanos = 1000;

    Scenario() {
        this(new TrackerOptions(0, true));
    }

    Scenario(TrackerOptions options) {
        tracker = new SessionTracker(listener, SqlScript::of, options);
    }

    /** One that has been let in and told that it may begin. */
    static Scenario ready() {
        Scenario scenario = new Scenario();
        scenario.begin();
        return scenario;
    }

    void begin() {
        tracker.onStartup(new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of()), nanos);
        tracker.onBackend(new BackendMessage.Authentication(0, List.of()), nanos);
        tracker.onBackend(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE), nanos);
    }

    Scenario play(String script) {
        for (String token : tokens(script)) {
            step(token);
        }
        return this;
    }

    /** The whole client first, then the whole server. */
    Scenario playPipelined(String script) {
        List<String> tokens = tokens(script);
        for (String direction : List.of(">", "<", "!")) {
            tokens.stream().filter(token -> token.startsWith(direction)).forEach(this::step);
        }
        return this;
    }

    String told() {
        return String.join("; ", listener.told);
    }

    private static List<String> tokens(String script) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(script);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return tokens;
    }

    void step(String token) {
        nanos += 10;
        Matcher matcher = TOKEN.matcher(token);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(token);
        }
        String name = matcher.group(2);
        String argument = matcher.group(3) == null ? "" : matcher.group(3);
        switch (matcher.group(1)) {
            case ">" -> client(name, argument);
            case "<" -> server(name, argument);
            default -> tracker.onClosed(nanos);
        }
    }

    private void client(String name, String argument) {
        if (name.equals("d")) {
            ByteBuf data = data(argument);
            tracker.onFrontendCopyData(data, 0, data.readableBytes(), true, true);
            return;
        }
        tracker.onFrontend(message(name, argument.split("\\|", -1)), nanos);
    }

    private FrontendMessage message(String name, String[] arguments) {
        return switch (name) {
            case "Q" -> new FrontendMessage.Query(arguments[0]);
            case "P" -> new FrontendMessage.Parse(arguments[0], arguments[1], new int[0]);
            case "B" -> bind(arguments[0], arguments.length < 2 ? "" : arguments[1]);
            case "Ds" -> new FrontendMessage.Describe(FrontendMessage.Target.STATEMENT, arguments[0]);
            case "Dp" -> new FrontendMessage.Describe(FrontendMessage.Target.PORTAL, arguments[0]);
            case "E" ->
                new FrontendMessage.Execute(arguments[0], arguments.length < 2 ? 0 : Integer.parseInt(arguments[1]));
            case "Cs" -> new FrontendMessage.Close(FrontendMessage.Target.STATEMENT, arguments[0]);
            case "Cp" -> new FrontendMessage.Close(FrontendMessage.Target.PORTAL, arguments[0]);
            case "S" -> FrontendMessage.Sync.INSTANCE;
            case "H" -> FrontendMessage.Flush.INSTANCE;
            case "F" -> call(Integer.parseInt(arguments[0]));
            case "c" -> FrontendMessage.CopyDone.INSTANCE;
            case "f" -> new FrontendMessage.CopyFail("enough");
            case "X" -> FrontendMessage.Terminate.INSTANCE;
            case "M" -> new FrontendMessage.Malformed((byte) arguments[0].charAt(0), 1, "cut");
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** One text parameter, {@code x}. */
    FrontendMessage bind(String portal, String statement) {
        ByteBuf body = Unpooled.buffer();
        string(body, portal);
        string(body, statement);
        body.writeShort(0).writeShort(1).writeInt(1).writeByte('x').writeShort(0);
        return decoder.decode((byte) 'B', body, 0, body.readableBytes());
    }

    private FrontendMessage call(int oid) {
        ByteBuf body = Unpooled.buffer();
        body.writeInt(oid).writeShort(0).writeShort(0).writeShort(0);
        return decoder.decode((byte) 'F', body, 0, body.readableBytes());
    }

    private static void string(ByteBuf body, String text) {
        body.writeCharSequence(text, StandardCharsets.UTF_8);
        body.writeByte(0);
    }

    private void server(String name, String argument) {
        switch (name) {
            case "D" -> tracker.onDataRow(11, nanos);
            case "d" -> {
                ByteBuf data = data(argument);
                tracker.onBackendCopyData(data, 0, data.readableBytes(), true, true, nanos);
            }
            default -> tracker.onBackend(answer(name, argument), nanos);
        }
    }

    private static BackendMessage answer(String name, String argument) {
        String[] arguments = argument.split("\\|", -1);
        CopyFormat format = argument.equals("b") ? CopyFormat.BINARY : CopyFormat.TEXT;
        return switch (name) {
            case "1" -> BackendMessage.ParseComplete.INSTANCE;
            case "2" -> BackendMessage.BindComplete.INSTANCE;
            case "3" -> BackendMessage.CloseComplete.INSTANCE;
            case "t" -> new BackendMessage.ParameterDescription(new int[] {25});
            case "n" -> BackendMessage.NoData.INSTANCE;
            case "T" -> new BackendMessage.RowDescription(ONE_COLUMN);
            case "C" -> new BackendMessage.CommandComplete(argument);
            case "I" -> BackendMessage.EmptyQueryResponse.INSTANCE;
            case "s" -> BackendMessage.PortalSuspended.INSTANCE;
            case "G" -> new BackendMessage.CopyInResponse(format, 1);
            case "H" -> new BackendMessage.CopyOutResponse(format, 1);
            case "W" -> new BackendMessage.CopyBothResponse(format, 0);
            case "c" -> BackendMessage.CopyDone.INSTANCE;
            case "V" -> new BackendMessage.FunctionCallResponse(4);
            case "N" -> new BackendMessage.NoticeResponse(error("NOTICE", "00000", 0));
            case "A" -> new BackendMessage.NotificationResponse(7, "channel", "");
            case "P" -> new BackendMessage.ParameterStatus(arguments[0], arguments[1]);
            case "K" -> new BackendMessage.BackendKeyData(7, new byte[4]);
            case "R" -> new BackendMessage.Authentication(Integer.parseInt(argument), List.of());
            case "M" -> new BackendMessage.Malformed((byte) argument.charAt(0), 1, "cut");
            case "E" ->
                new BackendMessage.ErrorResponse(
                        error("ERROR", arguments[0], arguments.length < 2 ? 0 : Integer.parseInt(arguments[1])));
            case "F" -> new BackendMessage.ErrorResponse(error("FATAL", argument, 0));
            case "Z" -> new BackendMessage.ReadyForQuery(status(argument));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static TransactionStatus status(String code) {
        return switch (code) {
            case "I" -> TransactionStatus.IDLE;
            case "T" -> TransactionStatus.IN_TRANSACTION;
            default -> TransactionStatus.FAILED;
        };
    }

    static ErrorFields error(String severity, String sqlState, int position) {
        return new ErrorFields(severity, sqlState, "no", null, null, position, null, null, null, null, null);
    }

    /** {@code /} stands for a line feed. */
    private static ByteBuf data(String text) {
        return Unpooled.copiedBuffer(text.replace('/', '\n'), StandardCharsets.UTF_8);
    }
}
