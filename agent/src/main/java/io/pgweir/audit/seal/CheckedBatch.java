package io.pgweir.audit.seal;

import io.pgweir.audit.encode.Chunk;
import java.util.ArrayList;
import java.util.List;

/** What came out of one batch, in its order. Made by one worker, then read by the fold. */
final class CheckedBatch {
    final List<Link> links = new ArrayList<>();
    final List<Fault> faults = new ArrayList<>();
    /** Of records that were too long for their place. */
    final List<Piece> pieces = new ArrayList<>();

    long records;
    long opened;
    long erased;

    /** Something is wrong with one record, whatever the others are. */
    record Fault(Finding.Kind kind, long position, String chain, long seq, String what) {}

    record Piece(long position, Chunk chunk) {}
}
