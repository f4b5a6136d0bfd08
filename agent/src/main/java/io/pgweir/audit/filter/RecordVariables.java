package io.pgweir.audit.filter;

import dev.cel.common.CelVarDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an expression may name: the members of {@code schemas/audit-event.v1.json}, with their types, and {@code record}. */
final class RecordVariables {
    static final String RECORD = "record";

    private static final CelType OBJECT = MapType.create(SimpleType.STRING, SimpleType.DYN);
    private static final CelType TEXT_OR_NULL = NullableType.create(SimpleType.STRING);
    private static final Map<String, CelType> TYPES = types();

    private RecordVariables() {}

    static List<CelVarDecl> declarations() {
        List<CelVarDecl> declarations = new ArrayList<>();
        TYPES.forEach((name, type) -> declarations.add(CelVarDecl.newVarDeclaration(name, type)));
        return declarations;
    }

    private static Map<String, CelType> types() {
        Map<String, CelType> types = new TreeMap<>();
        for (String name : List.of(
                "id",
                "type",
                "time",
                "chain",
                "session",
                "listener",
                "cluster",
                "session_user",
                "protocol",
                "step",
                "command",
                "class",
                "intent",
                "statement_name",
                "portal",
                "outcome",
                "time_first_row",
                "time_end",
                "prev",
                "hash",
                "sink",
                "reason")) {
            types.put(name, SimpleType.STRING);
        }
        for (String name : List.of("user", "database", "application")) {
            types.put(name, TEXT_OR_NULL);
        }
        // Null or an object: CEL has no type for that whose members could be named.
        for (String name : List.of("tls", "server")) {
            types.put(name, SimpleType.DYN);
        }
        for (String name : List.of(
                "version",
                "seq",
                "session_seq",
                "pipeline_position",
                "duration_us",
                "server_us",
                "own_us",
                "down_us",
                "queued")) {
            types.put(name, SimpleType.INT);
        }
        for (String name : List.of(
                "agent",
                "client",
                "sql",
                "prepared",
                "rewritten",
                "rules",
                "alert",
                "copy",
                "result",
                "transaction",
                "startup",
                "auth",
                "end",
                "totals",
                "cancel",
                "settings",
                "resumes",
                "gap",
                "reload",
                "topology",
                "left_out",
                "cut",
                "checkpoint",
                "open",
                RECORD)) {
            types.put(name, OBJECT);
        }
        types.put("parameters", ListType.create(OBJECT));
        types.put("doubtful", SimpleType.BOOL);
        return types;
    }
}
