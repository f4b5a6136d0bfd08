package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One item of FROM, or a WITH query: what its columns are made from. */
final class Source {
    /** The server gives back not more than 1664 columns. */
    private static final int OUTPUTS_MAX = 1664;

    /** Null for what is no relation by itself. */
    final @Nullable RelationName relation;

    /** Of a sub-select or WITH query; null where they are not known (yet). */
    @Nullable
    List<OutputColumn> outputs;

    /** Of a function: what its arguments are made from. */
    @Nullable
    Set<ColumnName> made;

    /** {@code alias (a, b)}: its columns by position; null where it has none. */
    @Nullable
    List<String> renames;

    /** Of a WITH query: whether it is being read, and whether it names itself. */
    private boolean open;

    private boolean recursive;

    private Source(
            @Nullable RelationName relation, @Nullable List<OutputColumn> outputs, @Nullable Set<ColumnName> made) {
        this.relation = relation;
        this.outputs = outputs;
        this.made = made;
    }

    static Source of(RelationName relation) {
        return new Source(relation, null, null);
    }

    static Source derived(@Nullable List<OutputColumn> outputs) {
        return new Source(null, outputs, null);
    }

    /** A function, or several items under one alias: every column may be made from any of these. */
    static Source made(Set<ColumnName> columns) {
        return new Source(null, null, columns);
    }

    /** Whether its columns are all known by name. */
    boolean isClosed() {
        List<OutputColumn> known = outputs;
        if (known == null) {
            return false;
        }
        for (OutputColumn output : known) {
            if (output.star() || (output.name() == null && renames == null)) {
                return false;
            }
        }
        return true;
    }

    boolean has(String column) {
        return index(column) >= 0;
    }

    private int index(String column) {
        List<OutputColumn> known = outputs;
        if (known == null) {
            return -1;
        }
        List<String> names = renames;
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).star()) {
                return -1;
            }
            String name = names != null && i < names.size()
                    ? names.get(i)
                    : known.get(i).name();
            if (column.equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Adds what the column is made from. */
    void column(String name, Lineage into) {
        RelationName table = relation;
        if (table != null && renames == null) {
            into.add(new ColumnName(table, name));
            return;
        }
        int index = index(name);
        List<OutputColumn> known = outputs;
        if (index < 0 || known == null) {
            all(into);
        } else {
            into.addAll(known.get(index).columns());
        }
    }

    /** Adds what any of its columns is made from. */
    void all(Lineage into) {
        RelationName table = relation;
        List<OutputColumn> known = outputs;
        Set<ColumnName> columns = made;
        if (table != null) {
            into.add(new ColumnName(table, ColumnName.ALL));
        } else if (columns != null) {
            into.addAll(columns);
        } else if (known != null) {
            for (int i = 0; i < known.size() && into.isOpen(); i++) {
                into.addAll(known.get(i).columns());
            }
        } else {
            into.add(new ColumnName(null, ColumnName.ALL));
        }
    }

    /** Its columns one by one as a star gives them; false where their number is not known. */
    boolean expand(List<OutputColumn> into) {
        List<OutputColumn> known = outputs;
        if (known == null || into.size() + known.size() > OUTPUTS_MAX) {
            return false;
        }
        List<String> names = renames;
        List<OutputColumn> named = new ArrayList<>(known.size());
        for (int i = 0; i < known.size(); i++) {
            OutputColumn output = known.get(i);
            if (output.star()) {
                return false;
            }
            String name = names != null && i < names.size() ? names.get(i) : output.name();
            named.add(new OutputColumn(name, output.columns(), false));
        }
        into.addAll(named);
        return true;
    }

    /** A source of FROM that is this WITH query by name. */
    Source named() {
        recursive |= open;
        Source source = open ? made(Set.of()) : derived(outputs);
        source.renames = renames;
        return source;
    }

    void open() {
        open = true;
    }

    /** What a WITH query gives back is known now; where it names itself, each column may be made from all of them. */
    void close(List<OutputColumn> given) {
        open = false;
        if (!recursive) {
            outputs = given;
            return;
        }
        Set<ColumnName> all = new LinkedHashSet<>();
        for (OutputColumn output : given) {
            all.addAll(output.columns());
        }
        List<OutputColumn> mixed = new ArrayList<>(given.size());
        for (OutputColumn output : given) {
            mixed.add(new OutputColumn(output.name(), all, output.star()));
        }
        outputs = mixed;
    }
}
