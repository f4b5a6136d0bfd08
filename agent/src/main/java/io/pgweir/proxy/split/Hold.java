package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's waiting for a leader: one of so many, for so long; while the cluster is paused, as long as that takes.
 *
 * <p>Thread: the session's event loop.
 */
final class Hold {
    private final SplitSession session;
    private final SplitSetup setup;
    private final EventLoop loop;
    private final NodeConnector connector;
    private final Consumer<String> onVain;
    private boolean held;
    private @Nullable ScheduledFuture<?> deadline;

    /** @param onVain is told why, for people, when it has waited in vain; it ends the wait then */
    Hold(SplitSession session, SplitSetup setup, EventLoop loop, NodeConnector connector, Consumer<String> onVain) {
        this.session = session;
        this.setup = setup;
        this.loop = loop;
        this.connector = connector;
        this.onVain = onVain;
    }

    void begin() {
        if (held) {
            return;
        }
        held = true;
        if (setup.holds().begin()) {
            holdOn();
        } else {
            onVain.accept("too many sessions wait for one");
        }
    }

    private void holdOn() {
        long millis = setup.failover().holdMax().toMillis();
        boolean paused = connector.isPaused();
        deadline = loop.schedule(
                session.mishaps().walled(() -> {
                    if (paused || connector.isPaused()) {
                        holdOn();
                    } else {
                        onVain.accept("none within " + millis + " ms");
                    }
                }),
                millis,
                TimeUnit.MILLISECONDS);
    }

    void end() {
        if (held) {
            held = false;
            setup.holds().end();
        }
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
