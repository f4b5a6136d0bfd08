package io.pgweir.audit.seal;

import io.pgweir.audit.RecordBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Links records: each one names the hash of the one before, and every hash becomes a leaf of the next checkpoint's tree.
 *
 * <pre>
 * {"version":1,...,"seq":7,...,"prev":"hash of 6","hash":"..."[,"open":{...}]}
 * |---------------- hashed ---------------------|
 * </pre>
 *
 * Allocates nothing per record. Writer thread only; a record that was sealed must be written, or the chain has a hole.
 */
public final class Chain {
    private static final byte[] PREV = ascii(",\"prev\":\"");
    private static final byte[] HASH = ascii(",\"hash\":\"");

    private final String uid;
    private final MessageDigest digest = Hashes.sha256();
    private final MerkleTree tree = new MerkleTree();
    private final byte[] hash = new byte[Hashes.BYTES];
    private final byte[] hex = new byte[Hashes.DIGITS];

    /** Number of the next record. */
    private long seq = 1;

    /** Number of the record that is the tree's first leaf. */
    private long first = 1;

    /** @param uid of the chain: what its records have as {@code chain} */
    public Chain(String uid) {
        this.uid = uid;
        Hashes.hex(hash, hex);
    }

    public String uid() {
        return uid;
    }

    /** Number that the next record must bear, from 1. */
    public long seq() {
        return seq;
    }

    /** The newest record's hash, {@value Hashes#BYTES} bytes; zeros before the first. This chain's own array: changes with the next. */
    public byte[] hash() {
        return hash;
    }

    /** Records that no checkpoint covers yet; behind a checkpoint at least that record itself. */
    public long uncovered() {
        return seq - first;
    }

    /**
     * Appends {@code prev} and {@code hash} to a record.
     *
     * @param buffer holds, from {@code from} to its end, the record up to but without its closing brace; what may follow is
     *     {@code ,"open":{...}} and that brace
     */
    public void seal(RecordBuffer buffer, int from) {
        buffer.writeBytes(PREV);
        buffer.writeBytes(hex);
        buffer.write('"');
        digest.update(buffer.array(), from, buffer.size() - from);
        Hashes.finish(digest, hash, 0);
        Hashes.hex(hash, hex);
        buffer.writeBytes(HASH);
        buffer.writeBytes(hex);
        buffer.write('"');
        tree.add(hash);
        seq++;
    }

    /**
     * What the next record, an {@code audit.checkpoint}, says of the records since the last one.
     *
     * @param key null for no signature
     * @throws IllegalStateException where there is no such record
     */
    public Checkpoint checkpoint(@Nullable SigningKey key) {
        if (uncovered() == 0) {
            throw new IllegalStateException("checkpoint over no record (expected: at least one)");
        }
        Checkpoint unsigned = new Checkpoint(first, seq - 1, uncovered(), Hashes.hex(tree.root()), null, null);
        return key == null ? unsigned : unsigned.sign(uid, key);
    }

    /** {@link #seal} of the record that {@link #checkpoint} is told in: the first one of the next tree. */
    public void sealCheckpoint(RecordBuffer buffer, int from) {
        tree.clear();
        first = seq;
        seal(buffer, from);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
