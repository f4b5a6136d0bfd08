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

    /** As described; -1 before. */
    int fields = -1;

    /** Its name may stand for another statement. */
    boolean doubtful;

    PreparedStatement(String name, QueryText text, @Nullable SqlStatement statement, int[] types) {
        this.name = name;
        this.text = text;
        this.statement = statement;
        this.types = types;
    }
}
