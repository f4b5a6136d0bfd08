package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/**
 * A table, view, sequence, index or foreign table as the statement names it, folded as the server folds it.
 *
 * @param schema null where the statement names none and {@code search_path} decides
 */
public record RelationName(@Nullable String schema, String name) {
    @Override
    public String toString() {
        return schema == null ? name : schema + '.' + name;
    }
}
