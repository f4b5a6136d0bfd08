package io.pgweir.auth.file;

import io.pgweir.auth.RoleSecret;
import io.pgweir.config.Faults;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads PgBouncer's userlist.txt:
 *
 * <pre>
 * ; a comment, as with #
 * "alice" "SCRAM-SHA-256$4096:..."
 * "bob"   "a password, with "" for a quote"
 * </pre>
 *
 * Further fields in quotes, as old PostgreSQL wrote them, mean nothing. Anything else is a fault, which shows nothing of the line.
 */
final class Userlist {
    private final String text;
    private final Faults faults;
    private final Map<String, RoleSecret> roles = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private int at;
    private int line = 1;
    private int lineStart;

    private Userlist(String text, Faults faults) {
        this.text = text;
        this.faults = faults;
    }

    /** By name. Nothing should be made of it where there are faults. */
    static Map<String, RoleSecret> read(String text, Faults faults) {
        var list = new Userlist(text, faults);
        while (list.at < text.length()) {
            list.line();
        }
        return list.roles;
    }

    private void line() {
        blanks();
        if (!isLineEnd() && text.charAt(at) != ';' && text.charAt(at) != '#') {
            entry();
        }
        at = endOfLine() + 1;
        line++;
        lineStart = at;
    }

    private void entry() {
        int nameAt = at;
        String name = field("a role's name in quotes");
        if (name == null) {
            return;
        }
        if (name.isEmpty()) {
            fault(nameAt, "an empty name (expected: a role's)");
        }
        blanks();
        int secretAt = at;
        String secret = field("its secret in quotes");
        if (secret == null) {
            return;
        }
        blanks();
        while (!isLineEnd() && text.charAt(at) != ';' && text.charAt(at) != '#') {
            if (field("the end of the line") == null) {
                return;
            }
            blanks();
        }
        Integer first = lines.putIfAbsent(name, line);
        if (first != null) {
            fault(nameAt, "a role again (expected: each once; first on line " + first + ")");
        }
        try {
            roles.put(name, RoleSecret.of(secret));
        } catch (IllegalArgumentException malformed) {
            fault(secretAt, String.valueOf(malformed.getMessage()));
        }
    }

    /** Null after a fault; then the line is over. */
    private @Nullable String field(String expected) {
        if (isLineEnd() || text.charAt(at) != '"') {
            fault(at, (isLineEnd() ? "end of line" : "something without quotes") + " (expected: " + expected + ")");
            return null;
        }
        int start = at++;
        var field = new StringBuilder();
        while (!isLineEnd()) {
            char character = text.charAt(at++);
            if (character != '"') {
                field.append(character);
            } else if (!isLineEnd() && text.charAt(at) == '"') {
                field.append('"');
                at++;
            } else {
                return field.toString();
            }
        }
        fault(start, "a quote that is never closed (expected: one more before the end of the line)");
        return null;
    }

    private void blanks() {
        while (!isLineEnd() && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || text.charAt(at) == '\r')) {
            at++;
        }
    }

    private boolean isLineEnd() {
        return at >= text.length() || text.charAt(at) == '\n';
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private void fault(int where, String message) {
        faults.add(line, where - lineStart + 1, message);
    }
}
