package io.pgweir.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.pgweir.audit.AuditTrail;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets a session wait for the audit writer rather than lose its records.
 *
 * <pre>
 *   queue over half full     audit.durability.wait-max      {@value #PASS_MILLIS} ms
 *   ------------------------> waiting ------> passing ------> waiting ...      until it is half empty again
 * </pre>
 *
 * <p>While waiting, neither side is read. The passing in between bounds what a stuck sink can do to a client: what finds no
 * room then is dropped, and an {@code audit.gap} tells. Thread: the session's event loop.
 */
final class AuditPause {
    static final long PASS_MILLIS = 5;
    private static final long LOOK_MILLIS = 1;

    private final AuditTrail trail;
    private final long waitNanos;
    private final EventExecutor loop;
    private final LongSupplier nanos;
    private final Runnable again;
    private boolean begun;
    private boolean looking;
    private long beginNanos;

    /**
     * @param wait longest at a time; zero for never
     * @param again looks whether it is over, on {@code loop}
     */
    AuditPause(AuditTrail trail, Duration wait, EventExecutor loop, LongSupplier nanos, Runnable again) {
        this.trail = trail;
        this.waitNanos = wait.toNanos();
        this.loop = loop;
        this.nanos = nanos;
        this.again = again;
    }

    /** Whether the session must not read now; it will be called {@code again} soon. */
    boolean isWaiting() {
        if (waitNanos == 0 || !trail.isCongested()) {
            begun = false;
            return false;
        }
        long now = nanos.getAsLong();
        if (!begun || now - beginNanos >= waitNanos + TimeUnit.MILLISECONDS.toNanos(PASS_MILLIS)) {
            begun = true;
            beginNanos = now;
        }
        if (now - beginNanos >= waitNanos) {
            return false;
        }
        lookAgain();
        return true;
    }

    /** Whether it is waiting, as {@link #isWaiting} was told last. */
    boolean hasBegun() {
        return begun;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody cancels it: a look too many does no harm.
    private void lookAgain() {
        if (!looking) {
            looking = true;
            loop.schedule(
                    () -> {
                        looking = false;
                        again.run();
                    },
                    LOOK_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }
}
