package io.pgweir.audit;

/** The words that a sink wants records in, made of the native ones. One thread; keeps buffers of its own. */
public interface RecordFormat {
    /** As they are. */
    RecordFormat NATIVE = (record, to) -> to.writeBytes(record.json());

    /**
     * Appends {@code record}, without a line feed.
     *
     * @throws IllegalArgumentException where it is no record of {@code schemas/audit-event.v1.json}; nothing of it was appended
     */
    void append(AuditRecord record, RecordBuffer to);
}
