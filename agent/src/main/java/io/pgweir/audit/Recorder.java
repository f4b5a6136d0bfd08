package io.pgweir.audit;

import io.pgweir.audit.AuditEvent.AuditGap;
import io.pgweir.audit.encode.JsonEncoder;
import io.pgweir.audit.seal.Chain;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes records of events: puts them into words, seals each to the one before, and keeps them until the journal has taken them.
 * Writer thread.
 */
final class Recorder {
    /** A buffer that one big record made larger than this is given back when it is empty. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    private final JsonEncoder encoder;
    private final Chain chain;
    private final Pulse pulse;
    private final Uuids uuids;
    private final Telemetry telemetry;

    private RecordBuffer sealed = new RecordBuffer(BUFFER_BYTES);

    /** The events of {@link #sealed}, and where each one's record ends. */
    private final List<AuditEvent> events = new ArrayList<>();

    private int[] ends = new int[1024];

    /** Of the queue's events, how many were recorded when each of {@link #events} was. */
    private long[] counts = new long[1024];

    private long recorded;
    private long kept;

    /** Of {@link #events}, that the journal has taken. */
    private int appended;

    Recorder(JsonEncoder encoder, Chain chain, Pulse pulse, Uuids uuids, Telemetry telemetry) {
        this.encoder = encoder;
        this.chain = chain;
        this.pulse = pulse;
        this.uuids = uuids;
        this.telemetry = telemetry;
    }

    /** Of records that the journal has not taken. */
    int bytes() {
        return sealed.size() - (appended == 0 ? 0 : ends[appended - 1]);
    }

    int records() {
        return events.size() - appended;
    }

    /** Of the queue's events, those that the journal has taken, with all before them. */
    long kept() {
        return kept;
    }

    /** An event of the queue. */
    void recordNext(AuditEvent event) {
        recorded++;
        record(event);
    }

    /** An event that the trail tells of itself. */
    void record(AuditEvent event) {
        if (!encode(event)) {
            long micros = event.micros();
            encode(new AuditGap(micros, micros, 1, AuditGap.Reason.NOT_ENCODED));
        }
        AuditEvent checkpoint = pulse.checkpointIfFull(chain);
        if (checkpoint != null) {
            encode(checkpoint);
        }
    }

    /** Time has passed: a checkpoint or a heartbeat may be due. */
    void tick() {
        AuditEvent due = pulse.due(chain);
        if (due != null) {
            encode(due);
        }
    }

    /** Nothing more is recorded: what no checkpoint covers gets one. */
    void end() {
        AuditEvent checkpoint = pulse.last(chain);
        if (checkpoint != null) {
            encode(checkpoint);
        }
    }

    /** Where it throws, what was taken is not given again, and all else is. */
    void appendTo(Journal journal) throws IOException {
        byte[] array = sealed.array();
        while (appended < events.size()) {
            int from = appended == 0 ? 0 : ends[appended - 1];
            journal.append(events.get(appended), array, from, ends[appended] - from);
            kept = counts[appended];
            appended++;
        }
        events.clear();
        appended = 0;
        if (sealed.array().length > KEPT_BYTES_MAX) {
            sealed = new RecordBuffer(BUFFER_BYTES);
        } else {
            sealed.reset();
        }
    }

    /** False where it could not be put into words: nothing of it is left then. */
    private boolean encode(AuditEvent event) {
        int mark = sealed.size();
        try {
            if (event instanceof AuditEvent.StatementIntent intent) {
                encoder.encode(
                        event,
                        intent.id().getMostSignificantBits(),
                        intent.id().getLeastSignificantBits(),
                        chain,
                        sealed);
            } else {
                encoder.encode(event, uuids.nextHigh(), Uuids.nextLow(), chain, sealed);
            }
        } catch (RuntimeException | Error fault) {
            // Error too: a stack overflow or a buffer that will not grow over one record must not end the trail.
            sealed.cut(mark);
            encoder.reset();
            telemetry.increment(Metric.AUDIT_FAULTS);
            LOG.atError().setCause(fault).addKeyValue("type", event.type()).log("audit record cannot be encoded");
            return false;
        }
        if (events.size() == ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
            counts = Arrays.copyOf(counts, ends.length);
        }
        ends[events.size()] = sealed.size();
        counts[events.size()] = recorded;
        events.add(event);
        return true;
    }
}
