package io.pgweir.sql.facts;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a value is made from, while that is collected.
 *
 * <p>All of a statement's draw on one budget: sub-selects over sub-selects could name more columns than anybody can count. When it is
 * used up the statement is given up.
 */
final class Lineage {
    private final Set<ColumnName> columns = new LinkedHashSet<>();
    private final Budget budget;

    /** Of one statement. */
    static final class Budget {
        private static final int COLUMNS_MAX = 200_000;

        private final Cursor cursor;
        private int left = COLUMNS_MAX;

        Budget(Cursor cursor) {
            this.cursor = cursor;
        }

        /** False where there is nothing left. */
        boolean spend(int columns) {
            left -= columns;
            if (left < 0) {
                left = 0;
                cursor.fail("too many columns");
                return false;
            }
            return left > 0;
        }
    }

    Lineage(Budget budget) {
        this.budget = budget;
    }

    /** Whether more can be added. */
    boolean isOpen() {
        return budget.spend(0);
    }

    void add(ColumnName column) {
        if (budget.spend(1)) {
            columns.add(column);
        }
    }

    void addAll(Collection<ColumnName> others) {
        if (budget.spend(others.size() + 1)) {
            columns.addAll(others);
        }
    }

    Set<ColumnName> columns() {
        return columns;
    }
}
