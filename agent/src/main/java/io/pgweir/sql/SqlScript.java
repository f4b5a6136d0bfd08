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

    /** A query string as written but for secrets, between its statements too; itself where it has none. See {@link SqlStatement#withoutSecrets}. */
    public static String withoutSecrets(String text, LexicalRules rules) {
        return SecretWords.mayStandIn(text, 0, text.length()) ? of(text, rules).withoutSecrets() : text;
    }

    private String withoutSecrets() {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (SqlStatement statement : statements) {
            out.append(SecretRedactor.redact(text, rules, at, statement.start()))
                    .append(statement.withoutSecrets());
            at = statement.end();
        }
        return out.append(SecretRedactor.redact(text, rules, at, text.length())).toString();
    }

    LexicalRules rules() {
        return rules;
    }

    /** In order, empty ones left out; none for a query string of blanks, comments and semicolons. */
    public List<SqlStatement> statements() {
        return statements;
    }
}
