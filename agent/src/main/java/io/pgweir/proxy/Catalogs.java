package io.pgweir.proxy;

import io.pgweir.proxy.rows.KnownColumns;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the databases' catalogs say of the columns that rules mask: one answer a cluster, database and set of rules. Asked again
 * after a while, and at the first sign of DDL that may change it. Any thread.
 */
final class Catalogs {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A server that does not say is not asked in front of every statement. */
    private static final long UNSAID_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An agent in front of more databases than this asks some of them again. */
    private static final int DATABASES_MAX = 1024;

    static final Answer UNKNOWN = new Answer(null, false);

    private final LongSupplier nanos;

    /** How often DDL was seen. */
    private final AtomicLong epoch = new AtomicLong();

    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

    /** @param rules hash of the set */
    record Key(String cluster, String database, String rules) {}

    /**
     * @param columns null where nobody has been told yet
     * @param isFresh whether no DDL has been seen since. Age alone does not count: a long transaction, in which nobody can ask,
     *     goes on with what was known when it began
     */
    record Answer(@Nullable KnownColumns columns, boolean isFresh) {}

    /** Immutable but for the hint that it is out of date. */
    private static final class Entry {
        private final @Nullable KnownColumns columns;
        private final long askedNanos;

        /** The server would not say; {@link #columns} are from before. */
        private final boolean unsaid;

        private volatile boolean outdated;

        Entry(@Nullable KnownColumns columns, long askedNanos, boolean unsaid) {
            this.columns = columns;
            this.askedNanos = askedNanos;
            this.unsaid = unsaid;
        }
    }

    Catalogs(LongSupplier nanos) {
        this.nanos = nanos;
    }

    Answer known(Key key) {
        Entry entry = entries.get(key);
        return entry == null ? UNKNOWN : new Answer(entry.columns, isFresh(entry));
    }

    private static boolean isFresh(Entry entry) {
        return entry.columns != null && !entry.outdated;
    }

    /** Whether the catalog is to be asked before the next statement. */
    boolean wants(Key key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return true;
        }
        long age = nanos.getAsLong() - entry.askedNanos;
        return entry.unsaid ? age >= UNSAID_NANOS : entry.outdated || age >= KEPT_NANOS;
    }

    /** Told to {@link #put} by whoever asks, from before asking. */
    long epoch() {
        return epoch.get();
    }

    /**
     * @param columns null where the server would not say: what was known before stays, but is fresh no more
     * @param asked epoch when it was
     */
    void put(Key key, @Nullable KnownColumns columns, long asked) {
        if (entries.size() >= DATABASES_MAX && !entries.containsKey(key)) {
            entries.clear();
        }
        entries.compute(key, (same, before) -> {
            boolean unsaid = columns == null;
            Entry after = new Entry(unsaid && before != null ? before.columns : columns, nanos.getAsLong(), unsaid);
            after.outdated = unsaid || asked != epoch.get();
            return after;
        });
    }

    /** Something in that database was created or altered that may have masked columns, and is committed. */
    void onDdl(String cluster, String database) {
        epoch.incrementAndGet();
        entries.forEach((key, entry) -> {
            if (key.cluster().equals(cluster) && key.database().equals(database)) {
                entry.outdated = true;
            }
        });
    }
}
