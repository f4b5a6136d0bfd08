package io.pgweir.proxy;

import io.pgweir.proxy.rows.KnownColumns;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the databases' catalogs say of the columns that rules mask: one answer a cluster, database and set of rules, kept for a
 * while and until the first sign of DDL. Any thread.
 */
final class Catalogs {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** DDL without end, of temporary tables say, must not become questions without end. */
    private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(1);

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
     * @param isFresh whether the catalog has said so lately, and no DDL has been seen since
     */
    record Answer(@Nullable KnownColumns columns, boolean isFresh) {}

    /** Immutable but for the hint that it is out of date. */
    private static final class Entry {
        private final @Nullable KnownColumns columns;
        private final long askedNanos;
        private volatile boolean outdated;

        Entry(@Nullable KnownColumns columns, long askedNanos) {
            this.columns = columns;
            this.askedNanos = askedNanos;
        }
    }

    Catalogs(LongSupplier nanos) {
        this.nanos = nanos;
    }

    Answer known(Key key) {
        Entry entry = entries.get(key);
        return entry == null ? UNKNOWN : new Answer(entry.columns, isFresh(entry));
    }

    private boolean isFresh(Entry entry) {
        return entry.columns != null && !entry.outdated && nanos.getAsLong() - entry.askedNanos < KEPT_NANOS;
    }

    /** Whether the catalog is to be asked before the next statement. */
    boolean wants(Key key) {
        Entry entry = entries.get(key);
        return entry == null || (!isFresh(entry) && nanos.getAsLong() - entry.askedNanos >= BETWEEN_NANOS);
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
            boolean kept = columns == null && before != null;
            Entry after = new Entry(kept ? before.columns : columns, nanos.getAsLong());
            after.outdated = kept || asked != epoch.get();
            return after;
        });
    }

    /** Something in that database was created, altered or dropped. */
    void onDdl(String cluster, String database) {
        epoch.incrementAndGet();
        entries.forEach((key, entry) -> {
            if (key.cluster().equals(cluster) && key.database().equals(database)) {
                entry.outdated = true;
            }
        });
    }
}
