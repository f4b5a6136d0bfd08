package io.pgweir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Columns as wide as what is in them: numbers to the right, words to the left. */
final class TextTable {
    private static final int CELL_LETTERS_MAX = 100;

    private final List<List<String>> rows = new ArrayList<>();
    private final int lastLeft;

    /**
     * @param numbers how many columns of numbers, before those of words
     * @param head the columns' names
     */
    TextTable(int numbers, String... head) {
        lastLeft = numbers;
        rows.add(List.of(head));
    }

    void add(String... cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(shown(cell));
        }
        rows.add(row);
    }

    List<String> lines() {
        int[] widths = new int[rows.getFirst().size()];
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
            String pad = " ".repeat(widths[i] - row.get(i).length());
            line.append(i < lastLeft ? pad + row.get(i) : row.get(i) + pad).append("  ");
        }
        return line.toString().stripTrailing();
    }

    /** What somebody typed must not move the cursor of whoever looks. */
    static String shown(String text) {
        StringBuilder cell = new StringBuilder(text.replaceAll("\\s+", " ").strip());
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

    static String duration(long nanos) {
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.0f us", nanos / 1e3);
        }
        if (nanos < 1_000_000_000) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        }
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    static String size(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        if (bytes < 1 << 20) {
            return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
        }
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
