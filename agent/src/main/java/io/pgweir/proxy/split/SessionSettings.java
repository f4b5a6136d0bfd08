package io.pgweir.proxy.split;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client has set and the leader has committed, as statements that set it again on another node; in the order in which
 * that has to be done. What is set within a transaction counts when that commits. On the session's event loop.
 */
final class SessionSettings {
    /** A client that sets more than this stays with the leader. */
    static final int STATEMENTS_MAX = 256;

    static final String DISCARD_ALL = "DISCARD ALL";

    private final List<Entry> entries = new ArrayList<>(4);
    private final List<Entry> uncommitted = new ArrayList<>(0);
    private int version;

    /** @param name that it sets; null for all of them, or where that is not known */
    private record Entry(int version, @Nullable String name, String sql) {}

    /** Of what was committed last. */
    int version() {
        return version;
    }

    boolean isTooMany() {
        return entries.size() + uncommitted.size() > STATEMENTS_MAX;
    }

    boolean isAnythingUncommitted() {
        return !uncommitted.isEmpty();
    }

    void set(@Nullable String name, String sql) {
        uncommitted.add(new Entry(0, name, sql));
    }

    /** DISCARD ALL: as at the beginning, which never happens within a transaction. */
    void discardAll() {
        entries.clear();
        uncommitted.clear();
        entries.add(new Entry(++version, null, DISCARD_ALL));
    }

    void onCommit() {
        for (Entry entry : uncommitted) {
            String name = entry.name;
            if (name != null) {
                entries.removeIf(before -> name.equals(before.name));
            }
            entries.add(new Entry(++version, name, entry.sql));
        }
        uncommitted.clear();
    }

    void onRollback() {
        uncommitted.clear();
    }

    /** What a node that is at {@code since} has not heard of. */
    List<String> behind(int since) {
        return entries.stream()
                .filter(entry -> entry.version > since)
                .map(Entry::sql)
                .toList();
    }
}
