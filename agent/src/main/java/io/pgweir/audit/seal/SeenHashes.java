package io.pgweir.audit.seal;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The heads of the hashes of records that were seen, for telling a record that was delivered twice from two that share a number. Eight
 * bytes a record, in pages; where there is no room for more pages the oldest is forgotten. One thread.
 */
final class SeenHashes {
    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;

    /** What a place says that has no record. A hash with this head is taken for none: one in 2^64. */
    static final long NONE = 0;

    private final LinkedHashMap<Key, long[]> pages = new LinkedHashMap<>();
    private final int pagesMax;
    private Key key = new Key(-1, -1);
    private long[] page = {};

    /** @param bytesMax of memory, about */
    SeenHashes(long bytesMax) {
        pagesMax = Math.clamp(bytesMax / (PAGE * Long.BYTES), 1, 1 << 20);
    }

    void put(int chain, long seq, long head) {
        if (!isAt(chain, seq)) {
            turnTo(chain, seq);
            long[] known = pages.get(key);
            page = known == null ? add() : known;
        }
        page[(int) (seq & (PAGE - 1))] = head;
    }

    /** {@link #NONE} also for what is forgotten. */
    long get(int chain, long seq) {
        if (!isAt(chain, seq)) {
            long[] known = pages.get(new Key(chain, seq >>> PAGE_BITS));
            return known == null ? NONE : known[(int) (seq & (PAGE - 1))];
        }
        return page[(int) (seq & (PAGE - 1))];
    }

    private boolean isAt(int chain, long seq) {
        return key.number == seq >>> PAGE_BITS && key.chain == chain;
    }

    private void turnTo(int chain, long seq) {
        key = new Key(chain, seq >>> PAGE_BITS);
    }

    private long[] add() {
        if (pages.size() >= pagesMax) {
            Map.Entry<Key, long[]> oldest = pages.firstEntry();
            pages.remove(oldest.getKey());
        }
        long[] added = new long[PAGE];
        pages.put(key, added);
        return added;
    }

    private record Key(int chain, long number) {}
}
