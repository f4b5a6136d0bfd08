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
 * @param pipeline requests of a session that may be under way at once though its client waited for each answer; only where neither times
 *     nor the order of commits are kept
 */
public record Options(
        double speed,
        Predicate<SessionOpen> sessions,
        Set<String> fingerprints,
        boolean readOnly,
        boolean commitOrder,
        int pipeline) {
    /** Enough for the target never to wait for what is next. */
    public static final int PIPELINE = 32;

    public Options {
        fingerprints = Set.copyOf(fingerprints);
    }

    /** All of it. */
    public static Options at(double speed) {
        return new Options(speed, _ -> true, Set.of(), false, false, PIPELINE);
    }

    int ahead() {
        return isTimed() || commitOrder ? 0 : pipeline - 1;
    }

    boolean isTimed() {
        return Double.isFinite(speed);
    }

    boolean choosesStatements() {
        return readOnly || !fingerprints.isEmpty();
    }
}
