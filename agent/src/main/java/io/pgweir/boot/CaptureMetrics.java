package io.pgweir.boot;

import io.pgweir.capture.CaptureListener;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.concurrent.atomic.LongAdder;

/** Counts what captures take and leave out. Any thread. */
final class CaptureMetrics implements CaptureListener {
    private final Telemetry telemetry;
    private final LongAdder queueFull;
    private final LongAdder tooLarge;
    private final LongAdder disk;
    private final Runnable whenFull;

    /** @param whenFull of one capture; on its writer's thread, which it may not wait for */
    CaptureMetrics(Telemetry telemetry, Runnable whenFull) {
        this.telemetry = telemetry;
        this.whenFull = whenFull;
        queueFull = telemetry.counter(Metric.CAPTURE_DROPPED, "queue-full");
        tooLarge = telemetry.counter(Metric.CAPTURE_DROPPED, "too-large");
        disk = telemetry.counter(Metric.CAPTURE_DROPPED, "disk");
    }

    @Override
    public void onMessage(boolean begins, int bodyBytes) {
        if (begins) {
            telemetry.increment(Metric.CAPTURE_MESSAGES);
        }
        telemetry.add(Metric.CAPTURE_BYTES, bodyBytes);
    }

    @Override
    public void onDropped(Gap.Why why, long messages) {
        switch (why) {
            case QUEUE_FULL -> queueFull.add(messages);
            case TOO_LARGE -> tooLarge.add(messages);
            case DISK -> disk.add(messages);
            case NOT_SEEN -> {
                // Of packets, which an agent does not read.
            }
        }
    }

    @Override
    public void onWritten(long bytes) {
        telemetry.add(Metric.CAPTURE_FILES, bytes);
    }

    @Override
    public void onFull() {
        telemetry.increment(Metric.CAPTURE_FULL);
        whenFull.run();
    }
}
