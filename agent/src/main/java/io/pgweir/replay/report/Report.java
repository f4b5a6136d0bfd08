package io.pgweir.replay.report;

import io.pgweir.replay.Results.Summary;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of one replay; {@code schemas/replay-report.v1.json} is its form as JSON.
 *
 * @param partial why it is not all of the capture; empty where it is
 * @param sessionsSkipped that were not wanted, and those that replicate
 * @param baseline what noise looks like; null where nobody knows
 */
public record Report(
        Run run,
        List<String> partial,
        long sessionsSkipped,
        Summary summary,
        @Nullable Baseline baseline) {
    /**
     * What was run.
     *
     * @param pgweir version of the program
     * @param capture null where no file could be read
     * @param captured when the capture began; null where no file could be read
     * @param started when it was run again
     * @param target host and port
     * @param speed 2 is twice as fast; infinite for as fast as answers come
     */
    public record Run(
            String pgweir,
            @Nullable UUID capture,
            @Nullable Instant captured,
            Instant started,
            String target,
            double speed) {
        /** Whether statements had their times. */
        public boolean isTimed() {
            return Double.isFinite(speed);
        }
    }

    public Report {
        partial = List.copyOf(partial);
    }

    public Report(Run run, List<String> partial, long sessionsSkipped, Summary summary) {
        this(run, partial, sessionsSkipped, summary, null);
    }

    /** Beside what another replay of the same capture showed. */
    public Report beside(Report other) {
        return new Report(run, partial, sessionsSkipped, summary, Baseline.of(other, summary));
    }

    /** How many answers differ and do not in the baseline, if there is one. */
    public long differing() {
        return baseline == null ? summary.differing() : baseline.differing();
    }
}
