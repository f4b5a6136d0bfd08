package io.pgweir.session;

/** The tag of CommandComplete: a word or more, and where the command counts rows, their number at the end. */
final class CommandTag {
    private CommandTag() {}

    /** The number at the end, {@code otherwise} where there is none. Of {@code INSERT 0 5} it is 5. */
    static long rows(String tag, long otherwise) {
        int space = tag.lastIndexOf(' ');
        if (space < 0 || space == tag.length() - 1 || tag.length() - space > 19) {
            return otherwise;
        }
        long number = 0;
        for (int i = space + 1; i < tag.length(); i++) {
            int digit = tag.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
