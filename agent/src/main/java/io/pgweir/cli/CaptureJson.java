package io.pgweir.cli;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records as JSON, whole: a body is base64. */
final class CaptureJson {
    private CaptureJson() {}

    static Map<String, @Nullable Object> of(CaptureRecord record) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("kind", kind(record));
        json.put("session", record.session());
        json.put("ns", record.nanos());
        switch (record) {
            case SessionOpen open -> open(open, json);
            case SessionState state -> state(state, json);
            case Message message -> message(message, json);
            case Response response -> response(response, json);
            case Gap gap -> {
                json.put("why", word(gap.why()));
                json.put("messages", gap.messages());
                json.put("bytes", gap.bytes());
            }
            case SessionEnd end -> json.put("cause", end.cause());
            case Cancel _ -> {}
        }
        return json;
    }

    private static String kind(CaptureRecord record) {
        return switch (record) {
            case SessionOpen _ -> "session-open";
            case SessionState _ -> "session-state";
            case Message _ -> "message";
            case Response _ -> "response";
            case Gap _ -> "gap";
            case SessionEnd _ -> "session-end";
            case Cancel _ -> "cancel";
        };
    }

    private static void open(SessionOpen open, Map<String, @Nullable Object> json) {
        json.put("id", open.id().toString());
        json.put("origin", word(open.origin()));
        json.put("user", open.user());
        json.put("database", open.database());
        json.put("application", open.application());
        json.put("protocol", (open.protocol() >>> 16) + "." + (open.protocol() & 0xffff));
        json.put("parameters", settings(open.parameters()));
        json.put(
                "client",
                Map.of("address", open.client().address(), "tls", open.client().tls()));
        json.put(
                "server",
                Map.of("address", open.server().address(), "tls", open.server().tls()));
    }

    private static void state(SessionState state, Map<String, @Nullable Object> json) {
        json.put("transaction", word(state.transaction()));
        json.put("settings", settings(state.settings()));
        json.put(
                "statements",
                state.statements().stream()
                        .map(statement ->
                                Map.of("name", statement.name(), "text", statement.text(), "types", statement.types()))
                        .toList());
        json.put("portals", state.portals());
        json.put("channels", state.channels());
    }

    /** A startup packet may name a parameter twice. */
    private static List<List<String>> settings(List<Setting> settings) {
        return settings.stream()
                .map(setting -> List.of(setting.name(), setting.value()))
                .toList();
    }

    private static void message(Message message, Map<String, @Nullable Object> json) {
        json.put("direction", word(message.direction()));
        json.put("type", MessageNames.of(message.direction() == Direction.FRONTEND, message.type()));
        json.put("request", message.request());
        json.put("length", message.bodyLength());
        json.put("redacted", message.is(Message.REDACTED));
        json.put("truncated", message.is(Message.TRUNCATED));
        json.put("continues", message.is(Message.CONTINUES));
        json.put("more", message.is(Message.MORE));
        json.put("body", Base64.getEncoder().encodeToString(message.body()));
    }

    private static void response(Response response, Map<String, @Nullable Object> json) {
        json.put("request", response.request());
        json.put("rows", response.rows());
        json.put("bytes", response.bytes());
        json.put("tag", response.tag());
        json.put("sqlstate", response.sqlState());
        json.put("first_ns", response.firstNanos());
        json.put("total_ns", response.totalNanos());
        json.put("ordered", HexFormat.of().toHexDigits(response.ordered()));
        json.put("unordered", HexFormat.of().toHexDigits(response.unordered()));
        json.put("notices", response.notices());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
