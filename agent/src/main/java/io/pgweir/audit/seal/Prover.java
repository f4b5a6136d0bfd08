package io.pgweir.audit.seal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds one record in a trail, and makes a {@link Proof} of it from the hashes of its neighbours. One thread. */
public final class Prover {
    /** Records under one checkpoint: 32 MiB of hashes. */
    private static final int RECORDS_MAX = 1 << 20;

    private final String chain;
    private final long seq;
    private final MissingSafeLeaves leaves = new MissingSafeLeaves();
    private @Nullable Link found;
    private @Nullable Checkpoint checkpoint;

    private Prover(String chain, long seq) {
        this.chain = chain;
        this.seq = seq;
    }

    /** Why there is no proof; the message is for people. */
    public static final class NoProofException extends Exception {
        private static final long serialVersionUID = 1L;

        NoProofException(String what) {
            super(what);
        }
    }

    /**
     * @param chain uid of the record's chain
     * @param seq its number there
     */
    public static Proof prove(List<RecordSource> sources, String chain, long seq, TrailVerifier.Progress progress)
            throws IOException, InterruptedException, NoProofException {
        Prover prover = new Prover(chain, seq);
        try (SortedLinks sorted = new SortedLinks()) {
            new TrailReader(sources, progress, chain, seq).read((batch, source) -> {
                for (Link link : batch.links) {
                    if (link.chain().equals(chain) && !link.isEdited()) {
                        sorted.add(link);
                    }
                }
            });
            sorted.forEach(prover::accept);
        }
        return prover.proof();
    }

    private void accept(Link link) {
        if (checkpoint != null || link.seq() == leaves.last) {
            return;
        }
        if (link.seq() == seq) {
            found = link;
        }
        byte[] text = link.text();
        if (text != null && ControlRecord.read(text) instanceof ControlRecord.Covered(Checkpoint covered)) {
            if (covered.first() <= seq && seq <= covered.last()) {
                checkpoint = covered;
                return;
            }
            leaves.begin(link.seq());
        }
        leaves.add(link.seq(), link.hash());
    }

    private Proof proof() throws NoProofException {
        String what = "record " + seq + " of chain " + chain;
        Link record = found;
        if (record == null || record.text() == null) {
            throw new NoProofException(what + " is not here, or was changed");
        }
        Checkpoint over = checkpoint;
        if (over == null) {
            throw new NoProofException(what + " is not yet covered by a checkpoint");
        }
        byte[] all = leaves.exactly(over.first(), over.last());
        if (all == null) {
            throw new NoProofException(
                    what + " cannot be proven: not all records " + over.first() + ".." + over.last() + " are here");
        }
        InclusionProof leaf = InclusionProof.of((int) (seq - over.first()), all);
        byte[] root = leaf.root(record.hash());
        if (root == null || !Hashes.hex(root).equals(over.root())) {
            throw new NoProofException(what + " cannot be proven: the checkpoint behind it is not over these records");
        }
        return new Proof(new String(record.text(), StandardCharsets.UTF_8), leaf, chain, over);
    }

    /** Hashes since the last checkpoint, as long as none is missing. */
    private static final class MissingSafeLeaves {
        private byte[] hashes = new byte[1024 * Hashes.BYTES];
        private long first = 1;
        private long last;

        void begin(long seq) {
            first = seq;
            last = seq - 1;
        }

        void add(long seq, byte[] hash) {
            if (seq != last + 1) {
                begin(seq);
            }
            int at = (int) Math.min(RECORDS_MAX, seq - first) * Hashes.BYTES;
            if (at == RECORDS_MAX * Hashes.BYTES) {
                begin(seq);
                at = 0;
            }
            if (at == hashes.length) {
                hashes = java.util.Arrays.copyOf(hashes, 2 * hashes.length);
            }
            System.arraycopy(hash, 0, hashes, at, Hashes.BYTES);
            last = seq;
        }

        byte @Nullable [] exactly(long from, long to) {
            return from == first && to == last
                    ? java.util.Arrays.copyOf(hashes, (int) (to - from + 1) * Hashes.BYTES)
                    : null;
        }
    }
}
