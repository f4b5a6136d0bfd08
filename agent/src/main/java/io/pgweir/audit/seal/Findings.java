package io.pgweir.audit.seal;

import java.util.ArrayList;
import java.util.List;

/** Collects what is found: the first ones in full, the rest as a number. One thread. */
final class Findings {
    /** Nobody reads more, and a trail of garbage has one a line. */
    static final int KEPT_MAX = 10_000;

    private final List<Finding> kept = new ArrayList<>();
    private long count;

    void add(Finding finding) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(finding);
        }
    }

    List<Finding> kept() {
        return List.copyOf(kept);
    }

    long count() {
        return count;
    }
}
