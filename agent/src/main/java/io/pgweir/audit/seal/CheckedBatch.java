package io.pgweir.audit.seal;

import java.util.ArrayList;
import java.util.List;

/** What came out of one batch, in its order. Made by one worker, then read by the fold. */
final class CheckedBatch {
    final List<Link> links = new ArrayList<>();
    final List<Fault> faults = new ArrayList<>();
    long records;
    long opened;
    long erased;

    /** Something is wrong with one record, whatever the others are. */
    record Fault(Finding.Kind kind, long position, String chain, long seq, String what) {}
}
