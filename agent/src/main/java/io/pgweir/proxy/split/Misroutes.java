package io.pgweir.proxy.split;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Statements that a standby has refused as writes, by database and fingerprint: for a while they go to the leader at once. Any thread.
 */
public final class Misroutes {
    /** Of a cluster; more than these are refused and run again each time. */
    static final int STATEMENTS_MAX = 1024;

    static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final Map<Key, Refused> refused = new ConcurrentHashMap<>();

    private record Key(String database, String fingerprint) {}

    /** @param definitions that the catalog was read behind: what it says by now may be something else */
    private record Refused(long nanos, int definitions) {}

    void onRefused(String database, String fingerprint, int definitions, long nanos) {
        if (refused.size() >= STATEMENTS_MAX) {
            refused.values().removeIf(old -> isOld(old, nanos));
        }
        if (refused.size() < STATEMENTS_MAX) {
            refused.put(new Key(database, fingerprint), new Refused(nanos, definitions));
        }
    }

    boolean isEmpty() {
        return refused.isEmpty();
    }

    boolean isRefused(String database, String fingerprint, int definitions, long nanos) {
        Refused known = refused.get(new Key(database, fingerprint));
        return known != null && known.definitions == definitions && !isOld(known, nanos);
    }

    private static boolean isOld(Refused known, long nanos) {
        return nanos - known.nanos >= KEPT_NANOS;
    }
}
