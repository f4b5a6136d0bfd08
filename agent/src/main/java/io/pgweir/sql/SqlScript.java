package io.pgweir.sql;

import java.util.List;

/** A query string as the server's grammar splits it. Implementation: sql helper. */
public final class SqlScript {
    private final String text;
    private final List<SqlStatement> statements;

    private SqlScript(String text, List<SqlStatement> statements) {
        this.text = text;
        this.statements = statements;
    }

    /** Never throws: what PostgreSQL would refuse to lex becomes a statement up to the end of the text. */
    public static SqlScript of(String text, LexicalRules rules) {
        return new SqlScript(text, List.of());
    }

    public String text() {
        return text;
    }

    /** In order, empty ones left out; none for a query string of blanks, comments and semicolons. */
    public List<SqlStatement> statements() {
        return statements;
    }
}
