package io.pgweir.replay.report;

import io.pgweir.replay.Results.Group;
import io.pgweir.replay.Results.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Which statements take longer than they did. */
public final class Regressions {
    private Regressions() {}

    /** Those first that cost most more time, all of their answers together; none that cost less. */
    public static List<Map.Entry<String, Group>> of(Summary summary) {
        return summary.groups().entrySet().stream()
                .filter(each -> moreNanos(each.getValue()) > 0)
                .sorted(Comparator.comparingLong(each -> -moreNanos(each.getValue())))
                .toList();
    }

    /** How much longer all its answers took together; less than 0 where it is faster. */
    static long moreNanos(Group group) {
        return (long) ((group.replayed().getMean() - group.captured().getMean()) * group.answers());
    }
}
