package io.pgweir.replay.report;

import io.pgweir.replay.Results;
import io.pgweir.replay.Results.Group;
import java.util.List;

/** A page that grows. What is text goes through {@link #escaped}; what is markup says so in its name. */
final class Html {
    private final StringBuilder page = new StringBuilder();

    /**
     * As text of an element or of a quoted attribute. What has no glyph, or would turn the direction of what follows, becomes the
     * replacement character: nobody is to be shown another statement than was run.
     */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.append((char) point);
                default -> escaped.appendCodePoint(isShown(point) ? point : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    Html markup(String markup) {
        page.append(markup);
        return this;
    }

    /** {@code <name>text</name>} */
    Html element(String name, String text) {
        page.append('<')
                .append(name)
                .append('>')
                .append(escaped(text))
                .append("</")
                .append(name)
                .append(">\n");
        return this;
    }

    /** The same with a class. */
    Html element(String name, String style, String text) {
        page.append('<').append(name).append(" class=\"").append(style).append("\">");
        page.append(escaped(text)).append("</").append(name).append(">\n");
        return this;
    }

    /**
     * Begins a table.
     *
     * @param head a column's name; with a {@code #} before it where it has numbers
     */
    Html table(String... head) {
        page.append("<div class=\"wide\"><table><thead><tr>");
        for (String each : head) {
            boolean isNumber = each.startsWith("#");
            page.append(isNumber ? "<th class=\"number\">" : "<th>");
            page.append(escaped(isNumber ? each.substring(1) : each)).append("</th>");
        }
        page.append("</tr></thead><tbody>\n");
        return this;
    }

    Html row(List<String> cells) {
        page.append("<tr>");
        cells.forEach(page::append);
        page.append("</tr>\n");
        return this;
    }

    Html endTable() {
        page.append("</tbody></table></div>\n");
        return this;
    }

    static String cell(String text) {
        return "<td>" + escaped(text) + "</td>";
    }

    static String number(String text) {
        return "<td class=\"number\">" + escaped(text) + "</td>";
    }

    static String code(String text) {
        return "<td><code>" + escaped(text) + "</code></td>";
    }

    /** What ran, and its fingerprint. */
    static String statement(String label, Group group) {
        boolean isOne = !label.isEmpty() && !label.equals(Results.OTHERS);
        String text = group.sample().isEmpty() ? isOne ? "(not known)" : "(no statement)" : group.sample();
        return "<td><code>" + escaped(label.equals(Results.OTHERS) ? label : text) + "</code>"
                + (isOne ? "<span class=\"fingerprint\">" + escaped(label) + "</span></td>" : "</td>");
    }

    /** How many are not shown. */
    Html more(int count, String what) {
        return count <= 0
                ? this
                : element(
                        "p", "quiet", "... and " + Figures.count(count) + " more " + what + "; report.json has them.");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
