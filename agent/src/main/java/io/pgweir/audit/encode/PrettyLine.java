package io.pgweir.audit.encode;

import java.nio.charset.StandardCharsets;

/**
 * A line of columns under construction. What would move the cursor or colour the terminal does not get through: texts come
 * from clients. One thread.
 */
final class PrettyLine {
    static final int COLUMNS = 140;

    private static final String PLAIN = "\u001b[0m";

    private final boolean colours;
    private final StringBuilder text = new StringBuilder(4 * COLUMNS);

    /** Characters since the line feed; colours have no width. */
    private int column;

    PrettyLine(boolean colours) {
        this.colours = colours;
    }

    void clear() {
        text.setLength(0);
        column = 0;
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    void nextLine() {
        text.append('\n');
        column = 0;
    }

    /** At least one blank follows. */
    void left(String value, int width, Colour colour) {
        int end = column + width;
        coloured(value, width, colour);
        blanksTo(end + 1);
    }

    /** At least one blank follows. */
    void right(String value, int width, Colour colour) {
        int end = column + width;
        blanksTo(end - Math.min(width, value.length()));
        coloured(value, width, colour);
        blanksTo(end + 1);
    }

    void blanksTo(int wanted) {
        while (column < wanted) {
            text.append(' ');
            column++;
        }
    }

    /** What fits into the line. */
    void rest(String value, Colour colour) {
        coloured(value, COLUMNS - column, colour);
    }

    private void coloured(String value, int width, Colour colour) {
        boolean paint = colours && colour != Colour.NONE;
        if (paint) {
            text.append(colour.code);
        }
        append(value, width);
        if (paint) {
            text.append(PLAIN);
        }
    }

    private void append(String value, int width) {
        int room = width;
        boolean blank = false;
        int at = 0;
        while (at < value.length()) {
            int point = value.codePointAt(at);
            at += Character.charCount(point);
            int shown = shown(point);
            if (shown == ' ' && blank) {
                continue;
            }
            blank = shown == ' ';
            if (room == 1 && at < value.length()) {
                shown = '…';
                at = value.length();
            }
            text.appendCodePoint(shown);
            column++;
            room--;
        }
    }

    private static int shown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL -> point == '\n' || point == '\t' || point == '\r' ? ' ' : '·';
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> '·';
            default -> point;
        };
    }

    /** SGR sequences of ECMA-48. */
    enum Colour {
        NONE(""),
        DIM("\u001b[2m"),
        RED("\u001b[31m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }
}
