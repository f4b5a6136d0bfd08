package io.pgweir.audit.seal;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That one leaf is in a {@link MerkleTree}, shown by the hashes beside its way to the root (RFC 9162, section 2.1.3).
 *
 * @param index of the leaf, from 0
 * @param size leaves of the tree
 * @param path from the leaf's neighbour up; about log2(size) hashes
 */
public record InclusionProof(long index, long size, List<byte[]> path) {
    public InclusionProof {
        path = List.copyOf(path);
    }

    /**
     * @param leaves of the whole tree, {@value Hashes#BYTES} bytes each, one behind the other
     * @throws IllegalArgumentException where {@code index} is not among them
     */
    public static InclusionProof of(int index, byte[] leaves) {
        int size = leaves.length / Hashes.BYTES;
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf: " + index + " (expected: 0 to " + (size - 1) + ")");
        }
        List<byte[]> path = new ArrayList<>();
        int from = 0;
        int to = size;
        while (to - from > 1) {
            // Left has as many leaves as the largest power of two below the number of all.
            int middle = from + Integer.highestOneBit(to - from - 1);
            if (index < middle) {
                path.add(root(leaves, middle, to));
                to = middle;
            } else {
                path.add(root(leaves, from, middle));
                from = middle;
            }
        }
        return new InclusionProof(index, size, path.reversed());
    }

    /** Root over leaves {@code from} (inclusive) to {@code to} (exclusive). */
    private static byte[] root(byte[] leaves, int from, int to) {
        MerkleTree tree = new MerkleTree();
        for (int i = from; i < to; i++) {
            tree.add(Arrays.copyOfRange(leaves, i * Hashes.BYTES, (i + 1) * Hashes.BYTES));
        }
        return tree.root();
    }

    /** The root that the path leads to from {@code leaf}; null where the path is too short or too long for the tree. */
    public byte @Nullable [] root(byte[] leaf) {
        if (index < 0 || index >= size) {
            return null;
        }
        MessageDigest digest = Hashes.sha256();
        digest.update(MerkleTree.LEAF);
        byte[] node = digest.digest(leaf);
        long at = index;
        long last = size - 1;
        for (byte[] beside : path) {
            if (last == 0) {
                return null;
            }
            digest.update(MerkleTree.NODE);
            if ((at & 1) == 1 || at == last) {
                digest.update(beside);
                digest.update(node);
                while ((at & 1) == 0 && at != 0) {
                    at >>>= 1;
                    last >>>= 1;
                }
            } else {
                digest.update(node);
                digest.update(beside);
            }
            node = digest.digest();
            at >>>= 1;
            last >>>= 1;
        }
        return last == 0 ? node : null;
    }
}
