package io.pgweir.rules;

import org.jspecify.annotations.Nullable;

/**
 * Which columns, as PostgreSQL folds names: {@code schema.relation.column}, {@code relation.column} or {@code column}.
 *
 * @param schema null for any
 * @param relation null for any; then the column goes by its name in the result, too
 */
public record ColumnPattern(
        @Nullable NamePattern schema, @Nullable NamePattern relation, NamePattern column) {

    /** Whether the origin that RowDescription tells is one of these columns. */
    public boolean matches(String ofSchema, String ofRelation, String name) {
        return (schema == null || schema.matches(ofSchema))
                && (relation == null || relation.matches(ofRelation))
                && column.matches(name);
    }

    /** Whether columns of a relation that is called so in a statement may be meant. {@code ofSchema} is null where none stands. */
    public boolean mayMean(@Nullable String ofSchema, String ofRelation) {
        return (relation == null || relation.matches(ofRelation))
                && (schema == null || ofSchema == null || schema.matches(ofSchema));
    }

    @Override
    public String toString() {
        return (schema == null ? "" : schema + ".") + (relation == null ? "" : relation + ".") + column;
    }
}
