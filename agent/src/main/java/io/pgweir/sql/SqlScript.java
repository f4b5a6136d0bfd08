package io.pgweir.sql;

import java.util.List;

/**
 * A query string as the server's grammar splits it: at semicolons outside of parentheses and outside of the {@code BEGIN
 * ATOMIC ... END} body of CREATE FUNCTION or PROCEDURE.
 *
 * <p>The server parses the whole string before it runs anything, so unbalanced parentheses fail the string as a whole: a
 * parenthesis that never closes takes the rest of the text into one statement, one that never opened is skipped. Immutable.
 */
public final class SqlScript {
    private final String text;
    private final LexicalRules rules;
    private final List<SqlStatement> statements;

    private SqlScript(String text, LexicalRules rules, List<SqlStatement> statements) {
        this.text = text;
        this.rules = rules;
        this.statements = statements;
    }

    /** Never throws: what PostgreSQL would refuse to lex becomes a statement up to the end of the text. */
    public static SqlScript of(String text, LexicalRules rules) {
        return new SqlScript(text, rules, new StatementSplitter(text, rules).split());
    }

    public String text() {
        return text;
    }

    LexicalRules rules() {
        return rules;
    }

    /** In order, empty ones left out; none for a query string of blanks, comments and semicolons. */
    public List<SqlStatement> statements() {
        return statements;
    }
}
