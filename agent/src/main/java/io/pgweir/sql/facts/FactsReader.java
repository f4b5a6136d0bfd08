package io.pgweir.sql.facts;

import io.pgweir.sql.SqlStatement;

/** Reads the facts of one statement. */
final class FactsReader {
    private FactsReader() {}

    static StatementFacts read(SqlStatement statement) {
        FactsDraft draft = new FactsDraft(statement);
        draft.incomplete = "not read";
        return new StatementFacts(draft);
    }
}
