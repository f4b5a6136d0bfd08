package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the readers of one statement share. */
final class Reader {
    final Cursor cursor;
    final FactsDraft draft;
    final TypeReader types;
    final ExpressionReader expressions;
    final CallReader calls;
    final FromReader from;
    final SelectReader selects;
    final QueryReader queries;
    final ChangeReader changes;
    final DefinitionReader definitions;

    private final Lineage.Budget budget;

    /** The query level that stands here. */
    Scope scope = new Scope(null, null);

    /** Every column that was looked up, in the order of the levels' ends: what stands inside of an expression is in its range. */
    final List<ColumnName> resolved = new ArrayList<>();

    Reader(Cursor cursor) {
        this.cursor = cursor;
        this.draft = cursor.draft;
        this.budget = new Lineage.Budget(cursor);
        this.types = new TypeReader(cursor);
        this.expressions = new ExpressionReader(this);
        this.calls = new CallReader(this);
        this.from = new FromReader(this);
        this.selects = new SelectReader(this);
        this.queries = new QueryReader(this);
        this.changes = new ChangeReader(this);
        this.definitions = new DefinitionReader(this);
    }

    /** From here on columns and functions are noted, up to {@link #madeSince}. */
    Mark mark() {
        return new Mark(scope.references.size(), resolved.size());
    }

    record Mark(int references, int resolved) {}

    /** What the expressions read since {@code mark} are made from, as far as the sources are known. */
    Set<ColumnName> madeSince(Mark mark) {
        return made(mark, mark());
    }

    Set<ColumnName> made(Mark from, Mark to) {
        Lineage columns = lineage();
        scope.resolveAll(from.references, to.references, columns);
        columns.addAll(resolved.subList(from.resolved, to.resolved));
        return columns.columns();
    }

    Lineage lineage() {
        return new Lineage(budget);
    }

    /** Ends the current level: what it named is looked up, and what is not its own is the outer level's. */
    void endScope(Scope around) {
        Lineage found = lineage();
        Scope outer = scope.outer;
        for (Scope.Reference reference : scope.references) {
            if (scope.resolveHere(reference, found)) {
                continue;
            }
            if (outer == null) {
                found.add(new ColumnName(null, reference.name()));
            } else {
                outer.references.add(reference);
            }
        }
        draft.columns.addAll(found.columns());
        resolved.addAll(found.columns());
        scope = around;
    }

    /** A level for expressions over one relation: of an index, a policy, a default. */
    Scope beginScope(Scope inner) {
        Scope around = scope;
        scope = inner;
        return around;
    }
}
