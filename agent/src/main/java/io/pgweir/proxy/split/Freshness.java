package io.pgweir.proxy.split;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far the nodes of a cluster have come, as far as sessions have asked, and how far its leader has. Positions in the WAL
 * ({@code pg_lsn}) as unsigned 64 bits; within one timeline they never go back. Any thread.
 */
public final class Freshness {
    private Era current = new Era(0);

    /** One timeline of a leader: what was known before it says nothing of it. */
    static final class Era {
        private final int timeline;
        private final ConcurrentHashMap<String, AtomicLong> replayed = new ConcurrentHashMap<>();
        private final AtomicLong committed = new AtomicLong();

        private Era(int timeline) {
            this.timeline = timeline;
        }

        void onReplayed(String node, long position) {
            raise(replayed.computeIfAbsent(node, unknown -> new AtomicLong()), position);
        }

        /** At least so far. */
        long replayed(String node) {
            AtomicLong known = replayed.get(node);
            return known == null ? 0 : known.get();
        }

        /** By some session of this agent. */
        void onCommitted(long position) {
            raise(committed, position);
        }

        long committed() {
            return committed.get();
        }

        int timeline() {
            return timeline;
        }

        private static void raise(AtomicLong known, long position) {
            known.accumulateAndGet(position, Freshness::later);
        }
    }

    /**
     * Shared by all sessions whose leader has that timeline; what is known of an older one is forgotten. Timelines only grow: one that
     * is not known, or an older one that somebody has not heard the end of, is taken for the one that is.
     */
    synchronized Era era(int timeline) {
        if (timeline > current.timeline) {
            current = new Era(timeline);
        }
        return current;
    }

    /** The later one of two positions. */
    static long later(long one, long other) {
        return Long.compareUnsigned(one, other) >= 0 ? one : other;
    }

    /** As servers before PostgreSQL 19 print it. */
    static String text(long position) {
        return (Long.toHexString(position >>> 32) + '/' + Long.toHexString(position & 0xffff_ffffL))
                .toUpperCase(Locale.ROOT);
    }

    /** @return 0 for what is none */
    static long position(String lsn) {
        int slash = lsn.indexOf('/');
        try {
            return slash < 1
                    ? 0
                    : Long.parseUnsignedLong(lsn, 0, slash, 16) << 32
                            | Long.parseUnsignedLong(lsn, slash + 1, lsn.length(), 16);
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
