package io.pgweir.proxy.rows;

import io.pgweir.rules.ColumnPattern;
import io.pgweir.sql.facts.ColumnName;
import io.pgweir.sql.facts.OutputColumn;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.sql.facts.StatementFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a statement's text says that its result columns are made from. Where it says nothing certain, from anything. */
final class Lineage {
    private final @Nullable StatementFacts facts;
    private final int columns;

    /** Index of the one star among the outputs; -1 for none, -2 for more than one. */
    private final int star;

    /**
     * @param facts null where the text of what runs is not known
     * @param columns of the result
     */
    Lineage(@Nullable StatementFacts facts, int columns) {
        this.facts = facts != null && facts.complete() && !facts.ambiguous() ? facts : null;
        this.columns = columns;
        int found = -1;
        List<OutputColumn> outputs = facts == null ? List.of() : facts.outputs();
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).star()) {
                found = found == -1 ? i : -2;
            }
        }
        star = found;
    }

    /** Whether column {@code index} of the result may show what one of {@code pattern}'s columns holds. */
    boolean mayShow(int index, ColumnPattern pattern) {
        StatementFacts known = facts;
        if (known == null) {
            return true;
        }
        if (known.explain() || !mayRead(known, pattern)) {
            return false;
        }
        List<OutputColumn> outputs = known.outputs();
        if (outputs.isEmpty()) {
            return true;
        }
        OutputColumn output = output(index);
        if (output != null) {
            return names(output, pattern);
        }
        for (OutputColumn each : outputs) {
            if (names(each, pattern)) {
                return true;
            }
        }
        return false;
    }

    /** Whether column {@code index} is one of a star's, whose columns keep their names. */
    boolean isOfStar(int index) {
        OutputColumn output = output(index);
        return output != null ? output.star() : facts != null && star != -1;
    }

    /** Null where nobody can tell which one it is. */
    @Nullable
    OutputColumn output(int index) {
        StatementFacts known = facts;
        if (known == null) {
            return null;
        }
        List<OutputColumn> outputs = known.outputs();
        if (star == -1) {
            return outputs.size() == columns ? outputs.get(index) : null;
        }
        int behindStar = outputs.size() - star - 1;
        if (star < 0 || columns < outputs.size() - 1) {
            return null;
        }
        if (index < star) {
            return outputs.get(index);
        }
        return outputs.get(index >= columns - behindStar ? outputs.size() - (columns - index) : star);
    }

    private static boolean mayRead(StatementFacts known, ColumnPattern pattern) {
        if (pattern.relation() == null) {
            return true;
        }
        for (RelationName relation : known.reads()) {
            if (pattern.mayMean(relation.schema(), relation.name())) {
                return true;
            }
        }
        for (RelationName relation : known.writes()) {
            if (pattern.mayMean(relation.schema(), relation.name())) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(OutputColumn output, ColumnPattern pattern) {
        for (ColumnName column : output.columns()) {
            RelationName relation = column.relation();
            if ((relation == null || pattern.mayMean(relation.schema(), relation.name()))
                    && (column.name().equals(ColumnName.ALL) || pattern.column().matches(column.name()))) {
                return true;
            }
        }
        return false;
    }
}
