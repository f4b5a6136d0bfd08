package io.pgweir.rules;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Who or what a rule does nothing to, for a time. Where it cannot be told whether it is meant, it is not.
 *
 * @param until the last day, in UTC
 */
public record Exemption(LocalDate until, String reason, String approver, Match match) {

    /** Whether it holds no more. */
    public boolean isOver(Instant now) {
        return micros(now) >= endMicros();
    }

    boolean holds(Question question) {
        return question.nowMicros() < endMicros() && match.ask(question) == Truth.YES;
    }

    private long endMicros() {
        return micros(until.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** For the record. */
    @Override
    public String toString() {
        return reason + ", until " + until + ", approved by " + approver;
    }
}
