package io.pgweir.replay.kafka;

import io.pgweir.replay.Results;
import io.pgweir.replay.kafka.ResultsLog.Entry;
import io.pgweir.replay.report.Report;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one report of those of all workers, and names what none of them told of. One thread. */
public final class Fold {
    /** Told one by one. */
    private static final int SESSIONS_TOLD = 100;

    private final Map<Integer, String> claims = new HashMap<>();
    private final Map<Integer, String> done = new TreeMap<>();
    private final Map<String, Result> results = new TreeMap<>();
    private final List<String> partial = new ArrayList<>();
    private @Nullable Manifest manifest;

    private Fold() {}

    /**
     * Of what is there now.
     *
     * @param pgweir version of the program
     * @throws IOException where nothing was published, or no worker has told anything
     */
    public static Report of(ReplayTopic topic, String pgweir) throws IOException {
        Fold fold = new Fold();
        try (ResultsLog log = new ResultsLog(topic)) {
            for (Entry entry : log.toEnd()) {
                fold.on(entry);
            }
        }
        Manifest all = fold.manifest;
        if (all == null) {
            throw new IOException("kafka topic " + topic.results() + ": nothing is published yet");
        }
        return fold.report(all, pgweir);
    }

    private void on(Entry entry) throws IOException {
        switch (entry.kind()) {
            case MANIFEST -> manifest = Manifest.of(entry.value());
            case CLAIM -> claims.put(Worker.partition(entry), entry.writer());
            case RESULT -> {
                Result result = Result.of(entry.value());
                results.put(entry.writer(), result);
                for (int each : result.partitions()) {
                    String before = done.put(each, entry.writer());
                    if (before != null) {
                        partial.add("partition " + each + " was run by " + before + " and by " + entry.writer());
                    }
                }
            }
        }
    }

    private Report report(Manifest all, String pgweir) {
        Results sum = new Results();
        Instant started = Instant.MAX;
        double speed = Double.POSITIVE_INFINITY;
        long skipped = 0;
        TreeSet<String> targets = new TreeSet<>();
        for (Map.Entry<String, Result> each : results.entrySet()) {
            Report report = each.getValue().report();
            sum.add(report.summary());
            report.partial().forEach(why -> partial.add(each.getKey() + ": " + why));
            targets.add(report.run().target());
            started = report.run().started().isBefore(started) ? report.run().started() : started;
            speed = report.run().speed();
            skipped += report.sessionsSkipped();
        }
        all.sessions().forEach((partition, sessions) -> {
            if (!done.containsKey(partition)) {
                incomplete(partition, sessions, sum);
            }
        });
        Report.Run run = new Report.Run(
                pgweir,
                all.capture(),
                all.captured(),
                started.equals(Instant.MAX) ? all.captured() : started,
                targets.isEmpty() ? "nowhere" : String.join(", ", targets),
                speed);
        return new Report(run, partial, skipped, sum.summary());
    }

    private void incomplete(int partition, List<Long> sessions, Results sum) {
        String worker = claims.get(partition);
        String why = worker == null ? "no worker took it" : "worker " + worker + " took it and has told no result";
        sessions.forEach(each -> sum.onIncomplete(each, why));
        List<String> told =
                sessions.stream().limit(SESSIONS_TOLD).map(String::valueOf).toList();
        partial.add(sessions.size() + " sessions are incomplete, as "
                + (worker == null ? "no worker took them" : "worker " + worker + " took them and has told no result")
                + ": "
                + String.join(", ", told) + (sessions.size() > told.size() ? " ..." : ""));
    }
}
