package io.pgweir.sql.facts;

import io.pgweir.sql.SqlStatement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Facts while they are found. */
final class FactsDraft {
    final SqlStatement statement;
    final Set<RelationName> reads = new LinkedHashSet<>();
    final Set<RelationName> writes = new LinkedHashSet<>();
    final Set<ColumnName> columns = new LinkedHashSet<>();
    final Set<FunctionName> functions = new LinkedHashSet<>();
    final Set<String> commands = new LinkedHashSet<>();
    final Set<String> roles = new LinkedHashSet<>();
    final List<OutputColumn> outputs = new ArrayList<>();

    boolean hasWhere;
    boolean whereIsTrivial;
    int joins;

    @Nullable
    Long limit;

    boolean locksRows;
    boolean writesInCte;
    boolean selectInto;
    int depth;

    @Nullable
    CopyFacts copy;

    boolean explain;
    boolean explainAnalyze;

    @Nullable
    String setting;

    @Nullable
    String incomplete;

    @Nullable
    String ambiguous;

    /** Whether another literal in its place may change a fact: such statements are not told apart by their fingerprint. */
    boolean literalsMatter;

    /** Tokens at which a column is named. */
    final BitSet columnTokens = new BitSet();

    private boolean lacksWhere;

    /** Of the statement's own query, or of an UPDATE or DELETE anywhere in it. */
    void haveWhere(boolean trivial) {
        hasWhere = !lacksWhere;
        whereIsTrivial |= trivial;
    }

    /** @param counts false for a sub-select, whose WHERE says nothing about what the statement touches */
    void lackWhere(boolean counts) {
        if (counts) {
            lacksWhere = true;
            hasWhere = false;
        }
    }

    FactsDraft(SqlStatement statement) {
        this.statement = statement;
        if (!statement.command().isEmpty()) {
            commands.add(statement.command());
        }
    }
}
