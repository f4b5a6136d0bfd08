package io.pgweir.audit.cloudwatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The events of one PutLogEvents. Its limits are those of the API reference of that call. */
final class LogBatch {
    /** Of all messages in UTF-8 and {@value #EVENT_BYTES} for each event. */
    static final int BYTES_MAX = 1_048_576;

    static final int EVENT_BYTES = 26;
    static final int EVENTS_MAX = 10_000;

    /** From the first event to the last. */
    static final long SPAN_MILLIS_MAX = 24L * 60 * 60 * 1000;

    private final List<LogEvent> events = new ArrayList<>();
    private int bytes;

    private LogBatch() {}

    /** In order of their times, and where these are the same, as they are given: batches are put one after the other. */
    static List<LogBatch> of(List<LogEvent> events) {
        List<LogEvent> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(LogEvent::millis));
        List<LogBatch> batches = new ArrayList<>();
        LogBatch batch = new LogBatch();
        for (LogEvent event : sorted) {
            if (!batch.takes(event)) {
                batches.add(batch);
                batch = new LogBatch();
            }
            batch.events.add(event);
            batch.bytes += event.bytes() + EVENT_BYTES;
        }
        if (!batch.events.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    List<LogEvent> events() {
        return events;
    }

    /** No message is so long that an empty batch does not take it. */
    private boolean takes(LogEvent event) {
        return events.isEmpty()
                || (events.size() < EVENTS_MAX
                        && bytes + event.bytes() + EVENT_BYTES <= BYTES_MAX
                        && event.millis() - events.getFirst().millis() <= SPAN_MILLIS_MAX);
    }
}
