package io.pgweir.replay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Notices that a server owes an answer and says nothing. Thread: the event loop. */
final class AnswerWatch {
    private final EventLoop loop;
    private final BooleanSupplier owes;
    private final LongConsumer onSilence;
    private long limitNanos;
    private @Nullable ScheduledFuture<?> next;

    /** When the server said something last, or was first asked after it owed nothing. */
    private long heardNanos;

    /** @param onSilence told how many nanoseconds it has lasted; once, but for a new {@link #limit} */
    AnswerWatch(EventLoop loop, BooleanSupplier owes, LongConsumer onSilence) {
        this.loop = loop;
        this.owes = owes;
        this.onSilence = onSilence;
    }

    /** From now on. */
    void limit(Duration silence) {
        limitNanos = silence.toNanos();
        heardNanos = System.nanoTime();
        stop();
        lookIn(limitNanos);
    }

    void heard(long now) {
        heardNanos = now;
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
        }
    }

    private void lookIn(long nanos) {
        next = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long silent = System.nanoTime() - heardNanos;
        if (!owes.getAsBoolean()) {
            lookIn(limitNanos);
        } else if (silent < limitNanos) {
            lookIn(limitNanos - silent);
        } else {
            onSilence.accept(silent);
        }
    }
}
