package io.pgweir.audit;

/** What a sink did to records that it delivered all the same. Called on the sink's thread, within {@link AuditSink#write}. */
public interface SinkNotes {
    /** {@code records} were longer than the place takes: it has them cut, or in pieces. */
    void oversized(AuditSink sink, int records);

    /**
     * The place refused {@code records} because of their time: it has them under the present one, and their own is inside.
     *
     * @param reason {@code too_old}, {@code expired} or {@code too_new}
     */
    void restamped(AuditSink sink, int records, String reason);
}
