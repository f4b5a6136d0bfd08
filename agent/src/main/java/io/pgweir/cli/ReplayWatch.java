package io.pgweir.cli;

import io.pgweir.boot.Signals;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results.Counts;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a replay while it runs: shows on a terminal how far it is, ends it at the first SIGINT or SIGTERM, and where the target is
 * gone. The second signal ends the process as it is. A virtual thread.
 */
final class ReplayWatch implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;

    private final Replay replay;
    private final @Nullable CaptureExtent extent;
    private final double speed;
    private final Duration answerTimeout;
    private final ProgressBar bar;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private volatile @Nullable String why;
    private volatile int signal;
    private long answers;
    private long failed;
    private long answeredNanos = startNanos;

    /**
     * @param extent of what is run; null where nobody knows
     * @param answerTimeout after which a target of which no answer came, but sessions failed, is gone
     */
    ReplayWatch(Replay replay, @Nullable CaptureExtent extent, double speed, Duration answerTimeout, ProgressBar bar) {
        this.replay = replay;
        this.extent = extent;
        this.speed = speed;
        this.answerTimeout = answerTimeout;
        this.bar = bar;
        Signals.handle("INT", () -> onSignal("SIGINT", 2));
        Signals.handle("TERM", () -> onSignal("SIGTERM", 15));
        thread = Thread.ofVirtual().name("replay-watch").start(this::watch);
    }

    private void onSignal(String name, int number) {
        if (signal != 0 || over.getCount() == 0) {
            Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
        }
        signal = number;
        stop("interrupted by " + name);
    }

    private void stop(String reason) {
        String said = reason + " after " + TextTable.duration(System.nanoTime() - startNanos);
        why = said;
        replay.stop(said);
    }

    private void watch() {
        try {
            while (!over.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                look(replay.counts(), System.nanoTime());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Counts counts, long now) {
        if (counts.answers() > answers) {
            answers = counts.answers();
            failed = counts.sessionsFailed();
            answeredNanos = now;
        } else if (counts.sessionsFailed() > failed && now - answeredNanos > answerTimeout.toNanos() && why == null) {
            stop("ended, as sessions failed and the target gave no answer for " + answerTimeout.toSeconds() + " s,");
        }
        String text = String.format(
                Locale.ROOT,
                "%,d messages, %,d differ, %,d sessions failed",
                counts.messages(),
                counts.differing(),
                counts.sessionsFailed());
        double share = extent == null ? 0 : extent.share(counts, now - startNanos, speed);
        if (share > 0 && share < 1) {
            long left = (long) ((now - startNanos) * (1 - share) / share);
            text += ", " + clock(left) + " left";
        }
        bar.show(extent == null ? -1 : share, text);
    }

    /** As minutes and seconds. */
    private static String clock(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos) + 1;
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
    }

    /** Why it was ended before its end; null where it was not. */
    @Nullable
    String why() {
        return why;
    }

    /** What the process that was ended so says; 0 where no signal did. */
    int code() {
        return signal == 0 ? 0 : ExitCode.SIGNAL + signal;
    }

    @Override
    public void close() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        bar.close();
    }
}
