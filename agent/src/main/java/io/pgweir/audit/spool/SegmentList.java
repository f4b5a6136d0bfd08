package io.pgweir.audit.spool;

import java.util.ArrayList;
import java.util.List;

/** The segments of a spool at one moment, oldest first. Immutable. */
record SegmentList(List<Segment> all) {
    SegmentList {
        all = List.copyOf(all);
    }

    /** Of the one that holds {@code position}; 0 where it is older than all. */
    int indexAt(long position) {
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (all.get(middle).base() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Position behind the segment: where the next begins; the newest has no end. */
    long end(int index) {
        return index + 1 < all.size() ? all.get(index + 1).base() : Long.MAX_VALUE;
    }

    SegmentList and(Segment newest) {
        List<Segment> more = new ArrayList<>(all);
        more.add(newest);
        return new SegmentList(more);
    }

    SegmentList withoutOldest() {
        return new SegmentList(all.subList(1, all.size()));
    }
}
