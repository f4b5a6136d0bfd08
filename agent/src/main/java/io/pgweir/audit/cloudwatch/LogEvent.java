package io.pgweir.audit.cloudwatch;

/**
 * What CloudWatch Logs takes: a message with a time.
 *
 * @param source what the message is, or is a piece of: told by identity
 * @param millis since 1970
 * @param bytes of the message in UTF-8
 */
record LogEvent(Object source, long millis, String message, int bytes) {
    LogEvent at(long otherMillis) {
        return new LogEvent(source, otherMillis, message, bytes);
    }
}
