package io.pgweir.audit.cloudwatch;

import io.pgweir.audit.AuditRecord;

/**
 * What CloudWatch Logs takes: a message with a time.
 *
 * @param record that the message is, or is a piece of
 * @param millis since 1970
 * @param bytes of the message in UTF-8
 */
record LogEvent(AuditRecord record, long millis, String message, int bytes) {
    LogEvent at(long otherMillis) {
        return new LogEvent(record, otherMillis, message, bytes);
    }
}
