package io.pgweir.audit.seal;

import io.pgweir.audit.encode.Chunk;
import io.pgweir.audit.encode.ChunkText;
import io.pgweir.audit.seal.CanonicalRecord.UnreadableException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks records one by one: is each one's hash its own, are its opened values what was committed to.
 *
 * <p>A text as pgweir wrote it is hashed as it stands, and only its head is read; whatever does not verify so is parsed, put into the
 * canonical form again, and judged by that. One thread, one batch.
 */
final class RecordChecker implements RecordSource.Visitor {
    private static final ByteSearch HASH = new ByteSearch(",\"hash\":\"");
    private static final ByteSearch PREV = new ByteSearch(",\"prev\":\"");
    private static final ByteSearch PIECE = new ByteSearch("{\"chunk\":{");
    private static final ByteSearch OPEN = new ByteSearch(",\"open\":{");
    private static final ByteSearch COMMITMENT = new ByteSearch("\"commitment\":\"");

    private final CheckedBatch checked = new CheckedBatch();
    private final MessageDigest digest = Hashes.sha256();
    private final HeadScan head = new HeadScan();
    private final int source;
    private final @Nullable String wantedChain;
    private final long wantedSeq;
    private final byte[] computed = new byte[Hashes.BYTES];

    RecordChecker(int source) {
        this(source, null, 0);
    }

    /** @param wantedChain chain of the record whose text is kept; null for none */
    RecordChecker(int source, @Nullable String wantedChain, long wantedSeq) {
        this.source = source;
        this.wantedChain = wantedChain;
        this.wantedSeq = wantedSeq;
    }

    CheckedBatch checked() {
        return checked;
    }

    @Override
    public void unreadable(long position, String what) {
        checked.faults.add(new CheckedBatch.Fault(Finding.Kind.UNREADABLE, position, "", 0, what));
    }

    @Override
    public void record(byte[] array, int from, int to, long position) {
        if (!isSoundAsItStands(array, from, to, position) && !isPiece(array, from, to, position)) {
            parse(array, from, to, position);
        }
    }

    private boolean isPiece(byte[] in, int from, int to, long position) {
        Chunk chunk = PIECE.isAt(in, from, to) ? ChunkText.read(Arrays.copyOfRange(in, from, to)) : null;
        if (chunk != null) {
            checked.pieces.add(new CheckedBatch.Piece(position, chunk));
        }
        return chunk != null;
    }

    /** The fast path; false where it cannot tell. */
    private boolean isSoundAsItStands(byte[] in, int from, int to, long position) {
        int hashAt = to - 2 - Hashes.DIGITS - HASH.length();
        if (!HASH.isAt(in, hashAt, to)) {
            hashAt = HASH.first(in, from, to);
        }
        int prevAt = hashAt - 1 - Hashes.DIGITS - PREV.length();
        int hashEnd = hashAt + HASH.length() + Hashes.DIGITS;
        if (hashAt < 0 || prevAt <= from || hashEnd + 2 > to || !PREV.isAt(in, prevAt, to)) {
            return false;
        }
        boolean isOpen = OPEN.isAt(in, hashEnd + 1, to);
        boolean endsHere = hashEnd + 2 == to || isOpen;
        if (in[hashEnd] != '"' || in[to - 1] != '}' || in[hashAt - 1] != '"' || !endsHere) {
            return false;
        }
        byte[] hash = hash(in, hashEnd - Hashes.DIGITS);
        byte[] prev = hash(in, prevAt + PREV.length());
        if (hash == null || prev == null || !head.read(in, from, prevAt + 1)) {
            return false;
        }
        digest.update(in, from, hashAt - from);
        Hashes.finish(digest, computed, 0);
        if (!Arrays.equals(computed, hash)) {
            return false;
        }
        checked.records++;
        boolean isWanted = head.isControl() || isWanted(head.chain(), head.seq());
        byte[] text = isWanted ? Arrays.copyOfRange(in, from, to) : null;
        checked.links.add(new Link(source, position, head.chain(), head.seq(), hash, prev, Link.State.SOUND, text));
        if (isOpen) {
            open(in, from, to, position, head.chain(), head.seq());
        } else {
            checked.erased += COMMITMENT.count(in, from, hashAt);
        }
        return true;
    }

    /** The slow path. */
    private void parse(byte[] in, int from, int to, long position) {
        CanonicalRecord record;
        try {
            record = CanonicalRecord.read(in, from, to);
        } catch (UnreadableException garbage) {
            unreadable(position, String.valueOf(garbage.getMessage()));
            return;
        }
        String chain = record.chain();
        byte[] hash = record.hash() == null ? null : hash(record.hash());
        byte[] prev = record.prev() == null ? null : hash(record.prev());
        checked.records++;
        if (chain == null && hash == null && prev == null && !record.isCut()) {
            fault(Finding.Kind.UNSEALED, position, "", 0, "a record without chain, seq, prev and hash");
            return;
        }
        digest.update(record.canonical());
        Hashes.finish(digest, computed, 0);
        Link.State state =
                Arrays.equals(computed, hash) ? Link.State.SOUND : record.isCut() ? Link.State.CUT : Link.State.EDITED;
        String named = chain == null ? "" : chain;
        if (state == Link.State.EDITED) {
            fault(Finding.Kind.EDITED, position, named, record.seq(), edited(record, hash));
        }
        if (chain == null || record.seq() < 1 || hash == null || prev == null) {
            if (state != Link.State.EDITED) {
                fault(
                        Finding.Kind.UNREADABLE,
                        position,
                        named,
                        record.seq(),
                        "chain, seq, prev or hash is missing or wrong");
            }
            return;
        }
        boolean isWanted = record.isControl() || isWanted(chain, record.seq());
        byte[] text = isWanted ? Arrays.copyOfRange(in, from, to) : null;
        checked.links.add(new Link(source, position, chain, record.seq(), hash, prev, state, text));
        if (state == Link.State.SOUND) {
            open(in, from, to, position, chain, record.seq());
        }
    }

    private String edited(CanonicalRecord record, byte @Nullable [] hash) {
        String says = "record" + (record.seq() < 1 ? "" : " " + record.seq());
        if (hash == null) {
            return says + " has no hash that can be read";
        }
        return says + " was changed: its hash is " + Hashes.hex(computed) + ", it says " + Hashes.hex(hash);
    }

    private void open(byte[] in, int from, int to, long position, String chain, long seq) {
        Openings openings = Openings.check(in, from, to);
        checked.opened += openings.opened();
        checked.erased += openings.erased();
        for (String fault : openings.faults()) {
            fault(Finding.Kind.OPENED, position, chain, seq, "record " + seq + ": " + fault);
        }
    }

    private void fault(Finding.Kind kind, long position, String chain, long seq, String what) {
        checked.faults.add(new CheckedBatch.Fault(kind, position, chain, seq, what));
    }

    private boolean isWanted(String chain, long seq) {
        return seq == wantedSeq && chain.equals(wantedChain);
    }

    private static byte @Nullable [] hash(String hex) {
        return hex.length() == Hashes.DIGITS ? hash(hex.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0) : null;
    }

    /** From lower-case hex; null where it is none. */
    private static byte @Nullable [] hash(byte[] in, int at) {
        if (at + Hashes.DIGITS > in.length) {
            return null;
        }
        byte[] hash = new byte[Hashes.BYTES];
        int wrong = 0;
        for (int i = 0; i < Hashes.BYTES; i++) {
            int high = Hashes.value(in[at + 2 * i]);
            int low = Hashes.value(in[at + 2 * i + 1]);
            wrong |= high | low;
            hash[i] = (byte) (high << 4 | low);
        }
        return wrong < 0 ? null : hash;
    }
}
