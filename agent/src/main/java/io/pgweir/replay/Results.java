package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.replay.Difference.Kind;
import io.pgweir.sql.SqlStatement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/** What came of a replay, so far. Any thread. */
public final class Results {
    /** Told one by one, of each kind; of more, how many there are. */
    private static final int DIFFERENCES_MAX = 200;

    private static final int FAILURES_MAX = 100;
    private static final int LABELS_MAX = 10_000;
    private static final int SQL_STATES_MAX = 1_000;
    private static final int SAMPLE_LETTERS_MAX = 1_000;

    /** Nanoseconds up to an hour, to one per cent. */
    private static final long NANOS_MAX = 3_600_000_000_000L;

    public static final String OTHERS = "(others)";

    /**
     * Of one statement.
     *
     * @param sample its text as it was first seen, without literals; empty where nobody knows
     * @param answers that were compared
     * @param kinds how many differ, by kind
     */
    public record Group(
            String sample,
            long answers,
            Map<Kind, Long> kinds,
            long errorsBefore,
            long errorsNow,
            Histogram captured,
            Histogram replayed) {
        public Group {
            kinds = Map.copyOf(kinds);
        }

        /** Those in another order not counted. */
        public long differing() {
            return Results.differing(kinds);
        }
    }

    /** How often statements failed so, then and now. */
    public record Errors(long captured, long replayed) {
        Errors plus(long moreCaptured, long moreReplayed) {
            return new Errors(captured + moreCaptured, replayed + moreReplayed);
        }
    }

    private static final class Tally {
        final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
        final Histogram captured = histogram();
        final Histogram replayed = histogram();
        long answers;
        long errorsBefore;
        long errorsNow;

        Group group(String sample) {
            return new Group(sample, answers, kinds, errorsBefore, errorsNow, captured.copy(), replayed.copy());
        }
    }

    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    /** Asked for each statement: without the lock. */
    private final Map<String, String> samples = new ConcurrentHashMap<>();

    private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
    private final Map<String, Errors> errors = new TreeMap<>();
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Histogram captured = histogram();
    private final Histogram replayed = histogram();
    private final Timeline capturedTimes = new Timeline();
    private final Timeline replayedTimes = new Timeline();

    /** How much later than due messages were sent: the replayer's own doing. */
    private final Histogram late = histogram();

    /** How much later than in the capture they were due: the target's doing, whose answers came later. */
    private final Histogram behind = histogram();

    private boolean stopped;
    private long startNanos;
    private long fromNanos;
    private long sessions;
    private long sessionsFailed;
    private long sessionsStopped;
    private long messages;
    private long answers;
    private long notSent;
    private long gaps;
    private long nanos;

    /** An empty one, as all of them are. */
    public static Histogram histogram() {
        Histogram made = new Histogram(NANOS_MAX, 2);
        made.setAutoResize(true);
        return made;
    }

    private static void record(Histogram to, long value) {
        to.recordValue(Math.clamp(value, 0, NANOS_MAX));
    }

    private static long differing(Map<Kind, Long> kinds) {
        long sum = 0;
        for (Map.Entry<Kind, Long> each : kinds.entrySet()) {
            sum += each.getKey() == Kind.ORDER ? 0 : each.getValue();
        }
        return sum;
    }

    /**
     * Before anything else.
     *
     * @param start {@link System#nanoTime} of the first moment
     * @param from that moment in the capture
     */
    synchronized void onBegin(long start, long from) {
        startNanos = start;
        fromNanos = from;
    }

    synchronized void onSession() {
        sessions++;
    }

    /** It ends before its end: what is not done from here on is neither a difference nor a failure. */
    synchronized void onStop() {
        stopped = true;
    }

    /** It could not begin, or did not get to its end. */
    synchronized void onSessionFailed(long session, String why) {
        if (stopped) {
            sessionsStopped++;
            return;
        }
        sessionsFailed++;
        if (failures.size() < FAILURES_MAX) {
            failures.add("session " + session + ": " + why);
        }
    }

    /** Somebody else was to run it, and never told what came of it. */
    public synchronized void onIncomplete(long session, String why) {
        sessions++;
        onSessionFailed(session, why);
    }

    /** It will run; the first of its like lends its text. */
    void onStatement(SqlStatement statement) {
        String label = statement.fingerprint();
        if (!samples.containsKey(label) && samples.size() < LABELS_MAX) {
            String text = statement.redacted();
            boolean isLong = text.length() > SAMPLE_LETTERS_MAX;
            samples.put(label, isLong ? text.substring(0, SAMPLE_LETTERS_MAX) + " ..." : text);
        }
    }

    synchronized void onSent() {
        messages++;
    }

    /** At its time, or later. */
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
        Tally tally = tally(label);
        tally.answers++;
        record(tally.captured, before.totalNanos());
        record(tally.replayed, now.totalNanos());
        onCaptured(tally, before);
        onReplayed(tally, now);
        Kind kind = Difference.kind(before, now);
        if (kind != null) {
            differ(tally, new Difference(kind, session, request, label, before, now));
        }
    }

    private void onCaptured(Tally tally, Response before) {
        capturedTimes.add(before.nanos() - fromNanos, 1);
        if (!before.sqlState().isEmpty()) {
            tally.errorsBefore++;
            failed(before.sqlState(), 1, 0);
        }
    }

    private void onReplayed(Tally tally, Response now) {
        replayedTimes.add(System.nanoTime() - startNanos, 1);
        if (!now.sqlState().isEmpty()) {
            tally.errorsNow++;
            failed(now.sqlState(), 0, 1);
        }
    }

    private void failed(String sqlState, long before, long now) {
        String key = errors.size() < SQL_STATES_MAX || errors.containsKey(sqlState) ? sqlState : OTHERS;
        errors.put(key, errors.getOrDefault(key, new Errors(0, 0)).plus(before, now));
    }

    synchronized void onMissing(long session, long request, String label, Response before) {
        if (stopped) {
            return;
        }
        Tally tally = tally(label);
        onCaptured(tally, before);
        differ(tally, new Difference(Kind.MISSING, session, request, label, before, null));
    }

    synchronized void onAdded(long session, long request, String label, Response now) {
        if (stopped) {
            return;
        }
        Tally tally = tally(label);
        onReplayed(tally, now);
        differ(tally, new Difference(Kind.ADDED, session, request, label, null, now));
    }

    private void differ(Tally tally, Difference difference) {
        tally.kinds.merge(difference.kind(), 1L, Long::sum);
        if (kinds.merge(difference.kind(), 1L, Long::sum) <= DIFFERENCES_MAX) {
            differences.add(difference);
        }
    }

    private Tally tally(String label) {
        Tally known = tallies.get(label);
        if (known == null) {
            known = tallies.computeIfAbsent(tallies.size() < LABELS_MAX ? label : OTHERS, _ -> new Tally());
        }
        return known;
    }

    synchronized void onEnd(long tookNanos) {
        nanos = Math.max(0, tookNanos);
    }

    /** What came of other sessions of the same replay, which began at the same moment. */
    public synchronized void add(Summary more) {
        sessions += more.sessions;
        sessionsFailed += more.sessionsFailed;
        sessionsStopped += more.sessionsStopped;
        messages += more.messages;
        notSent += more.notSent;
        gaps += more.gaps;
        answers += more.answers;
        nanos = Math.max(nanos, more.nanos);
        more.kinds.forEach((kind, count) -> kinds.merge(kind, count, Long::sum));
        more.errors.forEach((state, count) -> failed(state, count.captured, count.replayed));
        captured.add(more.captured);
        replayed.add(more.replayed);
        late.add(more.late);
        behind.add(more.behind);
        capturedTimes.add(more.capturedTimes);
        replayedTimes.add(more.replayedTimes);
        more.groups.forEach(this::add);
        for (Kind kind : Kind.values()) {
            long known =
                    differences.stream().filter(each -> each.kind() == kind).count();
            more.differences.stream()
                    .filter(each -> each.kind() == kind)
                    .limit(DIFFERENCES_MAX - known)
                    .forEach(differences::add);
        }
        more.failures.stream().limit(FAILURES_MAX - failures.size()).forEach(failures::add);
    }

    private void add(String label, Group more) {
        Tally tally = tally(label);
        if (!more.sample.isEmpty()) {
            samples.putIfAbsent(label, more.sample);
        }
        tally.answers += more.answers;
        tally.errorsBefore += more.errorsBefore;
        tally.errorsNow += more.errorsNow;
        more.kinds.forEach((kind, count) -> tally.kinds.merge(kind, count, Long::sum));
        tally.captured.add(more.captured);
        tally.replayed.add(more.replayed);
    }

    /** A look at it. */
    public synchronized Summary summary() {
        Map<String, Group> groups = new LinkedHashMap<>();
        tallies.forEach((label, tally) -> groups.put(label, tally.group(samples.getOrDefault(label, ""))));
        return new Summary(
                sessions,
                sessionsFailed,
                sessionsStopped,
                messages,
                notSent,
                gaps,
                answers,
                differing(kinds),
                Map.copyOf(kinds),
                nanos,
                captured.copy(),
                replayed.copy(),
                late.copy(),
                behind.copy(),
                capturedTimes.copy(),
                replayedTimes.copy(),
                new TreeMap<>(errors),
                groups,
                List.copyOf(differences),
                List.copyOf(failures));
    }

    /**
     * @param sessions that were begun
     * @param sessionsFailed of those, that could not log in or were lost
     * @param sessionsStopped of those, that were under way when the replay was ended
     * @param messages of clients, that were sent
     * @param notSent of clients, of sessions that failed
     * @param gaps messages that the capture does not have
     * @param answers that were compared
     * @param differing how many of them are not what they were, those that are missing and those that are new; not those in
     *     another order
     * @param nanos that all took
     * @param late how much later than due messages were sent
     * @param behind how much later than captured they were due, because answers came later
     * @param capturedTimes when answers came, since the first moment that was run again
     * @param replayedTimes when they came now
     * @param errors by SQLSTATE
     * @param groups by fingerprint; the empty one of what is no statement, or unknown
     */
    public record Summary(
            long sessions,
            long sessionsFailed,
            long sessionsStopped,
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
            Timeline capturedTimes,
            Timeline replayedTimes,
            Map<String, Errors> errors,
            Map<String, Group> groups,
            List<Difference> differences,
            List<String> failures) {}

    /** How far a replay is. */
    public record Counts(
            long sessions, long sessionsFailed, long messages, long notSent, long answers, long differing) {}

    public synchronized Counts counts() {
        return new Counts(sessions, sessionsFailed, messages, notSent, answers, differing(kinds));
    }
}
