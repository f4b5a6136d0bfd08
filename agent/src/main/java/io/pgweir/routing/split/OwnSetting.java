package io.pgweir.routing.split;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a statement makes of one of the settings that pgweir reads, which a server takes for an extension's and keeps as it does any:
 *
 * <pre>
 *   pgweir.route     where the session's statements go: auto, leader, replica
 *   pgweir.min_lsn   what its reads have to see at least
 *   pgweir.lsn       what they would have to see elsewhere, to see what they see here; read only
 * </pre>
 *
 * @param name in lower case; {@link #ALL} of RESET ALL
 * @param value as the server has it; null where it becomes what it was at the session's beginning
 */
public record OwnSetting(String name, @Nullable String value) {
    public static final String ROUTE = "pgweir.route";
    public static final String MIN_LSN = "pgweir.min_lsn";
    public static final String LSN = "pgweir.lsn";
    public static final String ALL = "all";

    private static final String PREFIX = "pgweir.";
    private static final int TOKENS_MAX = 256;
    private static final int POSITION_DIGITS_MAX = 8;

    /**
     * Why no server should take it, as an ErrorResponse tells it.
     *
     * @param detail null for none, as {@code hint}
     */
    public record Fault(
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) {}

    /** Of SET, RESET and {@code set_config} with literals, in order; what has none of pgweir's settings in it has none. */
    public static List<OwnSetting> of(SqlStatement statement) {
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        List<OwnSetting> found = new ArrayList<>(1);
        switch (tokens.word(0)) {
            case "SET" -> addSet(tokens, found);
            case "RESET" -> addReset(tokens, found);
            default -> addCalls(tokens, found);
        }
        return found;
    }

    /** Whether the statement is SHOW of that setting. */
    public static boolean isShown(SqlStatement statement, String setting) {
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        int end = nameEnd(tokens, 1);
        return tokens.word(0).equals("SHOW")
                && end == tokens.size()
                && name(tokens, 1, end).equals(setting);
    }

    private static void addSet(SqlTokens tokens, List<OwnSetting> found) {
        boolean scope = tokens.word(1).equals("LOCAL") || tokens.word(1).equals("SESSION");
        int from = scope ? 2 : 1;
        int end = nameEnd(tokens, from);
        if (end == from || !(tokens.word(end).equals("TO") || tokens.is(end, "="))) {
            return;
        }
        int at = end + 1;
        boolean standard = tokens.word(at).equals("DEFAULT") && at + 1 == tokens.size();
        add(name(tokens, from, end), standard ? null : value(tokens, at), found);
    }

    private static void addReset(SqlTokens tokens, List<OwnSetting> found) {
        int end = nameEnd(tokens, 1);
        if (tokens.word(1).equals("ALL") && end == 2) {
            found.add(new OwnSetting(ALL, null));
        } else {
            add(name(tokens, 1, end), null, found);
        }
    }

    private static void addCalls(SqlTokens tokens, List<OwnSetting> found) {
        for (int i = 0; i < tokens.size(); i++) {
            boolean literals = tokens.symbol(i + 1) == '('
                    && tokens.name(i).equals("set_config")
                    && tokens.isString(i + 2)
                    && tokens.symbol(i + 3) == ','
                    && tokens.symbol(i + 5) == ',';
            if (literals) {
                String value = tokens.isString(i + 4) ? tokens.value(i + 4) : null;
                add(tokens.value(i + 2).toLowerCase(Locale.ROOT), value, found);
            }
        }
    }

    private static void add(String name, @Nullable String value, List<OwnSetting> found) {
        if (name.startsWith(PREFIX)) {
            found.add(new OwnSetting(name, value));
        }
    }

    /** Behind {@code a.b.c}, which begins at {@code from}; there where no name begins. */
    private static int nameEnd(SqlTokens tokens, int from) {
        if (!tokens.isName(from)) {
            return from;
        }
        int at = from + 1;
        while (tokens.symbol(at) == '.' && tokens.isName(at + 1)) {
            at += 2;
        }
        return at;
    }

    private static String name(SqlTokens tokens, int from, int end) {
        StringBuilder name = new StringBuilder();
        for (int i = from; i < end; i++) {
            name.append(tokens.symbol(i) == '.' ? "." : tokens.name(i));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    /** A string, a word or a number; what the server would not take for one of these is told as it is written. */
    private static String value(SqlTokens tokens, int from) {
        if (from + 1 == tokens.size()) {
            return tokens.isString(from)
                    ? tokens.value(from)
                    : tokens.isName(from) ? tokens.name(from) : tokens.text(from);
        }
        StringBuilder written = new StringBuilder();
        for (int i = from; i < tokens.size(); i++) {
            written.append(tokens.text(i));
        }
        return written.toString();
    }

    /** Null where it may be set. */
    public @Nullable Fault fault() {
        return switch (name) {
            case ALL -> null;
            case ROUTE ->
                value == null || route(value) != null
                        ? null
                        : invalid("Available values: auto, leader, replica.", value);
            case MIN_LSN ->
                value == null || isPosition(value)
                        ? null
                        : invalid("A position in the WAL is expected, as SHOW pgweir.lsn tells it.", value);
            case LSN -> new Fault("55P02", "parameter \"pgweir.lsn\" cannot be changed", null, null);
            default ->
                new Fault(
                        "42602",
                        "invalid configuration parameter name \"" + name + '"',
                        "\"pgweir\" is a reserved prefix.",
                        null);
        };
    }

    private Fault invalid(String hint, String found) {
        return new Fault("22023", "invalid value for parameter \"" + name + "\": \"" + found + '"', null, hint);
    }

    /** What that value of {@link #ROUTE} asks for; null of no such value. */
    public static @Nullable Hint route(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "auto" -> Hint.NONE;
            case "leader" -> Hint.LEADER;
            case "replica" -> Hint.REPLICA;
            default -> null;
        };
    }

    /** As PostgreSQL reads a pg_lsn: up to eight hexadecimal digits, a slash, and up to eight more. */
    public static boolean isPosition(String value) {
        int slash = value.indexOf('/');
        return isHexadecimal(value, 0, slash) && isHexadecimal(value, slash + 1, value.length());
    }

    private static boolean isHexadecimal(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            char digit = value.charAt(i);
            if (digit > 'f' || Character.digit(digit, 16) < 0) {
                return false;
            }
        }
        return to > from && to - from <= POSITION_DIGITS_MAX;
    }
}
