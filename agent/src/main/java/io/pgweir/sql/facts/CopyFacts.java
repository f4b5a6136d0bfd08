package io.pgweir.sql.facts;

import io.pgweir.sql.CopyClause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What COPY moves and where.
 *
 * @param relation null for {@code COPY (query) TO}
 * @param columns as listed; empty where none are, which means all
 */
public record CopyFacts(
        CopyClause.Direction direction,
        CopyClause.Target target,
        @Nullable RelationName relation,
        List<String> columns) {}
