package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What of a capture is run again, and how.
 *
 * @param speed 2 is twice as fast; infinite for as fast as answers come
 * @param sessions which ones
 * @param fingerprints of the statements that are run; empty for all. Those that set something or begin and end transactions always are
 * @param readOnly whether only statements that read are run, in sessions whose transactions are READ ONLY by default
 * @param commitOrder whether transactions of different sessions commit in the order in which they did
 */
public record Options(
        double speed,
        Predicate<SessionOpen> sessions,
        Set<String> fingerprints,
        boolean readOnly,
        boolean commitOrder) {
    public Options {
        fingerprints = Set.copyOf(fingerprints);
    }

    /** All of it. */
    public static Options at(double speed) {
        return new Options(speed, _ -> true, Set.of(), false, false);
    }

    boolean isTimed() {
        return Double.isFinite(speed);
    }

    boolean choosesStatements() {
        return readOnly || !fingerprints.isEmpty();
    }
}
