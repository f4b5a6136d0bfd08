package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/** A statement that Parse or SQL PREPARE has named. */
final class PreparedStatement {
    final String name;
    final QueryText text;

    /** Null for an empty query string. */
    final @Nullable SqlStatement statement;

    /** OIDs of its parameters: as Parse gave them, then as the server described them. */
    int[] types;

    /** Of its Parse. */
    final @Nullable Opinion opinion;

    /** What was parsed in its place; null where it was parsed itself. */
    final @Nullable SqlStatement rewritten;

    /** As described; -1 before. */
    int fields = -1;

    /** Its name may stand for another statement. */
    boolean doubtful;

    PreparedStatement(
            String name,
            QueryText text,
            @Nullable SqlStatement statement,
            int[] types,
            @Nullable Opinion opinion,
            @Nullable SqlStatement rewritten) {
        this.name = name;
        this.text = text;
        this.statement = statement;
        this.types = types;
        this.opinion = opinion;
        this.rewritten = rewritten;
    }
}
