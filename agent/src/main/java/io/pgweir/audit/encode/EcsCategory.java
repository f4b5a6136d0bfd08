package io.pgweir.audit.encode;

import java.util.List;

/** The Elastic Common Schema's three categorization fields below {@code event.kind}. */
record EcsCategory(List<String> categories, List<String> types, String outcome) {
    private static final String SUCCESS = "success";
    private static final String FAILURE = "failure";
    private static final String UNKNOWN = "unknown";

    static EcsCategory of(String type, Members record) {
        return switch (type) {
            case "statement", "copy", "function_call" -> execution(record);
            case "statement.intent" -> new EcsCategory(List.of("database"), List.of("info"), UNKNOWN);
            case "rule.alert" -> new EcsCategory(List.of("intrusion_detection", "database"), List.of("info"), UNKNOWN);
            case "session.start" -> new EcsCategory(List.of("session"), List.of("start"), SUCCESS);
            case "session.auth" ->
                new EcsCategory(
                        List.of("authentication"),
                        List.of("start"),
                        record.in("auth").required("outcome"));
            case "session.end" ->
                new EcsCategory(
                        List.of("session"),
                        List.of("end"),
                        outcome(!record.in("end").has("sqlstate")));
            case "transaction.end" ->
                new EcsCategory(
                        List.of("database"),
                        List.of("info"),
                        of(record.in("transaction").required("outcome")));
            case "cancel" ->
                new EcsCategory(
                        List.of("database"),
                        List.of("info"),
                        outcome(Boolean.TRUE.equals(record.in("cancel").bool("forwarded"))));
            case "audit.start" -> new EcsCategory(List.of("process"), List.of("start"), SUCCESS);
            case "audit.stop" -> new EcsCategory(List.of("process"), List.of("end"), SUCCESS);
            case "audit.reload" ->
                new EcsCategory(
                        List.of("configuration"),
                        List.of("change"),
                        outcome(!record.in("reload").has("error")));
            case "topology.change" -> new EcsCategory(List.of("configuration"), List.of("change"), SUCCESS);
            case "audit.gap", "sink.down" -> new EcsCategory(List.of("process"), List.of("info"), FAILURE);
            default -> new EcsCategory(List.of("process"), List.of("info"), SUCCESS);
        };
    }

    private static EcsCategory execution(Members record) {
        String statementClass = record.stringOr("class", "");
        String outcome = of(record.required("outcome"));
        String type = switch (statementClass) {
            case "READ" -> "access";
            case "WRITE", "DDL", "ROLE" -> "change";
            default -> "info";
        };
        return new EcsCategory(
                statementClass.equals("ROLE") ? List.of("database", "iam") : List.of("database"),
                types(type, outcome, record.in("rules").stringOr("action", "")),
                outcome);
    }

    private static List<String> types(String type, String outcome, String action) {
        if (action.equals("block") || action.equals("close")) {
            return List.of(type, "denied");
        }
        return outcome.equals(FAILURE) ? List.of(type, "error") : List.of(type);
    }

    private static String of(String outcome) {
        return switch (outcome) {
            case "success", "suspended", "committed", "prepared" -> SUCCESS;
            case "error" -> FAILURE;
            default -> UNKNOWN;
        };
    }

    private static String outcome(boolean success) {
        return success ? SUCCESS : FAILURE;
    }
}
