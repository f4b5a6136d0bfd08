package io.pgweir.audit.seal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is proven of a trail, and what is not.
 *
 * @param chains in the order that they were met
 * @param findings the first {@value Findings#KEPT_MAX}
 * @param findingCount all of them
 * @param notes what a reader should know and no rule of the trail is broken by
 * @param records that were read, doubles included
 * @param opened values that are what was committed to
 * @param erased commitments whose value is gone
 * @param cut records that a sink shortened: their content cannot be proven
 */
public record TrailReport(
        List<ChainReport> chains,
        List<Finding> findings,
        long findingCount,
        List<String> notes,
        long records,
        long opened,
        long erased,
        long cut) {

    public boolean isWhole() {
        return findingCount == 0;
    }

    /**
     * @param ranges of numbers without a hole
     * @param duplicates records that came again
     * @param checkpoints those that are over the records that they name, and not signed wrongly
     * @param signed of them, those that one of the given keys signed
     * @param uncovered records behind the last checkpoint
     * @param resumes the chain that this one says it goes on from
     */
    public record ChainReport(
            String chain,
            List<Range> ranges,
            long duplicates,
            long checkpoints,
            long signed,
            long uncovered,
            @Nullable String resumes) {}

    /** @param last inclusive */
    public record Range(long first, long last) {}
}
