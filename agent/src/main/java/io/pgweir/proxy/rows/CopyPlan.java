package io.pgweir.proxy.rows;

import io.pgweir.proxy.rows.KnownColumns.Column;
import io.pgweir.proxy.rows.KnownColumns.Relation;
import io.pgweir.proxy.rows.MaskPlan.Source;
import io.pgweir.rules.Action;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.facts.ColumnName;
import io.pgweir.sql.facts.CopyFacts;
import io.pgweir.sql.facts.OutputColumn;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.value.PgType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a COPY TO STDOUT are masked. The stream tells how many there are and nothing else.
 *
 * <pre>
 *   COPY t (a, b) TO    as listed
 *   COPY t TO           the catalog's order, without generated columns; it must have as many as the stream
 *   COPY (query) TO     the query's outputs; one star is as many columns as are left, in the catalog's order
 * </pre>
 *
 * What does not come out so is refused: a COPY of masked columns that cannot be told apart shows none.
 */
final class CopyPlan {
    private static final MaskPlan UNKNOWN = new MaskPlan(null, "pgweir cannot tell which columns this COPY writes");

    private final Source source;
    private final CopyClause clause;
    private final int columns;

    /** What one column of the stream may be: by name, of one of these. */
    private record Written(String name, @Nullable RelationName relation, List<Column> columns, List<Relation> of) {}

    CopyPlan(Source source, CopyClause clause, int columns) {
        this.source = source;
        this.clause = clause;
        this.columns = columns;
    }

    MaskPlan make() {
        StatementFacts facts = source.facts();
        CopyFacts copy = facts == null ? null : facts.copy();
        if (facts == null || copy == null || !facts.complete() || facts.ambiguous()) {
            return UNKNOWN;
        }
        RelationName relation = copy.relation();
        return relation == null ? ofQuery(facts) : ofTable(relation, copy.columns());
    }

    private MaskPlan ofTable(RelationName relation, List<String> listed) {
        if (!listed.isEmpty()) {
            return listed.size() == columns ? plan(written(relation, listed)) : UNKNOWN;
        }
        List<Written> all = inCatalogOrder(relation, false, columns);
        if (all != null) {
            return plan(all);
        }
        boolean unmasked = source.fresh() && candidates(relation).isEmpty();
        return unmasked || !isMasked(relation) ? MaskPlan.NOTHING : UNKNOWN;
    }

    /** Whether any rule may mean a column of {@code relation}, as far as its name tells. */
    private boolean isMasked(RelationName relation) {
        for (Action.Mask mask : source.masks()) {
            for (ColumnPattern pattern : mask.columns()) {
                if (pattern.mayMean(relation.schema(), relation.name())) {
                    return true;
                }
            }
        }
        return !candidates(relation).isEmpty();
    }

    private MaskPlan ofQuery(StatementFacts facts) {
        Lineage lineage = new Lineage(facts, columns);
        @Nullable ValueMask[] plan = new ValueMask[columns];
        boolean any = false;
        int starAt = 0;
        List<Written> star = null;
        for (int i = 0; i < columns; i++) {
            OutputColumn output = lineage.output(i);
            if (output != null && output.star() && star == null) {
                starAt = i;
                star = star(output, columns - facts.outputs().size() + 1);
            }
            ValueMask mask;
            if (output != null && output.star() && star != null) {
                mask = maskOf(star.get(i - starAt));
            } else if ((output == null || output.star()) && isShownByAnyRule(lineage, i)) {
                return UNKNOWN;
            } else {
                mask = maskOf(lineage, output, i);
            }
            plan[i] = mask;
            any |= mask != null;
        }
        return any ? new MaskPlan(plan, null) : MaskPlan.NOTHING;
    }

    private boolean isShownByAnyRule(Lineage lineage, int index) {
        for (Action.Mask mask : source.masks()) {
            for (ColumnPattern pattern : mask.columns()) {
                if (lineage.mayShow(index, pattern)) {
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable List<Written> star(OutputColumn output, int width) {
        RelationName only = null;
        for (ColumnName column : output.columns()) {
            RelationName relation = column.relation();
            if (relation == null || (only != null && !only.equals(relation))) {
                return null;
            }
            only = relation;
        }
        return only == null ? null : inCatalogOrder(only, true, width);
    }

    private @Nullable ValueMask maskOf(Lineage lineage, @Nullable OutputColumn output, int index) {
        for (Action.Mask mask : source.masks()) {
            for (ColumnPattern pattern : mask.columns()) {
                if (lineage.mayShow(index, pattern)
                        || (pattern.relation() == null
                                && output != null
                                && output.name() != null
                                && pattern.column().matches(output.name()))) {
                    return valueMask(mask, typeOf(output));
                }
            }
        }
        return null;
    }

    /** Of an output that is nothing but one column. */
    private @Nullable Column typeOf(@Nullable OutputColumn output) {
        if (output == null || output.columns().size() != 1) {
            return null;
        }
        ColumnName only = output.columns().iterator().next();
        RelationName relation = only.relation();
        if (relation == null || !only.name().equals(output.name())) {
            return null;
        }
        List<Column> columns = new ArrayList<>(1);
        for (Relation candidate : candidates(relation)) {
            Column column = candidate.column(only.name());
            if (column != null) {
                columns.add(column);
            }
        }
        return typeOf(columns);
    }

    private List<Relation> candidates(RelationName relation) {
        KnownColumns known = source.known();
        return known == null ? List.of() : known.named(relation.schema(), relation.name());
    }

    private List<Written> written(RelationName relation, List<String> listed) {
        List<Relation> candidates = candidates(relation);
        List<Written> written = new ArrayList<>(listed.size());
        for (String name : listed) {
            List<Column> found = new ArrayList<>(1);
            List<Relation> of = new ArrayList<>(1);
            for (Relation candidate : candidates) {
                Column column = candidate.column(name);
                if (column != null) {
                    found.add(column);
                    of.add(candidate);
                }
            }
            written.add(new Written(name, relation, found, of));
        }
        return written;
    }

    /** Null where the catalog does not know a relation of that name and as many columns. */
    private @Nullable List<Written> inCatalogOrder(RelationName relation, boolean generated, int width) {
        List<Written> written = null;
        for (Relation candidate : candidates(relation)) {
            List<Column> order = generated ? candidate.columns() : candidate.copied();
            if (order.size() != width) {
                continue;
            }
            if (written == null) {
                written = new ArrayList<>(width);
                for (Column column : order) {
                    written.add(new Written(column.name(), null, new ArrayList<>(1), new ArrayList<>(1)));
                }
            }
            for (int i = 0; i < width; i++) {
                written.get(i).columns().add(order.get(i));
                written.get(i).of().add(candidate);
            }
        }
        return written;
    }

    private MaskPlan plan(List<Written> written) {
        @Nullable ValueMask[] plan = new ValueMask[columns];
        boolean any = false;
        for (int i = 0; i < columns; i++) {
            plan[i] = maskOf(written.get(i));
            any |= plan[i] != null;
        }
        return any ? new MaskPlan(plan, null) : MaskPlan.NOTHING;
    }

    private @Nullable ValueMask maskOf(Written written) {
        for (Action.Mask mask : source.masks()) {
            for (ColumnPattern pattern : mask.columns()) {
                if (isMeant(written, pattern)) {
                    return valueMask(mask, typeOf(written.columns()));
                }
            }
        }
        return null;
    }

    /** Null where nobody knows it, or two relations of one name have two. */
    private static @Nullable Column typeOf(List<Column> columns) {
        for (Column column : columns) {
            if (column.typeOid() != columns.getFirst().typeOid()) {
                return null;
            }
        }
        return columns.isEmpty() ? null : columns.getFirst();
    }

    private static boolean isMeant(Written written, ColumnPattern pattern) {
        for (int i = 0; i < written.columns().size(); i++) {
            if (written.of().get(i).isMasked(written.columns().get(i), pattern)) {
                return true;
            }
        }
        boolean byName = pattern.relation() == null
                || (written.relation() != null
                        && pattern.mayMean(
                                written.relation().schema(), written.relation().name()));
        return byName && pattern.column().matches(written.name());
    }

    /** Of a type that nobody knows, a value in text or csv may be any text; in binary nothing but NULL will do. */
    private ValueMask valueMask(Action.Mask mask, @Nullable Column type) {
        boolean binary = clause.format() == CopyClause.Format.BINARY;
        return source.values()
                .of(
                        mask.how(),
                        type == null ? PgType.UNKNOWN : type.typeOid(),
                        type == null ? !binary : type.textual(),
                        binary ? 1 : 0,
                        source.charset());
    }
}
