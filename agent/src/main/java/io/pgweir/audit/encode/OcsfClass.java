package io.pgweir.audit.encode;

import java.util.Locale;

/**
 * Where a record stands in the Open Cybersecurity Schema Framework.
 *
 * @param category its number
 * @param uid of the class
 * @param name of the class
 * @param activity number within the class; {@value #OTHER} where the class has none for it
 * @param activityName the schema's, or pgweir's for {@value #OTHER}
 */
record OcsfClass(int category, int uid, String name, int activity, String activityName) {
    static final int DATASTORE = 6005;
    static final int AUTHENTICATION = 3002;
    static final int LIFECYCLE = 6002;
    static final int ERROR = 6008;
    static final int OTHER = 99;

    private static final int BASE = 0;

    /** As the schema makes it. */
    int typeUid() {
        return uid * 100 + activity;
    }

    static OcsfClass of(String type, Members record) {
        return switch (type) {
            case "statement", "copy", "function_call" -> execution(record);
            case "statement.intent" -> datastore(OTHER, "Intent");
            case "rule.alert" -> datastore(OTHER, "Rule Alert");
            case "session.start" -> datastore(3, "Connect");
            case "session.end" -> datastore(OTHER, "Disconnect");
            case "transaction.end" -> datastore(OTHER, "Transaction End");
            case "cancel" -> datastore(OTHER, "Cancel");
            case "session.auth" -> new OcsfClass(3, AUTHENTICATION, "Authentication", 1, "Logon");
            case "audit.start" -> lifecycle(3, "Start");
            case "audit.stop" -> lifecycle(4, "Stop");
            case "audit.reload" -> lifecycle(OTHER, "Reload");
            case "audit.heartbeat" -> lifecycle(OTHER, "Heartbeat");
            case "audit.checkpoint" -> lifecycle(OTHER, "Checkpoint");
            case "topology.change" -> lifecycle(OTHER, "Topology Change");
            case "sink.up" -> lifecycle(OTHER, "Sink Up");
            case "audit.gap", "sink.down" -> new OcsfClass(6, ERROR, "Application Error", 1, "General Error");
            default -> new OcsfClass(0, BASE, "Base Event", OTHER, type);
        };
    }

    private static OcsfClass execution(Members record) {
        String direction = record.in("copy").string("direction");
        if (direction != null) {
            return switch (direction) {
                case "in" -> datastore(5, "Write");
                case "out" -> datastore(1, "Read");
                default -> datastore(OTHER, "Replication");
            };
        }
        String command = record.string("command");
        if (command == null) {
            return record.has("function") ? datastore(OTHER, "Function Call") : datastore(0, "Unknown");
        }
        return switch (command.toUpperCase(Locale.ROOT)) {
            case "SELECT", "VALUES", "TABLE", "FETCH" -> query(command, record);
            case "INSERT" -> datastore(6, "Create");
            case "UPDATE" -> datastore(2, "Update");
            case "DELETE", "TRUNCATE", "TRUNCATE TABLE" -> datastore(7, "Delete");
            case "MERGE" -> datastore(5, "Write");
            default -> other(command);
        };
    }

    /** One that is no READ writes all the same: a CTE that changes rows, SELECT INTO. */
    private static OcsfClass query(String command, Members record) {
        return switch (record.stringOr("class", "")) {
            case "WRITE" -> datastore(5, "Write");
            case "DDL" -> other(command);
            default -> datastore(4, "Query");
        };
    }

    private static OcsfClass other(String command) {
        return datastore(OTHER, command.isEmpty() ? "Other" : command);
    }

    private static OcsfClass datastore(int activity, String name) {
        return new OcsfClass(6, DATASTORE, "Datastore Activity", activity, name);
    }

    private static OcsfClass lifecycle(int activity, String name) {
        return new OcsfClass(6, LIFECYCLE, "Application Lifecycle", activity, name);
    }
}
