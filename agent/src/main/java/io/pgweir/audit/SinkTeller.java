package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.spool.DeliveryListener;
import java.time.Duration;

/** What befalls sinks becomes records: the failure of the trail is itself in the trail. Any sink's thread. */
final class SinkTeller implements DeliveryListener, SinkNotes {
    private final EventQueue queue;
    private final Gaps gaps;
    private final TimeSource time;

    SinkTeller(EventQueue queue, Gaps gaps, TimeSource time) {
        this.queue = queue;
        this.gaps = gaps;
        this.time = time;
    }

    @Override
    public void onDown(String sink, String reason) {
        offer(new AuditEvent.SinkDown(time.wallMicros(), sink, reason));
    }

    @Override
    public void onUp(String sink, Duration down) {
        offer(new AuditEvent.SinkUp(time.wallMicros(), sink, down.toNanos() / 1000));
    }

    @Override
    public void onNotEncoded(String sink, AuditRecord record, String reason) {
        tell(sink, 1, AuditGap.Reason.NOT_ENCODED);
    }

    @Override
    public void oversized(AuditSink sink, int records) {
        tell(sink.name(), records, AuditGap.Reason.OVERSIZED);
    }

    @Override
    public void restamped(AuditSink sink, int records, String reason) {
        tell(sink.name(), records, AuditGap.Reason.RESTAMPED);
    }

    /** The writer looks for it within a second: nobody waits for these. */
    private void offer(AuditEvent event) {
        if (queue.offer(event) < 0) {
            gaps.add(new AuditGap(event.micros(), event.micros(), 1, AuditGap.Reason.QUEUE_FULL));
        }
    }

    private void tell(String sink, int records, AuditGap.Reason reason) {
        long now = time.wallMicros();
        gaps.add(new AuditGap(now, now, records, reason, sink));
    }
}
