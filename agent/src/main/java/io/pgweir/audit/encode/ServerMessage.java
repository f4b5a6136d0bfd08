package io.pgweir.audit.encode;

import io.pgweir.wire.ErrorFields;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A server's message without the data that it quotes. PostgreSQL puts names and values alike into {@code "..."}; a name that
 * the statement, the session or the error's own fields tell anyway stays, everything else becomes {@code "?"}.
 *
 * <p>A quoted value may hold quotes itself, so from the first part that may not stay up to the last quote nothing does. Data
 * exceptions (class 22) quote values as a rule: nothing quoted stays. What a function wrote (RAISE, a foreign server, another
 * language) may be anything at all: nothing stays. Detail and hint are left to the caller to leave out.
 */
final class ServerMessage {
    static final String NOTHING = "[redacted]";

    /** Classes of PostgreSQL's Appendix A whose messages are its own. P0, 38, 39 and HV are written by others. */
    private static final Set<String> OWN = Set.of(
            "00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "20", "21", "22", "23", "24", "25",
            "26", "27", "28", "2B", "2D", "2F", "34", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55", "57", "58",
            "F0", "XX");

    private static final String DATA_EXCEPTION = "22";

    /** Shows the offending bytes in hexadecimal behind the last quote. */
    private static final String NOT_IN_REPERTOIRE = "22021";

    /** How lc_messages of other languages quotes. */
    private static final String OTHER_QUOTES = "«»‹›„“”‟‚‘’‛「」『』＂";

    private ServerMessage() {}

    /** @param known whether a name may stay */
    static String redacted(ErrorFields error, Predicate<String> known) {
        String message = error.message();
        if (!isOwn(error.sqlState()) || hasOtherQuotes(message)) {
            return NOTHING;
        }
        int last = message.lastIndexOf('"');
        if (last < 0) {
            return message;
        }
        boolean data = error.sqlState().startsWith(DATA_EXCEPTION);
        int from = data ? message.indexOf('"') : firstUnknown(message, error, known);
        if (from < 0) {
            return message;
        }
        boolean tailIsData = from == last || error.sqlState().equals(NOT_IN_REPERTOIRE);
        String tail = tailIsData ? "" : message.substring(last + 1);
        return message.substring(0, from) + "\"?\"" + tail;
    }

    private static boolean isOwn(String sqlState) {
        return sqlState.length() == 5 && OWN.contains(sqlState.substring(0, 2));
    }

    private static boolean hasOtherQuotes(String message) {
        for (int i = 0; i < message.length(); i++) {
            if (message.charAt(i) > 0x7f && OTHER_QUOTES.indexOf(message.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Index of the quote before the first part that may not stay; -1 where all may. */
    private static int firstUnknown(String message, ErrorFields error, Predicate<String> known) {
        int open = message.indexOf('"');
        while (open >= 0) {
            int close = message.indexOf('"', open + 1);
            if (close < 0) {
                return open;
            }
            String part = message.substring(open + 1, close);
            if (!isNamedBy(error, part) && !known.test(part)) {
                return open;
            }
            open = message.indexOf('"', close + 1);
        }
        return -1;
    }

    private static boolean isNamedBy(ErrorFields error, String part) {
        return part.equals(error.schema())
                || part.equals(error.table())
                || part.equals(error.column())
                || part.equals(error.dataType())
                || part.equals(error.constraint());
    }
}
