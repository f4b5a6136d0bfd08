package io.pgweir.cli;

import java.util.ArrayList;
import java.util.List;

/** What {@code /sessions} says, as a table for people. */
final class SessionTable {
    private static final List<String> HEAD = List.of(
            "WHO", "APPLICATION", "CLIENT", "LISTENER", "NODE", "STATE", "FOR", "STATEMENT", "DONE", "ERRORS", "ID");
    private static final int CELL_LETTERS_MAX = 40;

    private SessionTable() {}

    static List<String> lines(JsonView answer) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        answer.objects("sessions").forEach(session -> rows.add(row(session)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static List<String> row(JsonView session) {
        JsonView statement = session.object("statement");
        return List.of(
                cell(session.text("user") + "@" + session.text("database")),
                cell(session.text("application")),
                session.text("client"),
                cell(session.text("listener")),
                session.text("node"),
                session.text("state"),
                time(session.number("state_ms")),
                cell((statement.text("command") + " " + statement.text("text")).strip()),
                session.text("statements"),
                session.text("errors"),
                session.text("id"));
    }

    /** A client names itself as it likes, and must not move the cursor of whoever looks. */
    private static String cell(String text) {
        StringBuilder cell = new StringBuilder(text);
        if (cell.length() > CELL_LETTERS_MAX) {
            cell.setLength(CELL_LETTERS_MAX - 3);
            cell.append("...");
        }
        for (int i = 0; i < cell.length(); i++) {
            if (Character.isISOControl(cell.charAt(i)) || Character.getType(cell.charAt(i)) == Character.FORMAT) {
                cell.setCharAt(i, '?');
            }
        }
        return cell.toString();
    }

    private static String time(long millis) {
        long seconds = millis / 1000;
        if (seconds < 1) {
            return millis + " ms";
        }
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
