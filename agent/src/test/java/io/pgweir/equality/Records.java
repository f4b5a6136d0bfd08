package io.pgweir.equality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Audit records, made comparable between two plays of one script. */
final class Records {

    private static final Set<String> TYPES = Set.of("statement", "copy", "function_call", "transaction.end");

    private static final Set<String> FAILED = Set.of("error", "unanswered");

    private static final Set<String> EXECUTED = Set.of("statement", "copy", "function_call");

    /** What tells one play from another: when, who asked from where, and who answered. */
    private static final Set<String> OWN_TO_A_PLAY = Set.of(
            "id",
            "intent",
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
        boolean intents = records.stream().anyMatch(Records::isIntent);
        for (JsonNode parsed : records) {
            if (parsed.has("session")) {
                List<String> session =
                        sessions.computeIfAbsent(parsed.get("session").asString(), s -> new ArrayList<>());
                if (TYPES.contains(parsed.get("type").asString())) {
                    if (intents) {
                        // An intent is told when it is asked for, an outcome when it is answered.
                        ((ObjectNode) parsed).remove("session_seq");
                    }
                    session.add(((ObjectNode) parsed).remove(OWN_TO_A_PLAY).toString());
                }
            }
        }
        return sessions.values().stream().flatMap(List::stream).toList();
    }

    private static boolean isIntent(JsonNode record) {
        return record.get("type").asString().equals("statement.intent");
    }

    /** What was executed bears the id of an intent before it, and each another one; what the server cannot read is not. */
    static void checkIntents(List<JsonNode> records) {
        Set<String> open = new HashSet<>();
        for (JsonNode record : records) {
            if (isIntent(record)) {
                open.add(record.get("id").asString());
            } else if (EXECUTED.contains(record.get("type").asString())
                    && (record.has("intent")
                            || !FAILED.contains(record.get("outcome").asString()))) {
                assertThat(record.has("intent")).as("intent of " + record).isTrue();
                assertThat(open.remove(record.get("intent").asString()))
                        .as("intent before " + record)
                        .isTrue();
            }
        }
    }
}
