package io.pgweir.audit.seal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds one chain's checkpoints against its hashes. Where records come in order the tree grows with them; for a checkpoint whose
 * records come late or were edited, it is built again once they are there. One thread.
 */
final class CheckpointCheck {
    /** Checkpoints that wait for records that should have come before them. */
    private static final int WAITING_MAX = 16;

    private final String chain;
    private final TrailFold trail;
    private final LeafWindow leaves = new LeafWindow();
    private final List<Waiting> waiting = new ArrayList<>();

    /** Over the hashes from {@code treeFirst} to before {@code treeNext}: each joins when the record behind it has had its say. */
    private final MerkleTree tree = new MerkleTree();

    private long treeFirst = 1;
    private long treeNext = 1;

    /** Hash of record {@code treeNext}; null where it is not there. */
    private byte @Nullable [] pending;

    /** Number of the last checkpoint's own record. */
    private long lastSeq;

    private long valid;
    private long signed;
    private long unsigned;
    private long unchecked;

    CheckpointCheck(String chain, TrailFold trail) {
        this.chain = chain;
        this.trail = trail;
    }

    /** The hash of record {@code seq}; the record behind it may correct that. */
    void leaf(long seq, byte[] hash) {
        if (seq == treeNext + 1 && pending != null) {
            tree.add(pending);
            treeNext = seq;
        }
        if (seq == treeNext) {
            pending = hash;
        }
        leaves.put(seq, hash);
    }

    void leafIfAbsent(long seq, byte[] hash) {
        if (leaves.get(seq) == null) {
            leaves.put(seq, hash);
        }
    }

    void accept(Checkpoint checkpoint, Link link) {
        long seq = link.seq();
        if (checkpoint.last() != seq - 1
                || checkpoint.first() < 1
                || checkpoint.records() != checkpoint.last() - checkpoint.first() + 1
                || checkpoint.records() < 1) {
            trail.find(
                    Finding.Kind.CHECKPOINT,
                    chain,
                    seq,
                    link,
                    "checkpoint " + seq + " covers " + checkpoint.first() + ".." + checkpoint.last() + ", "
                            + checkpoint.records() + " records (expected: up to " + (seq - 1) + ")");
            return;
        }
        if (seq > lastSeq) {
            checkBegin(checkpoint, link);
            lastSeq = seq;
        }
        boolean isSigned = checkSignature(checkpoint, link);
        Waiting one = new Waiting(checkpoint, seq, trail.locate(link), isSigned);
        if (checkpoint.first() == treeFirst && treeNext == seq) {
            judge(one, Hashes.hex(tree.root()));
        } else {
            waiting.add(one);
        }
        tree.clear();
        treeFirst = seq;
        treeNext = seq;
        pending = link.hash();
        while (waiting.size() > WAITING_MAX
                || (!waiting.isEmpty() && seq - leaves.base() > LeafWindow.LEAVES_MAX / 2)) {
            settle(waiting.removeFirst());
        }
        leaves.forget(waiting.isEmpty() ? seq : waiting.getFirst().checkpoint.first());
    }

    /** Nothing may lie between two checkpoints. */
    private void checkBegin(Checkpoint checkpoint, Link link) {
        long expected = Math.max(1, lastSeq);
        long first = checkpoint.first();
        boolean mayBeMissing = leaves.get(first) == null;
        if (first != expected && !(first > expected && mayBeMissing)) {
            trail.find(
                    Finding.Kind.CHECKPOINT,
                    chain,
                    link.seq(),
                    link,
                    "checkpoint " + link.seq() + " covers from " + first + " (expected: from " + expected + ")");
        }
    }

    /** Whether one of the given keys signed it. */
    private boolean checkSignature(Checkpoint checkpoint, Link link) {
        String keyId = checkpoint.keyId();
        if (checkpoint.signature() == null || keyId == null) {
            unsigned++;
            if (trail.mustBeSigned()) {
                trail.find(
                        Finding.Kind.SIGNATURE, chain, link.seq(), link, "checkpoint " + link.seq() + " is not signed");
            }
            return false;
        }
        PublicSealKey key = trail.key(keyId);
        if (key == null) {
            unchecked++;
            if (trail.mustBeSigned()) {
                trail.find(
                        Finding.Kind.SIGNATURE,
                        chain,
                        link.seq(),
                        link,
                        "checkpoint " + link.seq() + " is signed with key " + keyId + ", which is none of those given");
            }
            return false;
        }
        if (!checkpoint.isSignedBy(key, chain)) {
            trail.find(
                    Finding.Kind.SIGNATURE,
                    chain,
                    link.seq(),
                    link,
                    "checkpoint " + link.seq() + " has a signature that key " + keyId + " did not make");
            return false;
        }
        return true;
    }

    private void settle(Waiting one) {
        MerkleTree over = new MerkleTree();
        long missing = 0;
        Checkpoint checkpoint = one.checkpoint;
        if (checkpoint.records() > LeafWindow.LEAVES_MAX) {
            missing = checkpoint.records();
        }
        for (long seq = checkpoint.first(); missing == 0 && seq <= checkpoint.last(); seq++) {
            byte[] leaf = leaves.get(seq);
            if (leaf == null) {
                missing++;
            } else {
                over.add(leaf);
            }
        }
        if (missing == 0) {
            judge(one, Hashes.hex(over.root()));
        } else {
            trail.note(
                    chain,
                    "checkpoint " + one.seq + " cannot be held against its records " + checkpoint.first() + ".."
                            + checkpoint.last() + ": not all of them are here");
        }
    }

    private void judge(Waiting one, String root) {
        if (!root.equals(one.checkpoint.root())) {
            trail.find(new Finding(
                    Finding.Kind.CHECKPOINT,
                    chain,
                    one.checkpoint.first(),
                    one.checkpoint.last(),
                    one.location,
                    "checkpoint " + one.seq + " is not over these records " + one.checkpoint.first() + ".."
                            + one.checkpoint.last() + ": their root is " + root));
            return;
        }
        valid++;
        if (one.isSigned) {
            signed++;
        }
    }

    /** When all records are there. */
    void finish() {
        waiting.forEach(this::settle);
        waiting.clear();
        if (unsigned > 0) {
            trail.note(chain, TrailFold.count(unsigned, "checkpoint") + " without a signature");
        }
        if (unchecked > 0) {
            trail.note(
                    chain, TrailFold.count(unchecked, "signature") + " not checked: no public key was given for them");
        }
        if (signed == 0 && trail.requiresSignatures()) {
            trail.find(
                    new Finding(Finding.Kind.SIGNATURE, chain, 0, 0, "", "no checkpoint is signed with a given key"));
        }
    }

    long lastSeq() {
        return lastSeq;
    }

    long valid() {
        return valid;
    }

    long signed() {
        return signed;
    }

    private record Waiting(Checkpoint checkpoint, long seq, String location, boolean isSigned) {}
}
