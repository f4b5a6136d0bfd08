package io.pgweir.sql.facts;

import io.pgweir.sql.StatementClass;
import io.pgweir.sql.StatementKind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one statement says that it does. docs/sql-facts.md tells what each fact means and where it ends.
 *
 * <p>Where {@link #complete()} is false, sets and flags hold what was found before the reader gave up: what is in them is so, what
 * is not in them is unknown. Immutable; shared by all statements of one fingerprint as far as literals do not matter.
 */
public final class StatementFacts {
    private final FactsDraft draft;
    private final Set<RelationName> reads;
    private final Set<RelationName> writes;
    private final Set<ColumnName> columns;
    private final Set<FunctionName> functions;
    private final Set<String> commands;
    private final Set<String> roles;
    private final List<OutputColumn> outputs;
    private @Nullable Object note;

    StatementFacts(FactsDraft draft) {
        this.draft = draft;
        this.reads = Set.copyOf(draft.reads);
        this.writes = Set.copyOf(draft.writes);
        this.columns = Set.copyOf(draft.columns);
        this.functions = Set.copyOf(draft.functions);
        this.commands = Set.copyOf(draft.commands);
        this.roles = Set.copyOf(draft.roles);
        this.outputs = List.copyOf(draft.outputs);
    }

    /** As {@link io.pgweir.sql.SqlStatement#command()}. */
    public String command() {
        return draft.statement.command();
    }

    /** {@link #command()} and what runs within it: of WITH queries, EXPLAIN ANALYZE, PREPARE, COPY, CREATE TABLE AS. */
    public Set<String> commands() {
        return commands;
    }

    public StatementClass statementClass() {
        return draft.statement.statementClass();
    }

    public StatementKind kind() {
        return draft.statement.kind();
    }

    public String fingerprint() {
        return draft.statement.fingerprint();
    }

    /** What needs the SELECT privilege: also an UPDATE's or DELETE's own table where its columns are looked at. */
    public Set<RelationName> reads() {
        return reads;
    }

    /** What is changed, created, altered, dropped or locked against others. */
    public Set<RelationName> writes() {
        return writes;
    }

    /** Every column named anywhere. */
    public Set<ColumnName> columns() {
        return columns;
    }

    /** Of a query, or of RETURNING; empty where nothing comes back. */
    public List<OutputColumn> outputs() {
        return outputs;
    }

    /** Whether one of {@link #outputs()} is a star. */
    public boolean selectsAll() {
        return draft.selectsAll;
    }

    /** Called by name; what a grammar of its own calls, as COALESCE or CURRENT_USER, is in {@code pg_catalog}. */
    public Set<FunctionName> functions() {
        return functions;
    }

    /** Whether the query, and every UPDATE and DELETE within it, has a WHERE. */
    public boolean hasWhere() {
        return draft.hasWhere;
    }

    /** Whether one of those is true for every row, as {@code 1 = 1} is. */
    public boolean whereIsTrivial() {
        return draft.whereIsTrivial;
    }

    /** How many relations, functions and sub-selects are joined to others, by JOIN or by a comma. */
    public int joins() {
        return draft.joins;
    }

    /** Of the outermost LIMIT or FETCH FIRST where it is a literal, else null. */
    public @Nullable Long limit() {
        return draft.limit;
    }

    /** FOR UPDATE, FOR SHARE and their kin, at any depth. */
    public boolean locksRows() {
        return draft.locksRows;
    }

    public boolean writesInCte() {
        return draft.writesInCte;
    }

    public boolean selectInto() {
        return draft.selectInto;
    }

    /** The deepest nesting of parentheses. */
    public int depth() {
        return draft.depth;
    }

    /** Null for any statement but COPY. */
    public @Nullable CopyFacts copy() {
        return draft.copy;
    }

    public boolean explain() {
        return draft.explain;
    }

    /** EXPLAIN that runs what it explains. */
    public boolean explainAnalyze() {
        return draft.explainAnalyze;
    }

    /** The setting that SET, RESET, ALTER ... SET or {@code set_config} with a literal name changes; {@code all} for RESET ALL. */
    public @Nullable String setting() {
        return draft.setting;
    }

    /** Roles that SET ROLE, GRANT, CREATE, ALTER or DROP ROLE, OWNER TO and their kin name. */
    public Set<String> roles() {
        return roles;
    }

    /** Whether relations, columns and functions are all there are. */
    public boolean complete() {
        return draft.incomplete == null;
    }

    /** Why not, in a few words; null where {@link #complete()}. */
    public @Nullable String incompleteReason() {
        return draft.incomplete;
    }

    /** Whether servers of other versions or settings may read the text in another way. */
    public boolean ambiguous() {
        return draft.ambiguous != null;
    }

    public @Nullable String ambiguousReason() {
        return draft.ambiguous;
    }

    /** What a reader of these facts made of them and nothing else, to find it again; null where nobody did, or another was faster. */
    public @Nullable Object note() {
        return note;
    }

    /** @param made immutable: threads race for it, and any of theirs will do */
    public void note(Object made) {
        note = made;
    }
}
