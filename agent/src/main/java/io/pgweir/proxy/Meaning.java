package io.pgweir.proxy;

import io.pgweir.audit.SessionAuditor;
import io.pgweir.session.SessionTracker;
import io.pgweir.sql.SqlStatement;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meaning of one session, and the wall between it and the bytes: whatever goes wrong in here is told once, counted, and
 * the session goes on as bytes only, or ends where rules or the trail do not allow that.
 *
 * <p>Thread: the session's event loop.
 */
final class Meaning {
    private static final Logger log = LoggerFactory.getLogger(Meaning.class);

    private final SessionTracker tracker;
    private final SessionAuditor auditor;
    private final SessionMeter meter;
    private final Telemetry telemetry;
    private Runnable onFailure = () -> {};
    private boolean on = true;
    private long nanos;

    /** @param meter what the tracker tells */
    Meaning(SessionTracker tracker, SessionAuditor auditor, SessionMeter meter, Telemetry telemetry) {
        this.tracker = tracker;
        this.auditor = auditor;
        this.meter = meter;
        this.telemetry = telemetry;
    }

    /** @param then run when nothing is understood any more, in the midst of the message where that happened */
    void onFailure(Runnable then) {
        onFailure = then;
    }

    SessionTracker tracker() {
        return tracker;
    }

    SessionAuditor auditor() {
        return auditor;
    }

    /** The statement that was over last; null before the first. */
    @Nullable
    SqlStatement lastStatement() {
        return meter.last();
    }

    /** Whether messages are still understood. */
    boolean isOn() {
        return on;
    }

    /** When the read that is being handled began: one clock reading for all of its messages. */
    long nanos() {
        return nanos;
    }

    void onRead() {
        nanos = System.nanoTime();
    }

    /** What the client asked last was held back for so long. */
    void onHeld(long heldNanos) {
        if (on) {
            tracker.onHeld(heldNanos);
        }
    }

    void onFrontendForwarded() {
        if (on) {
            tracker.onFrontendForwarded(System.nanoTime() - nanos);
        }
    }

    void onBackendForwarded() {
        if (on) {
            tracker.onBackendForwarded(System.nanoTime() - nanos);
        }
    }

    void onClosed() {
        tracker.onClosed(System.nanoTime());
        telemetry.add(Metric.MESSAGES_UNEXPECTED, tracker.desyncs());
    }

    /** From here on the session is bytes. */
    void fail(RuntimeException fault) {
        if (on) {
            on = false;
            telemetry.increment(Metric.SESSIONS_OPAQUE);
            log.atWarn()
                    .addKeyValue("sessionId", auditor.session())
                    .setCause(fault)
                    .log("Session is no longer understood");
            onFailure.run();
        }
    }

    void onUnknownMessage() {
        telemetry.increment(Metric.MESSAGES_UNKNOWN);
    }
}
