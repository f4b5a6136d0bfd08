package io.pgweir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code /clusters} says, as a table for people. */
final class ClusterTable {
    private static final List<String> HEAD = List.of("NODE", "ADDRESS", "ROLE", "STATE", "TL", "LAG", "SESSIONS", "");
    private static final long KIB = 1024;

    private final Colours colours;

    ClusterTable(Colours colours) {
        this.colours = colours;
    }

    List<String> lines(JsonView answer) {
        List<String> lines = new ArrayList<>();
        for (JsonView cluster : answer.objects("clusters")) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.add(title(cluster));
            List<List<String>> rows = new ArrayList<>();
            rows.add(HEAD);
            for (JsonView node : cluster.objects("nodes")) {
                rows.add(row(node));
            }
            lines.addAll(aligned(rows));
        }
        return lines;
    }

    private String title(JsonView cluster) {
        StringBuilder title = new StringBuilder("cluster ").append(cluster.text("name"));
        if (!cluster.flag("watched")) {
            return title.append(": nobody looks at it").toString();
        }
        String leader = cluster.text("leader");
        title.append(": ").append(leader.isEmpty() ? colours.red("nobody leads") : "leader " + leader);
        title.append(", looked at ").append(millis(cluster.number("age_ms"))).append(" ago");
        for (String away : cluster.texts("away")) {
            title.append("\n  ").append(colours.yellow("away: " + away));
        }
        return title.toString();
    }

    private static List<String> row(JsonView node) {
        return List.of(
                node.text("name"),
                node.text("address"),
                node.text("role"),
                node.text("state"),
                node.text("timeline"),
                lag(node),
                node.text("sessions"),
                standing(node));
    }

    private static String standing(JsonView node) {
        JsonView out = node.object("out");
        String drained = node.flag("drained") ? "drained" : "";
        if (out.members().isEmpty()) {
            return drained.isEmpty() ? "in" : drained;
        }
        return "out: " + out.text("reason") + ", " + out.text("text") + (drained.isEmpty() ? "" : "; drained");
    }

    private static String lag(JsonView node) {
        if (node.text("role").equals("leader")) {
            return "";
        }
        String bytes = node.has("lag_bytes") ? size(node.number("lag_bytes")) : "";
        String time = node.has("lag_ms") ? millis(node.number("lag_ms")) : "";
        return bytes + (bytes.isEmpty() || time.isEmpty() ? "" : " / ") + time;
    }

    private List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String padded = i == widths.length - 1 ? cell : cell + " ".repeat(widths[i] - cell.length());
            line.append("  ").append(i == widths.length - 1 ? coloured(padded) : padded);
        }
        return line.toString().stripTrailing();
    }

    private String coloured(String standing) {
        if (standing.equals("in")) {
            return colours.green(standing);
        }
        return standing.startsWith("out") ? colours.red(standing) : colours.yellow(standing);
    }

    private static String size(long bytes) {
        if (bytes < KIB) {
            return bytes + " B";
        }
        return bytes < KIB * KIB ? tenths(bytes, KIB) + " KiB" : tenths(bytes, KIB * KIB) + " MiB";
    }

    private static String millis(long millis) {
        return millis < 1000 ? millis + " ms" : tenths(millis, 1000) + " s";
    }

    private static String tenths(long value, long unit) {
        return String.format(Locale.ROOT, "%.1f", (double) value / unit);
    }
}
