package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of one query level: its WITH queries, what stands in its FROM, and the columns that are named in it.
 *
 * <p>Columns are named before FROM tells what they are of, so they are kept and looked up at the end of the level. One that is
 * found in no source here is the outer level's.
 */
final class Scope {
    /** More sources in one FROM are not looked at. */
    static final int SOURCES_MAX = 1000;

    /**
     * A column as named.
     *
     * @param name {@value ColumnName#ALL} for {@code t.*}
     */
    record Reference(@Nullable String schema, @Nullable String qualifier, String name) {}

    /** Where WITH queries are looked up further. */
    private final @Nullable Scope around;

    /** Where columns are looked up further: null at the top and where nothing further out can be seen. */
    final @Nullable Scope outer;

    final List<Source> sources = new ArrayList<>(4);
    final List<Reference> references = new ArrayList<>();
    private final Map<String, Source> aliases = new HashMap<>();
    private final Map<String, Source> withQueries = new HashMap<>();

    /** JOIN ... USING or NATURAL: a star gives fewer columns than the sources have. */
    boolean merged;

    Scope(@Nullable Scope around, @Nullable Scope outer) {
        this.around = around;
        this.outer = outer;
    }

    void addWith(String name, Source query) {
        withQueries.put(name, query);
    }

    @Nullable
    Source with(String name) {
        Scope scope = this;
        while (scope != null) {
            Source found = scope.withQueries.get(name);
            if (found != null) {
                return found;
            }
            scope = scope.around;
        }
        return null;
    }

    @Nullable
    Source aliased(String alias) {
        return aliases.get(alias);
    }

    void add(String alias, Source source) {
        sources.add(source);
        addAlias(alias, source);
    }

    void addAlias(String alias, Source source) {
        if (!alias.isEmpty()) {
            aliases.putIfAbsent(alias, source);
        }
    }

    /** Adds what {@code reference} is made from; false where it is of no source that is known here or further out. */
    boolean resolve(Reference reference, Lineage into) {
        Scope scope = this;
        while (scope != null) {
            if (scope.resolveHere(reference, into)) {
                return true;
            }
            scope = scope.outer;
        }
        return false;
    }

    boolean resolveHere(Reference reference, Lineage into) {
        String qualifier = reference.qualifier();
        if (qualifier == null) {
            return reference.name().equals(ColumnName.ALL) ? resolveStar(into) : resolveBare(reference.name(), into);
        }
        Source source = aliases.get(qualifier);
        if (source == null || !isOf(source, reference.schema())) {
            return false;
        }
        if (reference.name().equals(ColumnName.ALL)) {
            source.all(into);
        } else {
            source.column(reference.name(), into);
        }
        return true;
    }

    /** {@code s.t.c} is of t in the schema s, however t was named. */
    private static boolean isOf(Source source, @Nullable String schema) {
        return schema == null || source.relation != null;
    }

    private boolean resolveStar(Lineage into) {
        for (Source source : sources) {
            source.all(into);
        }
        return true;
    }

    private boolean resolveBare(String name, Lineage into) {
        Source open = null;
        int openCount = 0;
        for (Source source : sources) {
            if (source.has(name)) {
                source.column(name, into);
                return true;
            }
            if (!source.isClosed()) {
                open = source;
                openCount++;
            }
        }
        Source row = aliases.get(name);
        if (row != null) {
            row.all(into);
            // A function's alias is its column's name, too.
            if (row.made != null) {
                return true;
            }
        }
        if (open == null) {
            return row != null;
        }
        if (openCount == 1 && outer == null) {
            open.column(name, into);
            return true;
        }
        into.add(new ColumnName(null, name));
        for (Source source : sources) {
            if (source.relation == null && !source.isClosed()) {
                source.all(into);
            }
        }
        return true;
    }

    void resolveAll(int from, int to, Lineage into) {
        for (int i = from; i < to && into.isOpen(); i++) {
            Reference reference = references.get(i);
            if (!resolve(reference, into)) {
                into.add(new ColumnName(null, reference.name()));
            }
        }
    }
}
