package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/**
 * A column that a statement names.
 *
 * @param relation that it is of; null where that depends on what the relations' columns are called
 * @param name {@value #ALL} where every column is meant: by a star, a whole row, a renaming of columns by position
 */
public record ColumnName(@Nullable RelationName relation, String name) {
    public static final String ALL = "*";

    @Override
    public String toString() {
        return relation == null ? name : relation + "." + name;
    }
}
