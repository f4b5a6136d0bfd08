package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import org.jspecify.annotations.Nullable;

/** EXECUTE, EXPLAIN and CREATE TABLE AS of one: what it runs stands elsewhere, in a PREPARE or in a Parse message. */
public final class Execution {
    private static final int TOKENS_MAX = 2000;
    private static final Need UNKNOWN = Need.leader(Reason.UNKNOWN_STATEMENT, Effect.STATE);
    private static final Need INCOMPLETE = Need.leader(Reason.INCOMPLETE, Effect.STATE);

    private Execution() {}

    /** What EXECUTE or EXPLAIN EXECUTE hands over, as a query of its own; empty where that is nothing but literals; null where nobody can tell. */
    public static @Nullable String arguments(SqlStatement statement) {
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        if (tokens.isCut() || tokens.isFolded() || tokens.fault() != null) {
            return null;
        }
        boolean creates = isCreation(statement);
        int end = creates ? endOfQuery(tokens) : tokens.size();
        int open = execute(tokens, creates) + 2;
        if (open >= end) {
            return open == end ? "" : null;
        }
        int close = end - 1;
        if (tokens.symbol(open) != '(' || tokens.partner(open) != close) {
            return null;
        }
        return areLiterals(tokens, open, close) ? "" : query(tokens, open, close);
    }

    /** Index of the word, which options, tables and columns may have for a name. */
    private static int execute(SqlTokens tokens, boolean creates) {
        int at = 0;
        while (at < tokens.size()
                && !(tokens.word(at).equals("EXECUTE")
                        && (!creates || tokens.word(at - 1).equals("AS")))) {
            at = tokens.symbol(at) == '(' ? tokens.partner(at) + 1 : at + 1;
        }
        return at;
    }

    /** Ahead of WITH DATA and WITH NO DATA. */
    private static int endOfQuery(SqlTokens tokens) {
        int size = tokens.size();
        if (!tokens.word(size - 1).equals("DATA")) {
            return size;
        }
        return tokens.word(size - 2).equals("NO") ? size - 3 : size - 2;
    }

    private static boolean areLiterals(SqlTokens tokens, int open, int close) {
        for (int i = open + 1; i < close; i++) {
            boolean harmless = tokens.isLiteral(i)
                    || tokens.isParameter(i)
                    || tokens.symbol(i) == ','
                    || tokens.word(i).equals("NULL");
            if (!harmless) {
                return false;
            }
        }
        return true;
    }

    private static String query(SqlTokens tokens, int open, int close) {
        StringBuilder query = new StringBuilder("SELECT");
        for (int i = open + 1; i < close; i++) {
            query.append(' ').append(tokens.text(i));
        }
        return query.toString();
    }

    /**
     * @param prepared what it executes asks for; null where nobody knows that
     * @param arguments what their query asks for; null where nobody can tell
     */
    public static Need need(SqlStatement statement, @Nullable Need prepared, @Nullable Need arguments) {
        Need ran = (prepared == null ? UNKNOWN : itself(prepared)).and(arguments == null ? INCOMPLETE : arguments);
        if (!isCreation(statement)) {
            return ran;
        }
        return new Words(statement).isTemporary()
                ? Need.leader(Reason.TEMPORARY, Effect.STATE)
                : Need.leader(Reason.WRITE, ran.effect());
    }

    /** A setting is made elsewhere by its own text, and not by that of EXECUTE. */
    private static Need itself(Need prepared) {
        boolean settles = prepared.effect() == Effect.SETTING || prepared.effect() == Effect.RESET;
        return settles ? Need.leader(prepared.reason(), Effect.STATE) : prepared;
    }

    private static boolean isCreation(SqlStatement statement) {
        return statement.command().startsWith("CREATE");
    }
}
