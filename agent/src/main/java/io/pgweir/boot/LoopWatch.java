package io.pgweir.boot;

import io.netty.util.concurrent.EventExecutor;
import io.pgweir.telemetry.Histogram;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.concurrent.TimeUnit;

/** Measures how late one event loop comes to what is due: the time that any session on it may have to wait. On that loop. */
final class LoopWatch implements Runnable {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventExecutor loop;
    private final Histogram delays;
    private long dueNanos;

    private LoopWatch(EventExecutor loop, Histogram delays) {
        this.loop = loop;
        this.delays = delays;
    }

    /** Each of {@code loops}, until it is shut down. */
    static void start(Iterable<EventExecutor> loops, Telemetry telemetry) {
        int number = 0;
        for (EventExecutor loop : loops) {
            new LoopWatch(loop, telemetry.histogram(Metric.LOOP_DELAY, Integer.toString(number++))).again();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with its loop.
    private void again() {
        dueNanos = System.nanoTime() + EVERY_NANOS;
        loop.schedule(this, EVERY_NANOS, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        delays.record(Math.max(0, System.nanoTime() - dueNanos));
        again();
    }
}
