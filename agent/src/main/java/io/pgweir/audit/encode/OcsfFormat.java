package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Open Cybersecurity Schema Framework {@value #SCHEMA_VERSION}, as {@code schemas/audit-event-ocsf.v1.json} says and
 * {@code docs/audit-formats.md} tells. A member that moves to an attribute of the framework is taken out of the record; what is
 * left stands in {@code unmapped.pgweir}, so nothing is lost.
 */
public final class OcsfFormat implements RecordFormat {
    static final String SCHEMA_VERSION = "1.9.0";

    private static final String PRODUCT = "pgweir";

    /** {@code prev} of the first record of a chain. */
    private static final String NONE_BEFORE = "0".repeat(64);

    @Override
    public void append(AuditRecord of, RecordBuffer to) {
        JsonTree.write(event(new Members(JsonTree.read(of.json()))).members(), to);
    }

    private static Tree event(Members record) {
        String type = record.required("type");
        OcsfClass is = OcsfClass.of(type, record);
        OcsfStatus status = OcsfStatus.of(type, record);
        Tree product = product(record.in("agent"));
        Tree event = new Tree()
                .with("category_uid", is.category())
                .with("class_uid", is.uid())
                .with("class_name", is.name())
                .with("activity_id", is.activity())
                .with("activity_name", is.activityName())
                .with("type_uid", is.typeUid())
                .with("time", millis(record.required("time")))
                .with("severity_id", status.severity())
                .with("severity", status.severityName())
                .with("status_id", status.id())
                .with("status", status.name())
                .with("message", record.has("result") ? null : Summary.of(type, record))
                .with("metadata", metadata(type, record, product));
        writeToldByServer(event, type, record);
        writeControl(event, type, OcsfControl.of(type, record));
        switch (is.uid()) {
            case OcsfClass.DATASTORE -> writeDatastore(event, record);
            case OcsfClass.AUTHENTICATION -> writeAuthentication(event, record);
            case OcsfClass.LIFECYCLE -> event.with("app", product);
            default -> {
                // A class without attributes of its own.
            }
        }
        return event.with("attestation_list", attestations(record))
                .with("unmapped", new Tree().with("pgweir", new Tree().with(record.rest())));
    }

    private static void writeControl(Tree event, String type, @Nullable OcsfControl control) {
        if (control != null) {
            event.with("action_id", control.actionId())
                    .with("action", control.action())
                    .with("disposition_id", control.dispositionId())
                    .with("disposition", control.disposition())
                    .with("is_alert", type.equals("rule.alert") ? true : null);
        }
    }

    private static Tree product(Members agent) {
        return new Tree()
                .with("name", PRODUCT)
                .with("vendor_name", PRODUCT)
                .with("version", agent.takeString("version"))
                .with("uid", agent.string("instance"));
    }

    private static Tree metadata(String type, Members record, Tree product) {
        Members agent = record.in("agent");
        boolean sealed = record.has("hash");
        String id = record.required("id");
        record.take("id");
        String intent = type.equals("statement.intent") ? id : record.takeString("intent");
        Long version = record.takeNumber("version");
        return new Tree()
                .with("version", SCHEMA_VERSION)
                .with("product", product)
                .with(
                        "reporter",
                        new Tree()
                                .with("name", agent.takeString("instance"))
                                .with("hostname", agent.takeString("host")))
                .with("profiles", profiles(sealed, OcsfControl.of(type, record) != null))
                .with("uid", id)
                .with("correlation_uid", intent)
                .with("sequence", sealed ? record.number("seq") : record.takeNumber("seq"))
                .with("event_code", record.takeString("type"))
                .with("original_time", record.takeString("time"))
                .with("log_name", "pgweir.audit")
                .with("log_version", version == null ? null : version.toString())
                .with("is_truncated", record.in("sql").bool("truncated"));
    }

    private static @Nullable List<String> profiles(boolean sealed, boolean controlled) {
        if (sealed) {
            return controlled ? List.of("record_integrity", "security_control") : List.of("record_integrity");
        }
        return controlled ? List.of("security_control") : null;
    }

    /** Of who was refused: the code and the words. */
    private static void writeToldByServer(Tree event, String type, Members record) {
        Members told = switch (type) {
            case "session.auth" -> record.in("auth");
            case "session.end" -> record.in("end");
            default -> record.in("result");
        };
        event.with("status_code", told.takeString("sqlstate")).with("status_detail", told.takeString("message"));
    }

    private static void writeDatastore(Tree event, Members record) {
        String cluster = record.string("cluster");
        String database = record.takeString("database");
        String user = record.takeString("user");
        event.with(
                        "actor",
                        new Tree()
                                .with("user", new Tree().with("name", user))
                                .with("session", session(record))
                                .with("app_name", record.takeString("application")))
                .with("src_endpoint", endpoint(record.in("client")))
                .with("dst_endpoint", endpoint(record.in("server")).with("svc_name", record.takeString("cluster")))
                .with(
                        "database",
                        new Tree()
                                .with("name", database)
                                .with("uid", database == null ? cluster : null)
                                .with("type_id", 1)
                                .with("type", "Relational"))
                .with("type_id", 1)
                .with("type", "Database");
        Members sql = record.in("sql");
        if (sql.has("text")) {
            event.with(
                    "query_info",
                    new Tree()
                            .with("query_string", sql.takeString("text"))
                            .with("uid", sql.takeString("fingerprint"))
                            .with("name", takeUnlessEmpty(record, "statement_name"))
                            .with("bytes", record.in("result").takeNumber("bytes")));
        }
    }

    private static void writeAuthentication(Tree event, Members record) {
        Members auth = record.in("auth");
        String method = auth.required("method");
        boolean plain = !record.has("tls");
        String user = record.takeString("user");
        int protocol = switch (method) {
            case "gss", "sspi" -> 2;
            case "oauth" -> 6;
            default -> OcsfClass.OTHER;
        };
        event.with("user", new Tree().with("name", user == null ? "" : user))
                .with("auth_protocol_id", protocol)
                .with("auth_protocol", protocol == OcsfClass.OTHER ? auth.takeString("method") : protocolName(protocol))
                .with("is_cleartext", plain && method.equals("password"))
                .with("is_remote", true)
                .with("logon_type_id", 3)
                .with("logon_type", "Network")
                .with("session", session(record))
                .with("src_endpoint", endpoint(record.in("client")))
                .with("dst_endpoint", endpoint(record.in("server")).with("svc_name", record.takeString("cluster")));
    }

    private static String protocolName(int protocol) {
        return protocol == 2 ? "Kerberos" : "OAUTH 2.0";
    }

    private static Tree session(Members record) {
        return new Tree().with("uid", record.takeString("session"));
    }

    private static Tree endpoint(Members end) {
        String address = end.takeString("address");
        String name = address != null && isIp(address) ? "ip" : "hostname";
        return new Tree().with(name, address).with("port", end.takeNumber("port"));
    }

    /** A name has neither a colon nor digits and dots only. */
    static boolean isIp(String address) {
        return address.indexOf(':') >= 0
                || (!address.isEmpty() && address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    }

    /** The framework's {@code record_integrity} profile: what is attested is the native record, not this form of it. */
    private static @Nullable List<@Nullable Object> attestations(Members record) {
        if (!record.has("hash")) {
            return null;
        }
        String chain = record.takeString("chain");
        long seq = record.numberOr("seq", 0);
        record.take("seq");
        String prev = record.string("prev");
        Tree before = new Tree();
        if (prev != null && !prev.equals(NONE_BEFORE)) {
            record.take("prev");
            before.with("uid", chain + "/" + (seq - 1)).with("fingerprint", fingerprint(prev));
        }
        return List.of(new Tree()
                .with("uid", chain + "/" + seq)
                .with("chain_uid", chain)
                .with("fingerprint", fingerprint(record.takeString("hash")))
                .with("prev_event", before)
                .members());
    }

    private static Tree fingerprint(@Nullable String hash) {
        return new Tree()
                .with("algorithm_id", 3)
                .with("algorithm", "SHA-256")
                .with("encoding_id", 1)
                .with("encoding", "Hex")
                .with("serialization_id", OcsfClass.OTHER)
                .with("serialization", "pgweir audit-event v1")
                .with("value", hash);
    }

    private static @Nullable String takeUnlessEmpty(Members record, String name) {
        String value = record.string(name);
        return value == null || value.isEmpty() ? null : record.takeString(name);
    }

    /** @throws IllegalArgumentException where it is no time */
    private static long millis(String time) {
        try {
            return Instant.parse(time).toEpochMilli();
        } catch (DateTimeException fault) {
            throw new IllegalArgumentException("audit record: time: " + fault.getMessage(), fault);
        }
    }
}
