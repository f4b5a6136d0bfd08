package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What came of a replay, so far. Any thread. */
public final class Results {
    /** Told one by one; of more, how many there are. */
    private static final int DIFFERENCES_MAX = 1_000;

    private static final int FAILURES_MAX = 100;
    private static final int LABELS_MAX = 10_000;

    /** Nanoseconds up to an hour, to one per cent. */
    private static final long NANOS_MAX = 3_600_000_000_000L;

    public static final String OTHERS = "(others)";

    /** Of one statement. */
    public static final class Group {
        final Histogram captured = histogram();
        final Histogram replayed = histogram();
        long answers;
        long differing;
        long errorsBefore;
        long errorsNow;

        public Histogram captured() {
            return captured;
        }

        public Histogram replayed() {
            return replayed;
        }

        public long answers() {
            return answers;
        }

        public long differing() {
            return differing;
        }

        public long errorsBefore() {
            return errorsBefore;
        }

        public long errorsNow() {
            return errorsNow;
        }
    }

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Histogram captured = histogram();
    private final Histogram replayed = histogram();

    /** How much later than due messages were sent: the replayer's own doing. */
    private final Histogram late = histogram();

    /** How much later than in the capture they were due: the target's doing, whose answers came later. */
    private final Histogram behind = histogram();

    private long sessions;
    private long sessionsFailed;
    private long messages;
    private long answers;
    private long notSent;
    private long gaps;
    private long nanos;

    private static Histogram histogram() {
        Histogram made = new Histogram(NANOS_MAX, 2);
        made.setAutoResize(true);
        return made;
    }

    private static void record(Histogram to, long value) {
        to.recordValue(Math.clamp(value, 0, NANOS_MAX));
    }

    synchronized void onSession() {
        sessions++;
    }

    /** It could not begin, or did not get to its end. */
    synchronized void onSessionFailed(long session, String why) {
        sessionsFailed++;
        if (failures.size() < FAILURES_MAX) {
            failures.add("session " + session + ": " + why);
        }
    }

    synchronized void onSent(long lateNanos, long behindNanos) {
        messages++;
        record(late, lateNanos);
        record(behind, behindNanos);
    }

    synchronized void onNotSent() {
        notSent++;
    }

    synchronized void onGap(long missing) {
        gaps += missing;
    }

    synchronized void onCompared(long session, long request, String label, Response before, Response now) {
        answers++;
        record(captured, before.totalNanos());
        record(replayed, now.totalNanos());
        Group group = group(label);
        group.answers++;
        record(group.captured, before.totalNanos());
        record(group.replayed, now.totalNanos());
        group.errorsBefore += before.sqlState().isEmpty() ? 0 : 1;
        group.errorsNow += now.sqlState().isEmpty() ? 0 : 1;
        Kind kind = Difference.kind(before, now);
        if (kind != null) {
            differ(group, new Difference(kind, session, request, label, before, now));
        }
    }

    synchronized void onMissing(long session, long request, String label, Response before) {
        differ(group(label), new Difference(Kind.MISSING, session, request, label, before, null));
    }

    synchronized void onAdded(long session, long request, String label, Response now) {
        differ(group(label), new Difference(Kind.ADDED, session, request, label, null, now));
    }

    private void differ(Group group, Difference difference) {
        kinds.merge(difference.kind(), 1L, Long::sum);
        if (difference.kind() != Kind.ORDER) {
            group.differing++;
        }
        if (differences.size() < DIFFERENCES_MAX) {
            differences.add(difference);
        }
    }

    private Group group(String label) {
        Group known = groups.get(label);
        if (known == null) {
            known = groups.computeIfAbsent(groups.size() < LABELS_MAX ? label : OTHERS, _ -> new Group());
        }
        return known;
    }

    synchronized void onEnd(long tookNanos) {
        nanos = tookNanos;
    }

    /** A look at it; what is in it is not to be changed. */
    public synchronized Summary summary() {
        long differing = kinds.entrySet().stream()
                .filter(each -> each.getKey() != Kind.ORDER)
                .mapToLong(Map.Entry::getValue)
                .sum();
        return new Summary(
                sessions,
                sessionsFailed,
                messages,
                notSent,
                gaps,
                answers,
                differing,
                Map.copyOf(kinds),
                nanos,
                captured.copy(),
                replayed.copy(),
                late.copy(),
                behind.copy(),
                new LinkedHashMap<>(groups),
                List.copyOf(differences),
                List.copyOf(failures));
    }

    /**
     * @param sessions that were begun
     * @param sessionsFailed of those, that could not log in or were lost
     * @param messages of clients, that were sent
     * @param notSent of clients, of sessions that failed
     * @param gaps messages that the capture does not have
     * @param answers that were compared
     * @param differing how many of them are not what they were, those that are missing and those that are new; not those in
     *     another order
     * @param nanos that all took
     * @param late how much later than due messages were sent
     * @param behind how much later than captured they were due, because answers came later
     * @param groups by fingerprint; the empty one of what is no statement, or unknown
     */
    public record Summary(
            long sessions,
            long sessionsFailed,
            long messages,
            long notSent,
            long gaps,
            long answers,
            long differing,
            Map<Kind, Long> kinds,
            long nanos,
            Histogram captured,
            Histogram replayed,
            Histogram late,
            Histogram behind,
            Map<String, Group> groups,
            List<Difference> differences,
            List<String> failures) {}
}
