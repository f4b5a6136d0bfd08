package io.pgweir.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session's place under the limits.
 *
 * <pre>
 *            room             somebody else's release
 *  (asked) ---------> HELD <--------------------------- WAITING
 *     |                 |  release                         |  release
 *     |  no room        v                                  |
 *     +--> REFUSED    OVER <-------------------------------+
 * </pre>
 *
 * Whoever was given one calls {@link #release} once or more often: the first call counts, in any state. Any thread.
 */
public final class Admission {
    private final ConnectionLimits limits;
    private final Runnable onHeld;

    /** Guarded by the lock of {@link #limits}, as all below. */
    final List<Count> counts;

    Standing standing;

    /** What was full when this had to wait, or was refused. */
    @Nullable
    Count full;

    Admission(ConnectionLimits limits, List<Count> counts, Standing standing, @Nullable Count full, Runnable onHeld) {
        this.limits = limits;
        this.counts = counts;
        this.standing = standing;
        this.full = full;
        this.onHeld = onHeld;
    }

    public Standing standing() {
        return limits.standingOf(this);
    }

    /** What had no room when it was looked last; null where everything had. */
    public @Nullable Full full() {
        return limits.fullOf(this);
    }

    /** Gives the place back, or leaves the queue. Sessions that get a place by that are told before this returns. */
    public void release() {
        limits.release(this);
    }

    void tellHeld() {
        onHeld.run();
    }
}
