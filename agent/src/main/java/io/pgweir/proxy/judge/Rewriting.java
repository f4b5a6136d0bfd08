package io.pgweir.proxy.judge;

import io.pgweir.rules.Action;
import io.pgweir.session.Foreseen;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.StatementKind;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Other words in a statement's place.
 *
 * <p>A row limit is put at the end of a query that has none; around one that has: {@code SELECT * FROM (...) AS pgweir LIMIT n}, which
 * keeps names, types, order and origin of its columns.
 */
final class Rewriting {
    private static final Pattern HAS_LIMIT = Pattern.compile("(?i)\\b(limit|fetch|offset)\\b");

    private Rewriting() {}

    /** What became of it. */
    sealed interface Result {
        /** Nothing had to change. */
        record Same() implements Result {}

        /** It cannot be done to this statement. */
        record Impossible(String why) implements Result {}

        /** @param text in the place of all from the statement's first token to its last */
        record Text(String text) implements Result {}
    }

    static Result of(Action.Rewrite rewrite, SqlStatement statement, FactsCache cache) {
        StatementFacts facts = cache.of(statement);
        return switch (rewrite) {
            case Action.Rewrite.Replace replace -> replaced(statement, facts, replace.sql());
            case Action.Rewrite.AtMost most -> limited(statement, facts, most.rows());
        };
    }

    private static Result replaced(SqlStatement statement, StatementFacts facts, String sql) {
        if (statement.kind() == StatementKind.PREPARE && statement.preparedText() != null) {
            String text = statement.text();
            return new Result.Text(
                    text.substring(0, text.length() - statement.preparedText().length()) + sql);
        }
        return switch (facts.command()) {
            case "EXPLAIN", "DECLARE CURSOR", "COPY", "CREATE TABLE AS", "SELECT INTO", "EXECUTE", "FETCH", "PREPARE" ->
                new Result.Impossible(facts.command() + " cannot be rewritten");
            default -> new Result.Text(sql);
        };
    }

    private static Result limited(SqlStatement statement, StatementFacts facts, long rowsMax) {
        if (facts.statementClass() != StatementClass.READ) {
            return facts.complete() && facts.outputs().isEmpty()
                    ? new Result.Same()
                    : new Result.Impossible(facts.command() + " cannot be limited by a rewrite");
        }
        if (!facts.complete() || facts.ambiguous() || !facts.command().equals("SELECT")) {
            return new Result.Impossible("what the statement does is not known well enough to limit it by a rewrite");
        }
        Long limit = facts.limit();
        if (limit != null && limit <= rowsMax) {
            return new Result.Same();
        }
        return HAS_LIMIT.matcher(statement.redacted()).find()
                ? new Result.Text("select * from (" + statement.text() + ") as pgweir limit " + rowsMax)
                : new Result.Text(statement.text() + " limit " + rowsMax);
    }

    /**
     * The query string with some of its statements replaced.
     *
     * @param texts of each statement of {@code next}, null where it stays
     */
    static String script(String sql, Foreseen next, @Nullable String[] texts) {
        StringBuilder script = new StringBuilder(sql.length() + 64);
        int at = 0;
        List<SqlStatement> statements = next.statements();
        for (int i = 0; i < texts.length; i++) {
            if (texts[i] != null) {
                script.append(sql, at, statements.get(i).start()).append(texts[i]);
                at = statements.get(i).end();
            }
        }
        return script.append(sql, at, sql.length()).toString();
    }

    /** Null where {@code text} is not exactly one statement: its answers could not be told apart then. */
    static @Nullable SqlStatement single(String text) {
        List<SqlStatement> statements = SqlScript.of(text, LexicalRules.DEFAULT).statements();
        return statements.size() == 1 ? statements.getFirst() : null;
    }
}
