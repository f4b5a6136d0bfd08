package io.pgweir.audit.cloudwatch;

import io.pgweir.audit.AuditSink;
import io.pgweir.audit.SinkNotes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.model.RejectedLogEventsInfo;

/** The events that PutLogEvents left out because of their time; all others of its batch were taken. */
final class Refused {
    final List<LogEvent> events = new ArrayList<>();

    /** By reason. Records have no equality of their own: pieces of one are told by identity. */
    private final Map<String, Set<Object>> records = new LinkedHashMap<>();

    /** Indexes as RejectedLogEventsInfo has them: the ends of what is old are exclusive, the start of what is new is inclusive. */
    void add(List<LogEvent> batch, @Nullable RejectedLogEventsInfo info) {
        if (info == null) {
            return;
        }
        int expired = end(info.expiredLogEventEndIndex(), batch.size());
        int tooOld = end(info.tooOldLogEventEndIndex(), batch.size());
        int old = Math.max(expired, tooOld);
        Integer start = info.tooNewLogEventStartIndex();
        int tooNew = start == null ? batch.size() : Math.clamp(start, old, batch.size());
        add(batch.subList(0, expired), "expired");
        add(batch.subList(expired, old), "too_old");
        add(batch.subList(tooNew, batch.size()), "too_new");
    }

    void tell(AuditSink sink, SinkNotes notes) {
        records.forEach((reason, of) -> notes.restamped(sink, of.size(), reason));
    }

    private void add(List<LogEvent> refused, String reason) {
        for (LogEvent event : refused) {
            events.add(event);
            records.computeIfAbsent(reason, _ -> new HashSet<>()).add(event.source());
        }
    }

    private static int end(@Nullable Integer index, int size) {
        return index == null ? 0 : Math.clamp(index, 0, size);
    }
}
