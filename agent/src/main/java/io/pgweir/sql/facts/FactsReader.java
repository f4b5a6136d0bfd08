package io.pgweir.sql.facts;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads the facts of one statement, in time and memory that grow with its tokens, of which there is a bound. */
final class FactsReader {
    /** Of a longer statement command and class are told, and that it is too long. */
    static final int TOKENS_MAX = 20_000;

    private FactsReader() {}

    static FactsDraft read(SqlStatement statement) {
        FactsDraft draft = new FactsDraft(statement);
        SqlTokens tokens = statement.tokens(TOKENS_MAX);
        draft.depth = tokens.depth();
        draft.ambiguous = tokens.doubt();
        if (tokens.isCut()) {
            draft.incomplete = "too long";
            draft.literalsMatter = true;
        } else if (tokens.fault() != null) {
            draft.incomplete = tokens.fault();
        } else {
            Cursor cursor = new Cursor(tokens, draft);
            new StatementReader(new Reader(cursor)).whole();
            FunctionName runner = TextRunners.among(draft.functions);
            if (runner != null) {
                // Where the reader has given up already, its reason stays.
                draft.incomplete =
                        draft.incomplete == null ? runner.name() + " runs what its arguments say" : draft.incomplete;
            }
            if (tokens.isFolded()) {
                blur(draft);
            }
        }
        return draft;
    }

    /** Which output stands in which place is not known. */
    private static void blur(FactsDraft draft) {
        draft.literalsMatter = true;
        if (!draft.outputs.isEmpty()) {
            Set<ColumnName> all = new LinkedHashSet<>();
            draft.outputs.forEach(output -> all.addAll(output.columns()));
            draft.outputs.clear();
            draft.outputs.add(new OutputColumn(null, all, true));
        }
    }
}
