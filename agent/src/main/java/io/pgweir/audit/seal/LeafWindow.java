package io.pgweir.audit.seal;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Whole hashes of one chain's newest records, in whatever order they come, until a checkpoint has been held against them. One thread. */
final class LeafWindow {
    /** 4 MiB a chain. */
    static final int LEAVES_MAX = 1 << 17;

    private static final int LEAVES_MIN = 64;

    private final BitSet present = new BitSet();
    private byte[] leaves = new byte[LEAVES_MIN * Hashes.BYTES];

    /** Number of the record whose hash is the first. */
    private long base = 1;

    /** Hashes too far ahead of the first are not kept. */
    void put(long seq, byte[] hash) {
        long index = seq - base;
        if (index < 0 || index >= LEAVES_MAX) {
            return;
        }
        int at = (int) index * Hashes.BYTES;
        if (at + Hashes.BYTES > leaves.length) {
            leaves = Arrays.copyOf(
                    leaves, Math.max(at + Hashes.BYTES, Math.min(2 * leaves.length, LEAVES_MAX * Hashes.BYTES)));
        }
        System.arraycopy(hash, 0, leaves, at, Hashes.BYTES);
        present.set((int) index);
    }

    byte @Nullable [] get(long seq) {
        long index = seq - base;
        if (index < 0 || index >= LEAVES_MAX || !present.get((int) index)) {
            return null;
        }
        int at = (int) index * Hashes.BYTES;
        return Arrays.copyOfRange(leaves, at, at + Hashes.BYTES);
    }

    long base() {
        return base;
    }

    /** Forgets what is before {@code seq}. */
    void forget(long seq) {
        long shift = seq - base;
        if (shift <= 0) {
            return;
        }
        int kept = present.length();
        if (shift >= kept) {
            present.clear();
        } else {
            int from = (int) shift;
            System.arraycopy(leaves, from * Hashes.BYTES, leaves, 0, (kept - from) * Hashes.BYTES);
            BitSet moved = present.get(from, kept);
            present.clear();
            present.or(moved);
        }
        base = seq;
    }
}
