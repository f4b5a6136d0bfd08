package io.pgweir.sql;

import java.util.regex.Pattern;

/** The words by which a secret is known; ASCII letters in either case. */
final class SecretWords {
    /** A URI with a user and a password, as {@code postgresql://user:x@host/db}. Linear: no two parts can match the same text. */
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\\s:/@]{0,256}:[^\\s/@]");

    /** {@code password=x} of a connection string or a URI's query, {@code "password": "x"} of JSON. */
    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key)[\"']?\\s{0,16}[=:]\\s{0,16}[^\\s=:]",
            Pattern.CASE_INSENSITIVE);

    private static final String HARMLESS = "password_encryption";

    private SecretWords() {}

    /** Whether a secret can stand in the text at all: a quick look, so that most texts need no second one. */
    static boolean mayStandIn(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            boolean found = switch (text.charAt(i)) {
                case 'p', 'P' -> is(text, i, to, "passw") || is(text, i, to, "passphrase");
                case 's', 'S' -> is(text, i, to, "secret");
                case 't', 'T' -> is(text, i, to, "token");
                case 'k', 'K' -> is(text, i, to, "key");
                case 'c', 'C' -> is(text, i, to, "connection");
                case ':' -> is(text, i, to, "://");
                case '\\' -> true;
                case '\'' -> isBeforeNewline(text, i + 1, to);
                default -> false;
            };
            if (found) {
                return true;
            }
        }
        return false;
    }

    /** Whether a literal may continue behind a quote: a word then stands in two parts. */
    private static boolean isBeforeNewline(String text, int from, int to) {
        int at = from;
        while (at < to && Characters.isBlank(text.charAt(at)) && !Characters.isNewline(text.charAt(at))) {
            at++;
        }
        return at < to && (Characters.isNewline(text.charAt(at)) || text.charAt(at) == '-');
    }

    /** Whether the text speaks of a password. */
    static boolean isPassword(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c == 'p' || c == 'P')
                    && (is(text, i, to, "password") || is(text, i, to, "passwd") || is(text, i, to, "passphrase"))) {
                return true;
            }
        }
        return false;
    }

    /** Whether an identifier's value is likely to be a secret. */
    static boolean isKey(String text, int from, int to) {
        if (to - from == HARMLESS.length() && is(text, from, to, HARMLESS)) {
            return false;
        }
        return isPassword(text, from, to) || holds(text, from, to, "secret") || holds(text, from, to, "token");
    }

    /** Whether it is one in a list of options or variables, if not in a comparison. */
    static boolean isPerhapsKey(String text, int from, int to) {
        return holds(text, from, to, "key");
    }

    private static boolean holds(String text, int from, int to, String word) {
        for (int i = from; i < to; i++) {
            if (is(text, i, to, word)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a literal's value carries a secret in itself. */
    static boolean isConnection(String value) {
        return URI.matcher(value).find() || ASSIGNMENT.matcher(value).find();
    }

    private static boolean is(String text, int at, int to, String word) {
        if (to - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Characters.lower(text.charAt(at + i)) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
