package io.pgweir.sql.facts;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of what a statement gives back, in its place.
 *
 * @param name the label that the server will give it; null where the server makes one up
 * @param columns what its value is made from, seen through sub-selects and WITH queries
 * @param star whether it stands for any number of columns
 */
public record OutputColumn(@Nullable String name, Set<ColumnName> columns, boolean star) {}
