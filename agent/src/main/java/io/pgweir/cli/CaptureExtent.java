package io.pgweir.cli;

import io.pgweir.capture.CaptureIndex;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.replay.Results.Counts;
import java.util.function.Predicate;

/**
 * How much there is to run, as the indexes of a capture's files say.
 *
 * @param messages of clients; 0 where nobody knows
 */
record CaptureExtent(long messages, long firstNanos, long lastNanos) {
    static final CaptureExtent NONE = new CaptureExtent(0, Long.MAX_VALUE, Long.MIN_VALUE);

    CaptureExtent plus(CaptureIndex index, Predicate<SessionOpen> wanted) {
        if (index.blocks().isEmpty()) {
            return this;
        }
        long more = index.sessions().stream()
                .filter(session -> wanted.test(session.open()))
                .mapToLong(CaptureIndex.Session::frontend)
                .sum();
        return new CaptureExtent(
                messages + more, Math.min(firstNanos, index.firstNanos()), Math.max(lastNanos, index.lastNanos()));
    }

    /** What of it lies within; how many messages that are, nobody knows. */
    CaptureExtent within(long from, long until) {
        return from <= firstNanos && until >= lastNanos
                ? this
                : new CaptureExtent(0, Math.max(from, firstNanos), Math.min(until, lastNanos));
    }

    /**
     * From 0 to 1; of a replay at a speed of its own by time, else by messages.
     *
     * @param speed infinite for as fast as answers come
     */
    double share(Counts counts, long elapsedNanos, double speed) {
        double share = Double.isFinite(speed)
                ? elapsedNanos * speed / Math.max(1, lastNanos - firstNanos)
                : messages == 0 ? 0 : (double) (counts.messages() + counts.notSent()) / messages;
        return Math.clamp(share, 0, 1);
    }
}
