package io.pgweir.audit.seal;

import java.security.MessageDigest;

/**
 * The Merkle tree of RFC 9162 (section 2.1) over leaves of {@value Hashes#BYTES} bytes, of which only the roots of whole subtrees
 * are kept: one for each bit that is set in the number of leaves.
 *
 * <pre>
 * leaf  SHA-256(0x00 | data)          7 leaves:   4 of them    2   1     subtrees, the oldest and largest first
 * node  SHA-256(0x01 | left | right)
 * </pre>
 *
 * One thread.
 */
public final class MerkleTree {
    static final byte LEAF = 0;
    static final byte NODE = 1;

    private final MessageDigest digest = Hashes.sha256();

    /** Roots of the whole subtrees, largest first; {@code Long.bitCount(size)} of them count. */
    private final byte[][] subtrees = new byte[Long.SIZE][Hashes.BYTES];

    private final byte[] root = new byte[Hashes.BYTES];
    private long size;

    /** Leaves so far. */
    public long size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Allocates nothing. */
    public void add(byte[] data) {
        int count = Long.bitCount(size);
        byte[] node = subtrees[count];
        digest.update(LEAF);
        digest.update(data);
        Hashes.finish(digest, node, 0);
        // As many subtrees are whole now as the number of leaves had ones at its end.
        for (int merge = Long.numberOfTrailingZeros(~size); merge > 0; merge--) {
            count--;
            join(subtrees[count], node, subtrees[count]);
            node = subtrees[count];
        }
        size++;
    }

    /** Root over the leaves so far, a new array; of none, the hash of nothing. */
    public byte[] root() {
        if (size == 0) {
            return digest.digest();
        }
        int last = Long.bitCount(size) - 1;
        System.arraycopy(subtrees[last], 0, root, 0, Hashes.BYTES);
        for (int i = last - 1; i >= 0; i--) {
            join(subtrees[i], root, root);
        }
        return root.clone();
    }

    private void join(byte[] left, byte[] right, byte[] to) {
        digest.update(NODE);
        digest.update(left);
        digest.update(right);
        Hashes.finish(digest, to, 0);
    }
}
