package io.pgweir.equality;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Audit records, made comparable between two plays of one script. */
final class Records {

    private static final Set<String> TYPES = Set.of("statement", "copy", "function_call", "transaction.end");

    /** What tells one play from another: when, who asked from where, and who answered. */
    private static final Set<String> OWN_TO_A_PLAY = Set.of(
            "id",
            "chain",
            "seq",
            "prev",
            "hash",
            "time",
            "session",
            "client",
            "server",
            "tls",
            "time_end",
            "duration_us",
            "server_us",
            "own_us",
            "time_first_row");

    private Records() {}

    /** What was executed and how it ended: sessions in the order of their first record, records in the order told. */
    static List<String> comparable(List<JsonNode> records) {
        Map<String, List<String>> sessions = new LinkedHashMap<>();
        for (JsonNode parsed : records) {
            if (parsed.has("session")) {
                List<String> session =
                        sessions.computeIfAbsent(parsed.get("session").asString(), s -> new ArrayList<>());
                if (TYPES.contains(parsed.get("type").asString())) {
                    session.add(((ObjectNode) parsed).remove(OWN_TO_A_PLAY).toString());
                }
            }
        }
        return sessions.values().stream().flatMap(List::stream).toList();
    }
}
