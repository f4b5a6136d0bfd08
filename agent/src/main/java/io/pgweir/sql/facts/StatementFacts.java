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
    private static final int BYTES_MIN = 512;
    private static final int BYTES_PER_NAME = 160;

    private final String command;
    private final StatementClass statementClass;
    private final StatementKind kind;
    private final String fingerprint;
    private final Set<RelationName> reads;
    private final Set<RelationName> writes;
    private final Set<ColumnName> columns;
    private final Set<FunctionName> functions;
    private final Set<String> commands;
    private final Set<String> roles;
    private final List<OutputColumn> outputs;
    private @Nullable Object note;
    private @Nullable Object place;
    private final boolean selectsAll;
    private final boolean hasWhere;
    private final boolean whereIsTrivial;
    private final int joins;
    private final @Nullable Long limit;
    private final boolean locksRows;
    private final boolean writesInCte;
    private final boolean selectInto;
    private final int depth;
    private final @Nullable CopyFacts copy;
    private final boolean explain;
    private final boolean explainAnalyze;
    private final @Nullable String setting;
    private final @Nullable String incomplete;
    private final @Nullable String ambiguous;

    StatementFacts(FactsDraft draft) {
        this.command = draft.statement.command();
        this.statementClass = draft.statement.statementClass();
        this.kind = draft.statement.kind();
        this.fingerprint = draft.statement.fingerprint();
        this.reads = Set.copyOf(draft.reads);
        this.writes = Set.copyOf(draft.writes);
        this.columns = Set.copyOf(draft.columns);
        this.functions = Set.copyOf(draft.functions);
        this.commands = Set.copyOf(draft.commands);
        this.roles = Set.copyOf(draft.roles);
        this.outputs = List.copyOf(draft.outputs);
        this.selectsAll = anyStar(outputs);
        this.hasWhere = draft.hasWhere;
        this.whereIsTrivial = draft.whereIsTrivial;
        this.joins = draft.joins;
        this.limit = draft.limit;
        this.locksRows = draft.locksRows;
        this.writesInCte = draft.writesInCte;
        this.selectInto = draft.selectInto;
        this.depth = draft.depth;
        this.copy = draft.copy;
        this.explain = draft.explain;
        this.explainAnalyze = draft.explainAnalyze;
        this.setting = draft.setting;
        this.incomplete = draft.incomplete;
        this.ambiguous = draft.ambiguous;
    }

    private static boolean anyStar(List<OutputColumn> outputs) {
        for (OutputColumn output : outputs) {
            if (output.star()) {
                return true;
            }
        }
        return false;
    }

    /** Of heap, roughly: what the cache counts. */
    long bytes() {
        int entries = reads.size() + writes.size() + columns.size() + functions.size() + commands.size() + roles.size();
        for (OutputColumn output : outputs) {
            entries += 2 + output.columns().size();
        }
        return BYTES_MIN + (long) BYTES_PER_NAME * entries;
    }

    /** As {@link io.pgweir.sql.SqlStatement#command()}. */
    public String command() {
        return command;
    }

    /** {@link #command()} and what runs within it: of WITH queries, EXPLAIN ANALYZE, PREPARE, COPY, CREATE TABLE AS. */
    public Set<String> commands() {
        return commands;
    }

    public StatementClass statementClass() {
        return statementClass;
    }

    public StatementKind kind() {
        return kind;
    }

    public String fingerprint() {
        return fingerprint;
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
        return selectsAll;
    }

    /** Called by name; what a grammar of its own calls, as COALESCE or CURRENT_USER, is in {@code pg_catalog}. */
    public Set<FunctionName> functions() {
        return functions;
    }

    /** Whether the query, and every UPDATE and DELETE within it, has a WHERE. */
    public boolean hasWhere() {
        return hasWhere;
    }

    /** Whether one of those is true for every row, as {@code 1 = 1} is. */
    public boolean whereIsTrivial() {
        return whereIsTrivial;
    }

    /** How many relations, functions and sub-selects are joined to others, by JOIN or by a comma. */
    public int joins() {
        return joins;
    }

    /** Of the outermost LIMIT or FETCH FIRST where it is a literal, else null. */
    public @Nullable Long limit() {
        return limit;
    }

    /** FOR UPDATE, FOR SHARE and their kin, at any depth. */
    public boolean locksRows() {
        return locksRows;
    }

    public boolean writesInCte() {
        return writesInCte;
    }

    public boolean selectInto() {
        return selectInto;
    }

    /** The deepest nesting of parentheses. */
    public int depth() {
        return depth;
    }

    /** Null for any statement but COPY. */
    public @Nullable CopyFacts copy() {
        return copy;
    }

    public boolean explain() {
        return explain;
    }

    /** EXPLAIN that runs what it explains. */
    public boolean explainAnalyze() {
        return explainAnalyze;
    }

    /** The setting that SET, RESET, ALTER ... SET or {@code set_config} with a literal name changes; {@code all} for RESET ALL. */
    public @Nullable String setting() {
        return setting;
    }

    /** Roles that SET ROLE, GRANT, CREATE, ALTER or DROP ROLE, OWNER TO and their kin name. */
    public Set<String> roles() {
        return roles;
    }

    /** Whether relations, columns and functions are all there are. */
    public boolean complete() {
        return incomplete == null;
    }

    /** Why not, in a few words; null where {@link #complete()}. */
    public @Nullable String incompleteReason() {
        return incomplete;
    }

    /** Whether servers of other versions or settings may read the text in another way. */
    public boolean ambiguous() {
        return ambiguous != null;
    }

    public @Nullable String ambiguousReason() {
        return ambiguous;
    }

    /** What a reader of these facts made of them and nothing else, to find it again; null where nobody did, or another was faster. */
    public @Nullable Object note() {
        return note;
    }

    /** @param made immutable: threads race for it, and any of theirs will do */
    public void note(Object made) {
        note = made;
    }

    /** As {@link #note()}, of the reader that tells where the statement may run. */
    public @Nullable Object place() {
        return place;
    }

    /** @param made immutable, as of {@link #note(Object)} */
    public void place(Object made) {
        place = made;
    }
}
