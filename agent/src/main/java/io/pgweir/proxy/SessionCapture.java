package io.pgweir.proxy;

import io.pgweir.audit.Origin;
import io.pgweir.audit.TlsFacts;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CapturedSession;
import io.pgweir.config.HostPort;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.tap.Capture;
import io.pgweir.proxy.tap.SessionTap;
import io.pgweir.session.SessionPhase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a session is being captured. What flows by is copied between the relays and their lanes, and only while it is.
 *
 * <p>Thread: the session's event loop.
 */
final class SessionCapture {
    private final ProxySession session;
    private @Nullable Capture capture;
    private @Nullable SessionTap tap;
    private @Nullable Lane frontend;
    private @Nullable Lane backend;

    SessionCapture(ProxySession session) {
        this.session = session;
    }

    /** It begins, or is found, while that capture runs; null for none. */
    void begin(@Nullable Capture running) {
        if (running == null || tap != null || session.ending.isFinished() || !session.meaning.isOn()) {
            return;
        }
        SessionPhase phase = session.meaning.tracker().phase();
        boolean found = phase != SessionPhase.STARTUP && phase != SessionPhase.AUTHENTICATING;
        CapturedSession captured = running.begin(opening(found), System.nanoTime());
        if (captured == null) {
            return;
        }
        capture = running;
        SessionTap made = new SessionTap(captured, session.meaning.tracker(), session.meaning::nanos);
        tap = made;
        if (found) {
            made.onFoundOpen(session.meaning.tracker().snapshot());
        }
        session.toServer.shownTo(lane -> {
            frontend = lane;
            return made.frontend(lane);
        });
        session.toClient.shownTo(lane -> {
            backend = lane;
            return made.backend(lane);
        });
    }

    /** @param cause why nothing more of it is captured */
    void end(String cause) {
        SessionTap made = tap;
        Capture running = capture;
        if (made != null && running != null) {
            tap = null;
            capture = null;
            session.toServer.shownTo(lane -> Objects.requireNonNullElse(frontend, lane));
            session.toClient.shownTo(lane -> Objects.requireNonNullElse(backend, lane));
            made.end(System.nanoTime(), cause);
            running.onEnd();
        }
    }

    void onCancel() {
        if (tap != null) {
            tap.onCancel(System.nanoTime());
        }
    }

    private SessionOpen opening(boolean found) {
        Origin origin = session.meaning.auditor().origin();
        TlsFacts tls = origin.tls();
        return new SessionOpen(
                0,
                0,
                origin.session(),
                found ? CaptureRecord.Origin.FOUND_OPEN : CaptureRecord.Origin.BEGAN,
                session.startup.parameter("user", ""),
                session.startup.parameter("database", session.startup.parameter("user", "")),
                session.startup.parameter("application_name", ""),
                session.startup.version(),
                session.startup.parameters().stream()
                        .map(each -> new Setting(each.name(), each.value()))
                        .toList(),
                new Leg(
                        new HostPort(origin.client().address(), origin.client().port()).toString(),
                        tls == null ? "" : tls.version() + ' ' + tls.cipher()),
                new Leg(session.connection.node().toString(), session.connection.isTls() ? "TLS" : ""));
    }
}
