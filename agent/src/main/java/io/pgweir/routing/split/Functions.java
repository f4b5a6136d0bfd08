package io.pgweir.routing.split;

import io.pgweir.sql.facts.FunctionName;
import io.pgweir.sql.facts.RelationName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a database's catalog says about its functions, views and tables, as of one reading of {@link #SQL}. Immutable.
 *
 * <p>Functions are listed where they are harmless, so that one that nobody has heard of is volatile; relations are listed where
 * they are not. A name without a schema is what the worst of all schemas makes of it: {@code search_path} is not asked.
 */
public final class Functions {
    private static final AtomicLong READINGS = new AtomicLong();

    /** Of a database with more than that nothing is known: each row is about a hundred bytes of heap. */
    public static final int ROWS_MAX = 50_000;

    /**
     * One query, for a session whose {@code search_path} does not put a schema of users before {@code pg_catalog}; columns as those of
     * {@link Row}. Any role may run it.
     */
    public static final String SQL = CatalogQuery.text(ROWS_MAX + 1);

    /** Before the catalog was read: every function is unknown, and so is every relation. */
    public static final Functions NONE = new Functions(Set.of(), Set.of(), Set.of(), Map.of(), false);

    private static final String PG_CATALOG = "pg_catalog";

    private final Set<String> harmless;
    private final Set<String> volatileBuiltIns;
    private final Set<String> suspects;
    private final Map<String, String> relations;
    private final boolean known;
    private final long reading = READINGS.incrementAndGet();

    private Functions(
            Set<String> harmless,
            Set<String> volatileBuiltIns,
            Set<String> suspects,
            Map<String, String> relations,
            boolean known) {
        this.harmless = harmless;
        this.volatileBuiltIns = volatileBuiltIns;
        this.suspects = suspects;
        this.relations = relations;
        this.known = known;
    }

    /**
     * A line of {@link #SQL}'s answer.
     *
     * <pre>
     *   kind        schema   name       reason
     *   harmless    -        upper                       a function, in every schema that has it
     *   harmless    app      total                       in this schema, not in another
     *   built-in    -        nextval                     one of pg_catalog's that is not harmless
     *   suspect     -        @+@                         an operator, a type, a field that is a volatile function
     *   relation    app      totals     volatile-view    a word of {@link Reason}
     * </pre>
     */
    public record Row(
            String kind,
            @Nullable String schema,
            String name,
            @Nullable String reason) {}

    /** {@link #NONE} where there are too many. */
    public static Functions of(List<Row> rows) {
        if (rows.size() > ROWS_MAX) {
            return NONE;
        }
        Set<String> harmless = new HashSet<>();
        Set<String> builtIns = new HashSet<>();
        Set<String> suspects = new HashSet<>();
        Map<String, String> relations = new HashMap<>();
        for (Row row : rows) {
            switch (row.kind) {
                case "harmless" -> harmless.add(qualified(row.schema, row.name));
                case "built-in" -> builtIns.add(row.name);
                case "suspect" -> suspects.add(row.name);
                case "relation" -> {
                    String reason = row.reason == null ? Reason.VOLATILE_VIEW : row.reason;
                    relations.put(qualified(row.schema, row.name), reason);
                    relations.putIfAbsent(row.name, reason);
                }
                default -> throw new IllegalArgumentException("kind of row: " + row.kind);
            }
        }
        return new Functions(
                Set.copyOf(harmless), Set.copyOf(builtIns), Set.copyOf(suspects), Map.copyOf(relations), true);
    }

    /** No name holds the character between them. */
    private static String qualified(@Nullable String schema, String name) {
        return schema == null ? name : schema + '\0' + name;
    }

    /** Of no other object: what is kept beside this number does not keep the names alive. */
    long reading() {
        return reading;
    }

    /** Whether the catalog was read. */
    public boolean isKnown() {
        return known;
    }

    /** Whether it, or one of its name, may do more than look; true for one that is not known. */
    public boolean isVolatile(FunctionName function) {
        if (harmless.contains(function.name())) {
            return false;
        }
        String schema = function.schema();
        if (schema == null) {
            return true;
        }
        return schema.equals(PG_CATALOG)
                ? !BuiltIns.isGrammar(function.name())
                : !harmless.contains(qualified(schema, function.name()));
    }

    /** Whether every function of that name is one of PostgreSQL's own, and one of them is volatile. */
    boolean isVolatileBuiltIn(String name) {
        return volatileBuiltIns.contains(name);
    }

    /** Whether reading it takes the leader; true for all where the catalog was not read. */
    public boolean isVolatile(RelationName relation) {
        return reason(relation) != null;
    }

    /** Why reading it takes the leader; null where any node will do. */
    @Nullable
    String reason(RelationName relation) {
        if (!known) {
            return Reason.CATALOG_UNKNOWN;
        }
        return relations.isEmpty() ? null : relations.get(qualified(relation.schema(), relation.name()));
    }

    /** Spellings of operators, types and fields that call something volatile; most databases have none. */
    Set<String> suspects() {
        return suspects;
    }
}
