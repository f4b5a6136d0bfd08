package io.pgweir.cli;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.kafka.Fold;
import io.pgweir.replay.kafka.PartitionRecords;
import io.pgweir.replay.kafka.Publisher;
import io.pgweir.replay.kafka.ReplayTopic;
import io.pgweir.replay.kafka.Worker;
import io.pgweir.replay.report.Report;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;

/** What each part of a replay on several machines does. */
final class ReplayShare {
    private final CommandLine command;
    private final ReplayTopic topic;
    private final ReplayKafkaOptions options;

    ReplayShare(CommandLine command, ReplayKafkaOptions options) {
        this.command = command;
        this.options = options;
        topic = options.topic(command);
    }

    /** @return the exit code */
    int publish(CaptureSources sources, Selecting selecting, Predicate<SessionOpen> wanted)
            throws IOException, InterruptedException {
        List<CaptureHeader> headers = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        try (Publisher publisher = new Publisher(topic, options.partitions(), wanted)) {
            int code = sources.each(command.getErr(), fault -> faults.add(fault.toString()), (reader, progress) -> {
                headers.add(reader.header());
                if (!reader.header().keyId().isEmpty() && !options.decrypted()) {
                    throw new IOException(reader.file() + ": encrypted, and would not be on the topic"
                            + " (expected: --decrypted, where the topic is protected)");
                }
                try {
                    publisher.publish(selecting.records(reader), progress);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", interrupted);
                }
            });
            faults.forEach(fault -> command.getErr().println("pgweir: " + fault));
            if (code != ExitCode.OK) {
                return code;
            }
            long sessions = publisher.finish(headers.getFirst());
            command.getOut().println(sessions + " sessions published on " + topic.name());
            return ExitCode.OK;
        }
    }

    /** Which records of a file. */
    interface Selecting {
        CaptureReader.Records records(CaptureReader reader) throws IOException;
    }

    /** @param watching begins to watch the replay of so much */
    Report work(Replay replay, String target, double speed, Function<CaptureExtent, ReplayWatch> watching)
            throws IOException, InterruptedException {
        String name = InetAddress.getLocalHost().getHostName() + "-"
                + ProcessHandle.current().pid();
        try (Worker worker = new Worker(topic, name, options.workers(), options.startAt())) {
            command.getErr().println("pgweir: worker " + name + " waits for its share of " + topic.name());
            Worker.Share share = worker.claim();
            command.getErr().println("pgweir: " + share.sessions() + " sessions from " + share.start() + " on");
            Instant started = Instant.now();
            Duration wait = Duration.between(started, share.start());
            replay.beginAt(System.nanoTime() + wait.toNanos(), share.firstNanos());
            Summary summary;
            ReplayWatch watch = watching.apply(new CaptureExtent(0, share.firstNanos(), share.lastNanos()));
            try (watch;
                    PartitionRecords records = worker.records()) {
                replay.run(records);
                summary = replay.finish();
            }
            Report.Run run = new Report.Run(
                    VersionCommand.version(), share.capture(), share.captured(), share.start(), target, speed);
            Report report = new Report(run, partial(watch, summary), replay.skipped(), summary);
            worker.report(report);
            return report;
        }
    }

    private static List<String> partial(ReplayWatch watch, Summary summary) {
        List<String> partial = new ArrayList<>();
        String why = watch.why();
        if (why != null) {
            partial.add(why + ": " + summary.sessionsStopped() + " sessions were under way");
        }
        return partial;
    }

    /** Of all workers that have told by now. */
    Report fold() throws IOException {
        return Fold.of(topic, VersionCommand.version());
    }
}
