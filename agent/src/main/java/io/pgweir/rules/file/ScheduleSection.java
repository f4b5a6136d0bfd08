package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.Section;
import io.pgweir.rules.Schedule;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code {days: [mon-fri], hours: "08:00-18:00", zone: Europe/Berlin, from: 2026-01-01, until: 2026-12-31}}. */
final class ScheduleSection {
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final LocalTime MIDNIGHT = LocalTime.MIDNIGHT;

    private ScheduleSection() {}

    static Schedule read(Section section) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        if (section.has("days")) {
            section.list("days").forEach(item -> add(item, days));
        } else {
            section.absent("days");
        }
        LocalTime[] hours = hours(section.item("hours"));
        ZoneId zone = zone(section.item("zone"));
        LocalDate from = date(section.item("from"));
        LocalDate until = date(section.item("until"));
        section.endNotEmpty();
        if (from != null && until != null && until.isBefore(from)) {
            section.fault("until", "until: " + until + " is before " + from + " (expected: a day that ever comes)");
        }
        return new Schedule(days, hours[0], hours[1], zone, from, until);
    }

    private static void add(Item item, Set<DayOfWeek> days) {
        String[] ends = item.text().toLowerCase(Locale.ROOT).split("-", 2);
        int first = DAYS.indexOf(ends[0]);
        int last = DAYS.indexOf(ends[ends.length - 1]);
        if (first < 0 || last < 0) {
            item.fault("\"" + item.text() + "\" (expected: a day or days, such as mon or mon-fri)");
            return;
        }
        for (int day = first; ; day = (day + 1) % 7) {
            days.add(DayOfWeek.of(day + 1));
            if (day == last) {
                return;
            }
        }
    }

    /** Start and end; both midnight for the whole day. */
    private static LocalTime[] hours(@Nullable Item item) {
        if (item == null) {
            return new LocalTime[] {MIDNIGHT, MIDNIGHT};
        }
        String[] ends = item.text().split("-", -1);
        try {
            if (ends.length == 2) {
                return new LocalTime[] {time(ends[0]), time(ends[1])};
            }
        } catch (DateTimeException _) {
            // told below
        }
        item.fault("\"" + item.text() + "\" (expected: hours such as \"08:00-18:00\")");
        return new LocalTime[] {MIDNIGHT, MIDNIGHT};
    }

    private static LocalTime time(String text) {
        return text.equals("24:00") ? MIDNIGHT : LocalTime.parse(text);
    }

    private static ZoneId zone(@Nullable Item item) {
        try {
            return item == null ? ZoneOffset.UTC : ZoneId.of(item.text());
        } catch (DateTimeException _) {
            item.fault("\"" + item.text() + "\" (expected: a time zone such as Europe/Berlin or UTC)");
            return ZoneOffset.UTC;
        }
    }

    /** Null where it is absent or none. */
    static @Nullable LocalDate date(@Nullable Item item) {
        try {
            return item == null ? null : LocalDate.parse(item.text());
        } catch (DateTimeException _) {
            item.fault("\"" + item.text() + "\" (expected: a date such as 2026-12-31)");
            return null;
        }
    }
}
