package io.pgweir.proxy.rows;

import io.pgweir.rules.ColumnPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The relations of one database that have masked columns, as its catalog tells them: what RowDescription's table OIDs and
 * attribute numbers are called. Immutable once filled, then any thread.
 */
public final class KnownColumns {
    private final Map<Integer, Relation> byOid = new HashMap<>();

    /** Schema and name. */
    private record Name(String schema, String relation) {}

    /**
     * One column that is not dropped.
     *
     * @param number as RowDescription tells it
     * @param typeOid of a domain, its base type's
     * @param textual whether the type is of category S: text in both formats
     * @param generated COPY leaves it out
     */
    public record Column(int number, String name, int typeOid, boolean textual, boolean generated) {}

    /** A table, partition, view or the like, with all of its columns in their order. */
    public static final class Relation {
        private final Name own;

        /** Its own, and those of the tables that it inherits from or is a partition of: their masks are its own. */
        private final Set<Name> names = new HashSet<>();

        private final List<Column> columns = new ArrayList<>();

        private Relation(Name own) {
            this.own = own;
            names.add(own);
        }

        public List<Column> columns() {
            return columns;
        }

        boolean isMasked(Column column, ColumnPattern pattern) {
            for (Name name : names) {
                if (pattern.matches(name.schema(), name.relation(), column.name())) {
                    return true;
                }
            }
            return false;
        }

        @Nullable
        Column column(int number) {
            for (Column column : columns) {
                if (column.number() == number) {
                    return column;
                }
            }
            return null;
        }

        @Nullable
        Column column(String name) {
            for (Column column : columns) {
                if (column.name().equals(name)) {
                    return column;
                }
            }
            return null;
        }

        /** What COPY without a list of columns writes. */
        List<Column> copied() {
            return columns.stream().filter(column -> !column.generated()).toList();
        }
    }

    /** One column of a relation; {@code rootSchema} and {@code rootName} of it, or of what it inherits from. Once for each root. */
    public void add(String rootSchema, String rootName, int oid, String schema, String name, Column column) {
        Relation relation = byOid.computeIfAbsent(oid, unseen -> new Relation(new Name(schema, name)));
        relation.names.add(new Name(rootSchema, rootName));
        if (relation.column(column.number()) == null) {
            relation.columns.add(column);
        }
    }

    @Nullable
    Relation relation(int oid) {
        return byOid.get(oid);
    }

    /** All that a statement may mean by a name. */
    List<Relation> named(@Nullable String schema, String name) {
        List<Relation> named = new ArrayList<>(1);
        for (Relation relation : byOid.values()) {
            if (relation.own.relation().equals(name)
                    && (schema == null || relation.own.schema().equals(schema))) {
                named.add(relation);
            }
        }
        return named;
    }
}
