package io.pgweir.audit.encode;

import java.util.Locale;

/** What a record that is no execution tells, in a sentence for people. */
final class Summary {
    private static final long MILLI = 1000;
    private static final long SECOND = 1_000_000;

    private Summary() {}

    static String of(String type, Members record) {
        return switch (type) {
            case "session.start" -> "session from " + client(record);
            case "session.auth" -> "authentication by " + record.in("auth").required("method");
            case "session.end" -> sessionEnd(record);
            case "transaction.end" ->
                "transaction of " + counted(record.in("transaction").numberOr("executions", 0), "execution");
            case "cancel" ->
                "cancel from " + client(record) + (record.in("cancel").has("target") ? "" : " for nobody");
            case "rule.alert" ->
                "rule " + record.in("alert").required("id") + ", "
                        + record.in("alert").required("severity") + ": "
                        + record.in("sql")
                                .stringOr("text", "at " + record.in("alert").required("at"));
            case "statement.intent" -> "is to run " + record.in("sql").stringOr("text", "(statement not seen)");
            case "audit.start" -> "audit starts";
            case "audit.stop" ->
                "audit stops after " + counted(record.in("totals").numberOr("records", 0), "record");
            case "audit.gap" -> gap(record.in("gap"));
            case "audit.reload" -> reload(record.in("reload"));
            case "audit.heartbeat" ->
                "nothing happened, " + counted(record.numberOr("queued", 0), "record") + " queued";
            case "audit.checkpoint" -> checkpoint(record.in("checkpoint"));
            case "topology.change" -> topology(record.in("topology"));
            case "sink.down" -> "sink " + record.required("sink") + " is down: " + record.required("reason");
            case "sink.up" ->
                "sink " + record.required("sink") + " is up after " + duration(record.numberOr("down_us", 0));
            default -> type;
        };
    }

    private static String sessionEnd(Members record) {
        Members totals = record.in("totals");
        return "session ends, " + record.in("end").required("cause") + ": "
                + counted(totals.numberOr("executions", 0), "execution") + ", "
                + counted(totals.numberOr("errors", 0), "error") + " in " + duration(record.numberOr("duration_us", 0));
    }

    private static String gap(Members gap) {
        long dropped = gap.numberOr("dropped", 0);
        String sink = gap.string("sink");
        return "audit gap: " + (dropped == 0 ? "" : counted(dropped, "record") + " lost, ") + gap.required("reason")
                + (sink == null ? "" : ", " + sink);
    }

    private static String reload(Members reload) {
        String error = reload.string("error");
        return "reload of " + reload.required("what") + " " + reload.stringOr("name", "")
                + (error == null ? "" : " failed: " + error);
    }

    private static String topology(Members topology) {
        String node = topology.string("node");
        return "cluster " + topology.required("cluster") + (node == null ? "" : ", node " + node) + ", "
                + topology.required("change") + ": " + orNone(topology.stringOr("before", "")) + " -> "
                + orNone(topology.stringOr("after", ""));
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }

    private static String checkpoint(Members checkpoint) {
        return (checkpoint.has("signature") ? "signed checkpoint over " : "checkpoint over ")
                + checkpoint.numberOr("first_seq", 0) + ".." + checkpoint.numberOr("last_seq", 0);
    }

    private static String client(Members record) {
        Members client = record.in("client");
        String where = client.required("address") + " port " + client.numberOr("port", 0);
        String tls = record.in("tls").string("version");
        return tls == null ? where : where + ", " + tls;
    }

    static String counted(long count, String noun) {
        return count + " " + (count == 1 ? noun : noun + "s");
    }

    static String duration(long micros) {
        if (micros < MILLI) {
            return Math.max(0, micros) + " us";
        }
        return micros < SECOND ? tenths(micros, MILLI) + " ms" : tenths(micros, SECOND) + " s";
    }

    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        return bytes < 1024 * 1024 ? tenths(bytes, 1024) + " KiB" : tenths(bytes, 1024 * 1024) + " MiB";
    }

    private static String tenths(long value, long unit) {
        return String.format(Locale.ROOT, "%.1f", (double) value / unit);
    }
}
