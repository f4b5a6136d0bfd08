package io.pgweir.audit.encode;

/**
 * How it ended and how much that matters, in the numbers of the Open Cybersecurity Schema Framework.
 *
 * @param name caption of {@code id}, or the record's own word where that is 99
 */
record OcsfStatus(int id, String name, int severity) {
    private static final int INFORMATIONAL = 1;
    private static final int LOW = 2;
    private static final int MEDIUM = 3;
    private static final int HIGH = 4;
    private static final int CRITICAL = 5;
    private static final String[] SEVERITIES = {"Unknown", "Informational", "Low", "Medium", "High", "Critical"};

    private static final OcsfStatus UNKNOWN = new OcsfStatus(0, "Unknown", INFORMATIONAL);
    private static final OcsfStatus SUCCESS = new OcsfStatus(1, "Success", INFORMATIONAL);

    String severityName() {
        return SEVERITIES[severity];
    }

    static OcsfStatus of(String type, Members record) {
        return switch (type) {
            case "statement", "copy", "function_call" ->
                of(record.required("outcome"), record.in("result").stringOr("sqlstate", ""));
            case "session.auth" -> {
                Members auth = record.in("auth");
                yield of(auth.required("outcome"), auth.stringOr("sqlstate", ""));
            }
            case "session.end" -> {
                String sqlState = record.in("end").string("sqlstate");
                yield sqlState == null ? SUCCESS : of("failure", sqlState);
            }
            case "transaction.end" -> of(record.in("transaction").required("outcome"), "");
            case "cancel" -> Boolean.TRUE.equals(record.in("cancel").bool("forwarded")) ? SUCCESS : failure(LOW);
            case "audit.reload" -> record.in("reload").has("error") ? failure(MEDIUM) : SUCCESS;
            case "audit.gap", "sink.down" -> failure(HIGH);
            case "topology.change" ->
                new OcsfStatus(
                        1, "Success", record.in("topology").required("change").equals("leader") ? MEDIUM : LOW);
            case "statement.intent" -> UNKNOWN;
            case "rule.alert" ->
                new OcsfStatus(1, "Success", severity(record.in("alert").required("severity")));
            default -> SUCCESS;
        };
    }

    private static OcsfStatus of(String outcome, String sqlState) {
        return switch (outcome) {
            case "success", "committed", "prepared" -> SUCCESS;
            case "error", "failure" -> failure(isDenial(sqlState) ? MEDIUM : LOW);
            case "suspended", "rolled_back" -> new OcsfStatus(99, outcome, INFORMATIONAL);
            case "unanswered" -> new OcsfStatus(0, "Unknown", LOW);
            default -> UNKNOWN;
        };
    }

    private static int severity(String ofRule) {
        return switch (ofRule) {
            case "low" -> LOW;
            case "medium" -> MEDIUM;
            case "high" -> HIGH;
            case "critical" -> CRITICAL;
            default -> INFORMATIONAL;
        };
    }

    /** Who asked was not allowed to: invalid authorization, insufficient privilege. */
    private static boolean isDenial(String sqlState) {
        return sqlState.startsWith("28") || sqlState.equals("42501");
    }

    private static OcsfStatus failure(int severity) {
        return new OcsfStatus(2, "Failure", severity);
    }
}
