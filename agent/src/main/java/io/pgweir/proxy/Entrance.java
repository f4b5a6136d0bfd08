package io.pgweir.proxy;

import io.pgweir.config.FailedLoginsConfig;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.RateConfig;
import io.pgweir.limits.Admission;
import io.pgweir.limits.Caller;
import io.pgweir.limits.ConnectRates;
import io.pgweir.limits.ConnectionLimits;
import io.pgweir.limits.FailedLogins;
import io.pgweir.limits.Scope;
import io.pgweir.session.SessionListener;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.StartupPacket;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in before a server is asked: every limit of an agent on sessions, and who waits for one. Asked when the
 * startup packet is read, so that a client can be told; CancelRequests never come here. Any thread.
 */
final class Entrance {
    private final Telemetry telemetry;
    private final ConnectionLimits connections;
    private volatile LimitsConfig config;
    private volatile ConnectRates rates;
    private volatile @Nullable FailedLogins failedLogins;

    /** Client sockets that are no sessions yet. */
    private final AtomicInteger handshakes = new AtomicInteger();

    Entrance(LimitsConfig config, Telemetry telemetry) {
        this.config = config;
        this.telemetry = telemetry;
        connections = new ConnectionLimits(config);
        rates = new ConnectRates(config.connectRate(), System::nanoTime);
        failedLogins = failedLogins(config);
        telemetry.gauge(Metric.SESSIONS_OPEN, connections::held);
        telemetry.gauge(Metric.SESSIONS_WAITING, connections::waiting);
    }

    private static @Nullable FailedLogins failedLogins(LimitsConfig config) {
        FailedLoginsConfig failures = config.failedLogins();
        return failures == null ? null : new FailedLogins(failures, System::nanoTime);
    }

    /** Other limits from now on. Rates and failures that are limited otherwise than before are counted anew. One caller at a time. */
    void configure(LimitsConfig next) {
        LimitsConfig before = config;
        connections.configure(next);
        if (!next.connectRate().equals(before.connectRate())) {
            rates = new ConnectRates(next.connectRate(), System::nanoTime);
        }
        if (!Objects.equals(next.failedLogins(), before.failedLogins())) {
            failedLogins = failedLogins(next);
        }
        config = next;
    }

    /** Whether one more socket may say what it wants; then {@link #onHandshakeEnd} follows, once. */
    boolean onHandshakeStart() {
        if (handshakes.incrementAndGet() <= config.handshakes()) {
            return true;
        }
        handshakes.decrementAndGet();
        telemetry.increment(Metric.HANDSHAKES_REFUSED);
        return false;
    }

    void onHandshakeEnd() {
        handshakes.decrementAndGet();
    }

    Caller caller(ListenerConfig listener, Peer peer, StartupPacket.Startup startup) {
        String user = startup.parameter("user", "");
        return new Caller(
                listener.name(),
                Objects.requireNonNullElse(
                        listener.limits().connections(), config.connectionsPer().listener()),
                listener.cluster(),
                user,
                startup.parameter("database", user),
                peer.text());
    }

    /** What the client is told at once; null where it may ask for a place. */
    @Nullable
    Refusal refuses(ListenerConfig listener, Caller caller) {
        FailedLogins logins = failedLogins;
        if (logins != null && logins.isRefused(caller.address())) {
            return counted(Refusal.tooManyFailedLogins(caller.address()));
        }
        RateConfig own = listener.limits().connectRate();
        RateConfig rate = own == null ? config.connectRate().listener() : own;
        Scope often = rates.refuses(caller.listener(), rate, caller.address());
        return often == null ? null : counted(Refusal.tooOften(often, caller));
    }

    void onSessionStart() {
        telemetry.increment(Metric.SESSIONS_STARTED);
    }

    /** Whether nobody has a place, or waits for one. */
    boolean isEmpty() {
        return connections.held() == 0 && connections.waiting() == 0;
    }

    Refusal counted(Refusal refusal) {
        telemetry.increment(Metric.SESSIONS_REFUSED);
        return refusal;
    }

    /** @param onHeld as {@link ConnectionLimits#ask} has it: on any thread */
    Admission ask(Caller caller, Runnable onHeld) {
        return connections.ask(caller, onHeld);
    }

    /** Whether a session that found all nodes full may wait for one; then {@link #onNodeFound} follows. */
    boolean awaitNode() {
        return connections.awaitNode();
    }

    void onNodeFound() {
        connections.onNodeFound();
    }

    /** {@code listener}, or one that notes on the way where the server lets nobody in. */
    SessionListener noting(SessionListener listener, Peer peer) {
        FailedLogins logins = failedLogins;
        return logins == null ? listener : new LoginListener(listener, logins, peer.text());
    }
}
