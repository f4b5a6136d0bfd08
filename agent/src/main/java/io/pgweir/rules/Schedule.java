package io.pgweir.rules;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Times of the week in a zone, between two dates. Hours that end before they begin reach into the next day, and belong to the
 * day that they begin on.
 *
 * @param days empty for every day
 * @param start inclusive
 * @param end exclusive; equal to {@code start} for the whole day
 * @param from inclusive, null where it has always been
 * @param until inclusive, null where it has no end
 */
public record Schedule(
        Set<DayOfWeek> days,
        LocalTime start,
        LocalTime end,
        ZoneId zone,
        @Nullable LocalDate from,
        @Nullable LocalDate until) {
    public Schedule {
        days = Set.copyOf(days);
    }

    /** Whether {@code until} was before the day of {@code instant}. */
    public boolean isOver(Instant instant) {
        return until != null && instant.atZone(zone).toLocalDate().isAfter(until.plusDays(1));
    }

    boolean holds(Instant instant) {
        ZonedDateTime local = instant.atZone(zone);
        LocalTime time = local.toLocalTime();
        LocalDate day = local.toLocalDate();
        if (start.equals(end)) {
            return isOn(day);
        }
        if (start.isBefore(end)) {
            return isOn(day) && !time.isBefore(start) && time.isBefore(end);
        }
        return (!time.isBefore(start) && isOn(day)) || (time.isBefore(end) && isOn(day.minusDays(1)));
    }

    private boolean isOn(LocalDate day) {
        return (days.isEmpty() || days.contains(day.getDayOfWeek()))
                && (from == null || !day.isBefore(from))
                && (until == null || !day.isAfter(until));
    }
}
