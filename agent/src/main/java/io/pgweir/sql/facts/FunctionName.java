package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/**
 * A function or procedure that a statement calls, folded as the server folds it.
 *
 * @param schema null where the statement names none; {@code pg_catalog} for what has a grammar of its own, as EXTRACT
 */
public record FunctionName(@Nullable String schema, String name) {
    @Override
    public String toString() {
        return schema == null ? name : schema + '.' + name;
    }
}
