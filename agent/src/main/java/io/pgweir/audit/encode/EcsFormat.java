package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Elastic Common Schema {@value #SCHEMA_VERSION}, as {@code schemas/audit-event-ecs.v1.json} says and
 * {@code docs/audit-formats.md} tells. A member that moves to a field of the schema is taken out of the record; what is left
 * stands in {@code pgweir}, so nothing is lost.
 */
public final class EcsFormat implements RecordFormat {
    static final String SCHEMA_VERSION = "9.4.0";

    private static final String PRODUCT = "pgweir";

    /** W3C Trace Context: version, trace-id, parent-id, flags. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-[0-9a-f]{2}.*");

    private static final long NANOS_A_MICRO = 1000;

    @Override
    public void append(AuditRecord of, RecordBuffer to) {
        JsonTree.write(event(new Members(JsonTree.read(of.json()))).members(), to);
    }

    private static Tree event(Members record) {
        String type = record.required("type");
        String message = record.has("result") ? executionMessage(record) : Summary.of(type, record);
        Tree event = new Tree()
                .with("@timestamp", record.required("time"))
                .with("ecs", new Tree().with("version", SCHEMA_VERSION))
                .with("message", message)
                .with("event", eventFields(type, record));
        record.take("time");
        writeTrace(event, record.in("sql").string("traceparent"));
        writeError(event, type, record);
        event.with(
                "rule",
                new Tree()
                        .with("id", record.in("alert").string("id"))
                        .with("ruleset", record.in("rules").string("set")));
        if (record.has("session")) {
            writeSession(event, record);
        }
        Members agent = record.in("agent");
        return event.with(
                        "observer",
                        new Tree()
                                .with("vendor", PRODUCT)
                                .with("product", PRODUCT)
                                .with("type", "proxy")
                                .with("name", agent.takeString("instance"))
                                .with("hostname", agent.takeString("host"))
                                .with("version", agent.takeString("version")))
                .with("pgweir", new Tree().with(record.rest()));
    }

    private static String executionMessage(Members record) {
        String command = record.stringOr("command", record.required("type"));
        return command + ": " + record.in("result").stringOr("sqlstate", record.required("outcome"));
    }

    private static Tree eventFields(String type, Members record) {
        EcsCategory category = EcsCategory.of(type, record);
        String command = record.string("command");
        Long duration = record.takeNumber("duration_us");
        Tree event = new Tree()
                .with("kind", type.equals("rule.alert") ? "alert" : "event")
                .with("category", category.categories())
                .with("type", category.types())
                .with("action", record.has("result") && command != null && !command.isEmpty() ? command : type)
                .with("outcome", category.outcome())
                .with("module", PRODUCT)
                .with("dataset", "pgweir.audit")
                .with("provider", PRODUCT)
                .with("id", record.required("id"))
                .with("code", record.takeString("type"))
                .with("sequence", record.takeNumber("seq"))
                .with("hash", record.takeString("hash"))
                .with("end", record.takeString("time_end"))
                .with("duration", duration == null ? null : duration * NANOS_A_MICRO)
                .with("reason", reason(type, record));
        record.take("id");
        return event;
    }

    private static @Nullable String reason(String type, Members record) {
        return switch (type) {
            case "session.end" -> record.in("end").takeString("cause");
            case "audit.gap" -> record.in("gap").takeString("reason");
            case "sink.down" -> record.takeString("reason");
            default -> null;
        };
    }

    private static void writeTrace(Tree event, @Nullable String traceparent) {
        Matcher matcher = TRACEPARENT.matcher(traceparent == null ? "" : traceparent);
        if (matcher.matches()) {
            event.with("trace", new Tree().with("id", matcher.group("trace")))
                    .with("span", new Tree().with("id", matcher.group("span")));
        }
    }

    private static void writeError(Tree event, String type, Members record) {
        Members told = switch (type) {
            case "session.auth" -> record.in("auth");
            case "session.end" -> record.in("end");
            default -> record.in("result");
        };
        event.with(
                "error",
                new Tree()
                        .with("code", told.takeString("sqlstate"))
                        .with("message", told.takeString("message"))
                        .with("type", told.takeString("severity")));
    }

    private static void writeSession(Tree event, Members record) {
        String user = record.takeString("user");
        String effective = record.takeString("session_user");
        Members totals = record.in("totals");
        Tree client = endpoint(record.in("client")).with("bytes", totals.takeNumber("bytes_from_client"));
        Tree server = endpoint(record.in("server")).with("bytes", totals.takeNumber("bytes_from_server"));
        event.with("user", new Tree().with("name", user).with("effective", new Tree().with("name", effective)))
                .with("client", client)
                .with("source", client)
                .with("server", server)
                .with("destination", server)
                .with(
                        "network",
                        new Tree()
                                .with("transport", "tcp")
                                .with("protocol", "postgresql")
                                .with("application", "postgresql"))
                .with("tls", tls(record))
                .with(
                        "related",
                        new Tree().with("user", distinct(user, effective)).with("ip", distinct(ip(client), ip(server))))
                .with(
                        "labels",
                        new Tree()
                                .with("cluster", record.takeString("cluster"))
                                .with("listener", record.takeString("listener")));
    }

    private static Tree endpoint(Members end) {
        String address = end.takeString("address");
        return new Tree()
                .with("address", address)
                .with("ip", address != null && OcsfFormat.isIp(address) ? address : null)
                .with("port", end.takeNumber("port"));
    }

    private static @Nullable String ip(Tree endpoint) {
        return endpoint.members().get("ip") instanceof String ip ? ip : null;
    }

    /** Without a TLS of its own a session is plain text: the record says null, ECS says so too. */
    private static Tree tls(Members record) {
        if (!record.has("tls")) {
            record.take("tls");
            return new Tree().with("established", false);
        }
        Members tls = record.in("tls");
        String version = tls.required("version");
        boolean isTls = version.startsWith("TLSv");
        if (isTls) {
            tls.take("version");
        }
        List<?> names = tls.take("names") instanceof List<?> list ? list : null;
        String subject = tls.takeString("subject");
        return new Tree()
                .with("established", true)
                .with("version_protocol", isTls ? "tls" : null)
                .with("version", isTls ? version.substring("TLSv".length()) : null)
                .with("cipher", tls.takeString("cipher"))
                .with(
                        "client",
                        new Tree().with("subject", subject).with("x509", new Tree().with("alternative_names", names)));
    }

    private static @Nullable List<String> distinct(@Nullable String one, @Nullable String other) {
        List<String> values = Stream.of(one == null ? "" : one, other == null ? "" : other)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
        return values.isEmpty() ? null : values;
    }
}
