package io.pgweir.proxy.tap;

import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.capture.CapturedSession;
import io.pgweir.capture.Disguise;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.Snapshot;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session's way into a capture: what the client says, what the server says, and what became of each request.
 *
 * <p>Thread: the session's event loop.
 */
public final class SessionTap {
    private final CapturedSession captured;
    private final SessionTracker tracker;
    private final LongSupplier nanos;
    private final @Nullable MessageDisguise disguise;
    private boolean over;

    /** @param nanos the moment of what is being read */
    public SessionTap(CapturedSession captured, SessionTracker tracker, LongSupplier nanos) {
        this.captured = captured;
        this.tracker = tracker;
        this.nanos = nanos;
        Disguise made = captured.disguise();
        disguise = made == null ? null : new MessageDisguise(made, tracker);
    }

    /** Around what looks at the client's messages. */
    public Lane frontend(Lane lane) {
        return new FrontendTap(lane, captured, tracker, nanos, disguise);
    }

    /** Around what looks at the server's messages. */
    public Lane backend(Lane lane) {
        return new BackendTap(lane, captured, tracker, nanos, disguise);
    }

    /** What the session has, where it was found open. */
    public void onFoundOpen(Snapshot now) {
        TextSecrets secrets = new TextSecrets(tracker);
        captured.state(new SessionState(
                0,
                0,
                now.transaction(),
                now.settings().entrySet().stream()
                        .map(each -> setting(each.getKey(), each.getValue()))
                        .toList(),
                now.statements().stream()
                        .filter(Snapshot.Prepared::whole)
                        .map(each -> statement(each, secrets))
                        .toList(),
                now.portals(),
                List.of()));
    }

    private Setting setting(String name, String value) {
        return disguise == null ? new Setting(name, value) : disguise.setting(name, value);
    }

    private Statement statement(Snapshot.Prepared prepared, TextSecrets secrets) {
        return disguise == null
                ? new Statement(prepared.name(), secrets.redacted(prepared.text()), prepared.types())
                : disguise.statement(prepared);
    }

    /** The client asked to cancel what it runs. */
    public void onCancel(long at) {
        captured.cancel(at);
    }

    /** Nothing more of it is captured. */
    public void end(long at, String cause) {
        if (!over) {
            over = true;
            captured.end(at, cause);
        }
    }
}
