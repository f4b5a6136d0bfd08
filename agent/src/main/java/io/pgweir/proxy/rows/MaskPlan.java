package io.pgweir.proxy.rows;

import io.pgweir.proxy.rows.KnownColumns.Column;
import io.pgweir.proxy.rows.KnownColumns.Relation;
import io.pgweir.rules.Action;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.BackendMessage;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of one result are masked, and how.
 *
 * <pre>
 *   column of a result            its origin is known             and else
 *   a table's (table OID)         as the catalog calls it         by its name, and by what the statement's text says
 *   of no table (OID 0)           -                               "derived": by what the statement's text says
 *   any, pattern without relation                                 also by the result column's own name
 * </pre>
 *
 * Where the text of a statement tells nothing certain, a derived column counts as made from anything.
 *
 * @param masks one a column, null where it is shown; null where all are
 * @param refusal why nothing may be shown at all; null where it may
 */
public record MaskPlan(
        @Nullable ValueMask @Nullable [] masks, @Nullable String refusal) {
    static final MaskPlan NOTHING = new MaskPlan(null, null);

    /**
     * What a plan is made from.
     *
     * @param masks in their order: of two that mean one column, the first counts
     * @param known null where the catalog could not be asked
     * @param fresh whether {@code known} is the catalog as it is now
     * @param facts of what runs; null where its text is not known
     */
    public record Source(
            List<Action.Mask> masks,
            @Nullable KnownColumns known,
            boolean fresh,
            @Nullable StatementFacts facts,
            ValueMasks values,
            Charset charset) {

        /** The same, for values in another encoding than the client's. */
        public Source in(Charset other) {
            return new Source(masks, known, fresh, facts, values, other);
        }
    }

    /** Of a result that RowDescription described, with format codes as they were bound. */
    public static MaskPlan of(Source source, List<BackendMessage.Column> columns) {
        Lineage lineage = new Lineage(source.facts(), columns.size());
        @Nullable ValueMask[] plan = new ValueMask[columns.size()];
        boolean any = false;
        for (int i = 0; i < plan.length; i++) {
            BackendMessage.Column column = columns.get(i);
            for (Action.Mask mask : source.masks()) {
                Answer answer = answer(source, lineage, column, i, mask);
                if (answer == Answer.REFUSED) {
                    return new MaskPlan(
                            null, "column \"" + column.name() + "\" is made from columns that may not be shown");
                }
                if (answer == Answer.MASKED) {
                    plan[i] = valueMask(source, mask, column);
                    any = true;
                    break;
                }
            }
        }
        return any ? new MaskPlan(plan, null) : NOTHING;
    }

    private enum Answer {
        SHOWN,
        MASKED,
        REFUSED
    }

    private static Answer answer(
            Source source, Lineage lineage, BackendMessage.Column column, int index, Action.Mask mask) {
        boolean derived = false;
        for (ColumnPattern pattern : mask.columns()) {
            if (pattern.relation() == null && pattern.column().matches(column.name())) {
                return Answer.MASKED;
            }
            if (isDerived(source, column)) {
                derived |= mask.derived() != Action.Derived.PASS && lineage.mayShow(index, pattern);
            } else if (isOrigin(source, lineage, column, index, pattern)) {
                return Answer.MASKED;
            }
        }
        if (!derived) {
            return Answer.SHOWN;
        }
        return mask.derived() == Action.Derived.BLOCK ? Answer.REFUSED : Answer.MASKED;
    }

    /** No table's column; or a table's whole row, which has attribute number 0. */
    private static boolean isDerived(Source source, BackendMessage.Column column) {
        return column.tableOid() == 0 || (column.attribute() == 0 && source.known() == null);
    }

    private static boolean isOrigin(
            Source source, Lineage lineage, BackendMessage.Column column, int index, ColumnPattern pattern) {
        Relation relation = relation(source, column);
        if (relation != null) {
            Column known = relation.column(column.attribute());
            if (known != null) {
                return relation.isMasked(known, pattern);
            }
            // A whole row, or a column that is newer than what is known.
            return relation.columns().stream().anyMatch(each -> relation.isMasked(each, pattern));
        }
        if (source.fresh()) {
            return false;
        }
        return lineage.mayShow(index, pattern)
                && (!lineage.isOfStar(index) || pattern.column().matches(column.name()));
    }

    private static @Nullable Relation relation(Source source, BackendMessage.Column column) {
        return source.known() == null ? null : source.known().relation(column.tableOid());
    }

    private static ValueMask valueMask(Source source, Action.Mask mask, BackendMessage.Column column) {
        Relation relation = relation(source, column);
        Column known = relation == null ? null : relation.column(column.attribute());
        boolean textual = ValueMasks.isTextual(column.typeOid()) || (known != null && known.textual());
        return source.values().of(mask.how(), column.typeOid(), textual, column.format(), source.charset());
    }

    /** Of a COPY TO STDOUT of so many columns: what they are stands nowhere but in its text. */
    public static MaskPlan ofCopy(Source source, CopyClause clause, int columns) {
        return new CopyPlan(source, clause, columns).make();
    }
}
