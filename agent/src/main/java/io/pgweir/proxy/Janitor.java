package io.pgweir.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.pgweir.config.TimeoutsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the sessions of each event loop now and then, all in one go, as PgBouncer's janitor does: a session has no timer of its own.
 * Eight times within the shortest timeout, at most every 5 ms, at least every second.
 */
final class Janitor {
    private static final long EVERY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long EVERY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final TimeoutsConfig config;
    private final long everyNanos;

    private final FastThreadLocal<Round> rounds = new FastThreadLocal<>() {
        @Override
        protected Round initialValue() {
            return new Round();
        }
    };

    /** @param config with one timeout at least */
    Janitor(TimeoutsConfig config) {
        this.config = config;
        long shortest = Stream.of(config.idle(), config.transactionIdle(), config.query())
                .filter(Duration::isPositive)
                .mapToLong(Duration::toNanos)
                .min()
                .orElseThrow();
        everyNanos = Math.clamp(shortest / 8, EVERY_NANOS_MIN, EVERY_NANOS_MAX);
    }

    /** From now until it is over. On the session's event loop. */
    SessionTimeouts watch(ProxySession session) {
        SessionTimeouts timeouts = new SessionTimeouts(config, session);
        rounds.get().add(timeouts, session.client.eventLoop());
        return timeouts;
    }

    /** The sessions of one loop; on that loop. */
    private final class Round implements Runnable {
        private final List<SessionTimeouts> watched = new ArrayList<>();
        private @Nullable Future<?> next;

        void add(SessionTimeouts timeouts, EventLoop loop) {
            watched.add(timeouts);
            if (next == null) {
                next = loop.scheduleWithFixedDelay(this, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            for (SessionTimeouts timeouts : watched) {
                if (!timeouts.isOver()) {
                    timeouts.look(now);
                }
            }
            watched.removeIf(SessionTimeouts::isOver);
            if (watched.isEmpty() && next != null) {
                next.cancel(false);
                next = null;
            }
        }
    }
}
