package io.pgweir.audit.seal;

import io.pgweir.audit.seal.TrailReport.ChainReport;
import io.pgweir.audit.seal.TrailReport.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts one chain together from its records, in whatever order they come: runs without a hole, each one's ends known, that grow and
 * meet. Where two records meet, the later one must name the earlier one's hash. One thread.
 */
final class ChainCheck {
    private static final byte[] ZEROS = new byte[Hashes.BYTES];

    private final String uid;
    private final int number;
    private final TrailFold trail;
    private final CheckpointCheck checkpoints;
    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private @Nullable Run newest;
    private int source = -1;
    private long highestOfSource;
    private long duplicates;
    private long incomparable;
    private long cut;
    private long lost;
    private boolean stopped;
    private ControlRecord.@Nullable Resumed resumed;
    private String resumedAt = "";

    ChainCheck(String uid, int number, TrailFold trail) {
        this.uid = uid;
        this.number = number;
        this.trail = trail;
        checkpoints = new CheckpointCheck(uid, trail);
    }

    void accept(Link link, boolean mustBeInOrder) {
        boolean isBehind = noteOrder(link);
        Run run = runOf(link.seq());
        if (run != null) {
            again(link);
            return;
        }
        if (isBehind && mustBeInOrder && !link.isEdited()) {
            trail.find(
                    Finding.Kind.REORDERED,
                    uid,
                    link.seq(),
                    link,
                    "record " + link.seq() + " stands behind record " + highestOfSource);
        }
        if (link.isEdited() && link.seq() != highest() + 1) {
            // Its number may be what was changed: it takes nobody's place.
            return;
        }
        trail.seen().put(number, link.seq(), head(link));
        if (link.state() == Link.State.CUT) {
            cut++;
        }
        place(link);
        if (link.text() != null && !link.isEdited()) {
            control(link, link.text());
        }
    }

    private boolean noteOrder(Link link) {
        if (link.source() != source) {
            source = link.source();
            highestOfSource = 0;
        }
        if (link.seq() < highestOfSource) {
            return true;
        }
        if (!link.isEdited()) {
            highestOfSource = link.seq();
        }
        return false;
    }

    private @Nullable Run runOf(long seq) {
        Run last = newest;
        if (last != null && seq > last.last) {
            return null;
        }
        Map.Entry<Long, Run> floor = runs.floorEntry(seq);
        return floor != null && seq <= floor.getValue().last ? floor.getValue() : null;
    }

    /** A record whose number was there. */
    private void again(Link link) {
        long known = trail.seen().get(number, link.seq());
        if (known == SeenHashes.NONE) {
            duplicates++;
            incomparable++;
        } else if (known == head(link)) {
            duplicates++;
        } else if (!link.isEdited()) {
            trail.find(
                    Finding.Kind.CONFLICT,
                    uid,
                    link.seq(),
                    link,
                    "another record " + link.seq() + " came before, with another hash than " + Hashes.hex(link.hash()));
        }
    }

    private void place(Link link) {
        long seq = link.seq();
        Run left = newest;
        if (left == null || left.last + 1 != seq) {
            Map.Entry<Long, Run> before = runs.lowerEntry(seq);
            left = before != null && before.getValue().last + 1 == seq ? before.getValue() : null;
        }
        if (left == null) {
            left = new Run(seq, link);
            runs.put(seq, left);
            if (seq == 1 && !link.isEdited() && !Arrays.equals(link.prev(), ZEROS)) {
                trail.find(Finding.Kind.UNLINKED, uid, 1, link, "record 1 names a record before it (expected: zeros)");
            }
        } else {
            meet(left, link.isEdited() ? null : link.prev(), link);
            left.last = seq;
            left.lastHash = link.isEdited() ? null : link.hash();
        }
        checkpoints.leaf(seq, link.hash());
        Run right = runs.get(seq + 1);
        if (right != null) {
            meet(left, right.firstPrev, link);
            left.last = right.last;
            left.lastHash = right.lastHash;
            runs.remove(seq + 1);
        }
        if (newest == null || left.last >= newest.last) {
            newest = left;
        }
    }

    /**
     * @param prev what the record behind the run's last one names as its hash; null where it cannot be believed
     * @param link where to look
     */
    private void meet(Run run, byte @Nullable [] prev, Link link) {
        if (prev == null) {
            return;
        }
        if (run.lastHash == null) {
            // What was edited is named; what it was before, its successor knows.
            checkpoints.leaf(run.last, prev);
        } else if (!Arrays.equals(run.lastHash, prev)) {
            trail.find(
                    Finding.Kind.UNLINKED,
                    uid,
                    run.last,
                    run.last + 1,
                    link,
                    "record " + (run.last + 1) + " names " + Hashes.hex(prev) + " as the hash of record " + run.last
                            + ", which is " + Hashes.hex(run.lastHash));
        }
    }

    private void control(Link link, byte[] text) {
        switch (ControlRecord.read(text)) {
            case ControlRecord.Covered covered -> checkpoints.accept(covered.checkpoint(), link);
            case ControlRecord.Resumed of -> {
                resumed = of;
                resumedAt = trail.locate(link);
            }
            case ControlRecord.Lost of -> lost += of.dropped();
            case ControlRecord.Stopped _ -> stopped = true;
            case null -> {
                // Says nothing of the chain.
            }
        }
    }

    /** When all records are there. */
    void finish() {
        long expected = 1;
        for (Run run : runs.values()) {
            if (run.first > expected) {
                missing(expected, run);
            }
            if (run.firstPrev != null) {
                checkpoints.leafIfAbsent(run.first - 1, run.firstPrev);
            }
            expected = run.last + 1;
        }
        checkpoints.finish();
        if (lost > 0) {
            trail.note(uid, "the agent says itself that it lost " + TrailFold.count(lost, "record") + " (audit.gap)");
        }
        if (incomparable > 0) {
            trail.note(uid, TrailFold.count(incomparable, "duplicate") + " came too late to be compared");
        }
        if (cut > 0) {
            trail.note(uid, TrailFold.count(cut, "record") + " cut by the sink: not provable, but for being there");
        }
        long uncovered = uncovered();
        if (uncovered > 0) {
            trail.note(uid, TrailFold.count(uncovered, "record") + " not yet covered by a checkpoint");
        }
    }

    private void missing(long from, Run next) {
        boolean isHead = from == 1;
        long to = next.first - 1;
        String range = from == to ? String.valueOf(from) : from + ".." + to;
        if (isHead && trail.mayBeginLate()) {
            trail.note(uid, "begins at " + next.first + ": what was before is not here");
        } else {
            trail.find(new Finding(Finding.Kind.MISSING, uid, from, to, next.location(trail), "missing " + range));
        }
    }

    /** This chain begins where another one ended: is that one here, and did it? */
    void checkResume(Map<String, ChainCheck> others) {
        ControlRecord.Resumed of = resumed;
        if (of == null) {
            return;
        }
        ChainCheck before = others.get(of.chain());
        if (before == null) {
            if (trail.mayBeginLate()) {
                trail.note(uid, "resumes chain " + of.chain() + ", which is not here");
            } else {
                resumeFault("resumes chain " + of.chain() + " at " + of.seq() + ", which is not here");
            }
            return;
        }
        long last = before.highest();
        if (last < of.seq()) {
            String range = last + 1 == of.seq() ? "" + of.seq() : (last + 1) + ".." + of.seq();
            trail.find(new Finding(
                    Finding.Kind.MISSING,
                    of.chain(),
                    last + 1,
                    of.seq(),
                    resumedAt,
                    "missing " + range + ": cut off at the end, but chain " + uid + " resumes " + of.seq()));
        } else if (last > of.seq()) {
            resumeFault("resumes chain " + of.chain() + " at " + of.seq() + ", but that one goes on to " + last);
        } else if (before.newest != null
                && before.newest.lastHash != null
                && !Hashes.hex(before.newest.lastHash).equals(of.hash())) {
            resumeFault(
                    "resumes chain " + of.chain() + " at " + of.seq() + " with another hash than that one ends with");
        }
    }

    private void resumeFault(String what) {
        trail.find(new Finding(Finding.Kind.RESUME, uid, 1, 1, resumedAt, what));
    }

    /** The chain that it says it goes on from; empty for none. */
    String resumes() {
        return resumed == null ? "" : resumed.chain();
    }

    /** Of the last chain of an agent: nothing tells whether it was longer. */
    void noteOpenEnd() {
        if (!stopped) {
            trail.note(uid, "does not end with audit.stop: it still runs, was killed, or is cut off here");
        }
    }

    private long highest() {
        return newest == null ? 0 : newest.last;
    }

    private long uncovered() {
        return Math.max(0, highest() - checkpoints.lastSeq());
    }

    long cut() {
        return cut;
    }

    ChainReport report() {
        List<Range> ranges = new ArrayList<>();
        for (Run run : runs.values()) {
            ranges.add(new Range(run.first, run.last));
        }
        return new ChainReport(
                uid,
                ranges,
                duplicates,
                checkpoints.valid(),
                checkpoints.signed(),
                uncovered(),
                resumed == null ? null : resumed.chain());
    }

    private static long head(Link link) {
        long head = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            head = (head << Byte.SIZE) | (link.hash()[i] & 0xff);
        }
        return head;
    }

    /** Records that follow one another. */
    private static final class Run {
        private final long first;
        private final byte @Nullable [] firstPrev;
        private final int source;
        private final long position;
        private long last;

        /** Null where the last record was edited. */
        private byte @Nullable [] lastHash;

        Run(long seq, Link link) {
            first = seq;
            last = seq;
            firstPrev = link.isEdited() ? null : link.prev();
            lastHash = link.isEdited() ? null : link.hash();
            source = link.source();
            position = link.position();
        }

        String location(TrailFold trail) {
            return trail.locate(source, position);
        }
    }
}
