package io.pgweir.sql;

/** The character classes of PostgreSQL's {@code scan.l}; everything from U+0080 on is a letter there. */
final class Characters {
    private static final int BLANK = 1;
    private static final int LETTER = 2;
    private static final int DIGIT = 4;
    private static final int OPERATOR = 8;
    private static final byte[] CLASSES = classes();

    private Characters() {}

    private static byte[] classes() {
        byte[] classes = new byte[128];
        mark(classes, " \t\n\r\f\u000b", BLANK);
        mark(classes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", LETTER);
        mark(classes, "0123456789", DIGIT);
        mark(classes, "~!@#^&|`?+-*/%<>=", OPERATOR);
        return classes;
    }

    private static void mark(byte[] classes, String characters, int bit) {
        for (int i = 0; i < characters.length(); i++) {
            classes[characters.charAt(i)] |= (byte) bit;
        }
    }

    static boolean isBlank(char c) {
        return c < 128 && (CLASSES[c] & BLANK) != 0;
    }

    static boolean isNewline(char c) {
        return c == '\n' || c == '\r';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** First character of an identifier and of a dollar quote's tag. */
    static boolean isLetter(char c) {
        return c >= 128 || (CLASSES[c] & LETTER) != 0;
    }

    /** Further characters of a dollar quote's tag. */
    static boolean isLetterOrDigit(char c) {
        return c >= 128 || (CLASSES[c] & (LETTER | DIGIT)) != 0;
    }

    static boolean isOperator(char c) {
        return c < 128 && (CLASSES[c] & OPERATOR) != 0;
    }

    /** One operator character that is no SQL operator's allows a multi-character operator to end in {@code +} or {@code -}. */
    static boolean isNonSqlOperator(char c) {
        return switch (c) {
            case '~', '!', '@', '#', '^', '&', '|', '`', '?', '%' -> true;
            default -> false;
        };
    }

    /** PostgreSQL folds ASCII letters only. */
    static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    }

    static boolean isDigit(char c, int radix) {
        char folded = lower(c);
        return (folded >= '0' && folded < '0' + Math.min(radix, 10)) || (radix == 16 && folded >= 'a' && folded <= 'f');
    }
}
