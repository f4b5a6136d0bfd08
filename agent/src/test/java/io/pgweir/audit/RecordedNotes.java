package io.pgweir.audit;

import java.util.ArrayList;
import java.util.List;

/** What a sink told. One thread. */
public final class RecordedNotes implements SinkNotes {
    public final List<String> told = new ArrayList<>();

    @Override
    public void oversized(AuditSink sink, int records) {
        told.add("oversized " + records);
    }

    @Override
    public void restamped(AuditSink sink, int records, String reason) {
        told.add(reason + " " + records);
    }
}
