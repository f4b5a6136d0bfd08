package io.pgweir.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import java.util.Locale;

/** A record as one line for people. One thread. */
final class CaptureLine {
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final Colours colours;

    CaptureLine(Colours colours) {
        this.colours = colours;
    }

    String of(CaptureRecord record) {
        String time = String.format(Locale.ROOT, "%12.6f  %5s  ", record.nanos() / 1e9, "#" + record.session());
        return time
                + switch (record) {
                    case SessionOpen open -> colours.green("opens    " + TextTable.shown(opens(open)));
                    case SessionState state ->
                        colours.green("state    " + state.statements().size() + " statements, "
                                + state.settings().size() + " settings, "
                                + state.transaction().name().toLowerCase(Locale.ROOT));
                    case Message message -> message(message);
                    case Response response -> response(response);
                    case Gap gap ->
                        colours.red("gap      " + gap.messages() + " messages, " + gap.bytes() + " bytes: "
                                + gap.why().name().toLowerCase(Locale.ROOT).replace('_', '-'));
                    case SessionEnd end -> colours.green("ends     " + TextTable.shown(end.cause()));
                    case Cancel _ -> colours.yellow("cancel");
                };
    }

    private static String opens(SessionOpen open) {
        String tls = open.client().tls().isEmpty() ? "" : " (" + open.client().tls() + ")";
        String origin = switch (open.origin()) {
            case BEGAN -> "";
            case FOUND_OPEN -> ", was open";
            case CONTINUED -> ", continued";
        };
        return open.user() + "@" + open.database() + " " + open.application() + " "
                + open.client().address() + tls + " -> " + open.server().address() + origin;
    }

    private String response(Response response) {
        String how = response.sqlState().isEmpty() ? response.tag() : response.sqlState();
        String line = "=        " + request(response.request()) + TextTable.shown(how) + ", " + response.rows()
                + " rows, " + TextTable.size(response.bytes()) + ", " + TextTable.duration(response.totalNanos());
        return response.sqlState().isEmpty() ? line : colours.red(line);
    }

    private String message(Message message) {
        boolean fromClient = message.direction() == Direction.FRONTEND;
        String what = message.is(Message.CONTINUES | Message.MORE) || message.is(Message.TRUNCATED)
                ? part(message)
                : fromClient ? asked(message) : answered(message);
        String marks = message.is(Message.REDACTED) ? " (redacted)" : "";
        String line = (fromClient ? "> " : "< ")
                + String.format("%-22s ", MessageNames.of(fromClient, message.type()))
                + request(message.request())
                + TextTable.shown(what)
                + marks;
        return !fromClient && message.type() == 'E' ? colours.red(line) : line;
    }

    private static String request(long request) {
        return request == 0 ? "" : "[" + request + "] ";
    }

    private static String part(Message message) {
        return message.body().length + " of " + message.bodyLength() + " bytes"
                + (message.is(Message.TRUNCATED) ? ", the rest was left out" : "");
    }

    private String asked(Message message) {
        ByteBuf body = Unpooled.wrappedBuffer(message.body());
        return switch (frontend.decode(message.type(), body, 0, message.body().length)) {
            case FrontendMessage.Query(String sql) -> sql;
            case FrontendMessage.Parse parse -> name(parse.name()) + parse.sql();
            case FrontendMessage.Bind bind ->
                name(bind.body().portal()) + "of " + unnamed(bind.body().statement());
            case FrontendMessage.Execute(String portal, int maxRows) ->
                unnamed(portal) + (maxRows == 0 ? "" : ", at most " + maxRows + " rows");
            case FrontendMessage.Describe(FrontendMessage.Target target, String name) -> target(target, name);
            case FrontendMessage.Close(FrontendMessage.Target target, String name) -> target(target, name);
            case FrontendMessage.CopyFail(String reason) -> reason;
            case FrontendMessage.Malformed malformed -> malformed.reason();
            case FrontendMessage.CopyData _,
                    FrontendMessage.FunctionCall _,
                    FrontendMessage.Authentication _,
                    FrontendMessage.SaslInitialResponse _,
                    FrontendMessage.Unknown _ -> message.bodyLength() + " bytes";
            case FrontendMessage.CopyDone _,
                    FrontendMessage.Flush _,
                    FrontendMessage.Sync _,
                    FrontendMessage.Terminate _ -> "";
        };
    }

    private static String target(FrontendMessage.Target target, String name) {
        return target.name().toLowerCase(Locale.ROOT) + " " + unnamed(name);
    }

    private static String name(String name) {
        return name.isEmpty() ? "" : name + ": ";
    }

    private static String unnamed(String name) {
        return name.isEmpty() ? "(unnamed)" : name;
    }

    private String answered(Message message) {
        ByteBuf body = Unpooled.wrappedBuffer(message.body());
        return switch (backend.decode(message.type(), body, 0, message.body().length)) {
            case BackendMessage.CommandComplete(String tag) -> tag;
            case BackendMessage.ErrorResponse(var fields) -> fields.sqlState() + " " + fields.message();
            case BackendMessage.NoticeResponse(var fields) -> fields.severity() + " " + fields.message();
            case BackendMessage.ParameterStatus(String name, String value) -> name + " = " + value;
            case BackendMessage.ReadyForQuery(var status) -> String.valueOf(status.code());
            case BackendMessage.NotificationResponse(int processId, String channel, String payload) ->
                channel + " from " + processId + ": " + payload;
            case BackendMessage.RowDescription(var columns) ->
                String.join(
                        ", ", columns.stream().map(BackendMessage.Column::name).toList());
            default -> message.bodyLength() == 0 ? "" : message.bodyLength() + " bytes";
        };
    }
}
