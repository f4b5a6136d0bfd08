package io.pgweir.cli;

import io.pgweir.capture.CaptureIndex;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.Selection;
import io.pgweir.config.ConfigException;
import io.pgweir.config.HostPort;
import io.pgweir.replay.Options;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.Target;
import io.pgweir.replay.report.Report;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs a capture on a server, and says what is not as it was. */
@Command(
        name = "replay",
        description = "Runs what a capture holds on another server: each session in its order and at its times, all of"
                + " them beside each other; and compares the answers.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:Done, and no more differs than --fail-on allows; with --rules, nothing",
            " 1:Done, and more differs; or sessions failed",
            "65:A file is no capture, is damaged, or was redacted",
            "66:A file is not there",
            "69:Nobody listens at the target's address",
            "74:A file cannot be read, or is of another capture than the first; the report cannot be written",
            "78:A key is wrong, or missing",
            "130:SIGINT ended it; the report tells what was run"
        })
final class ReplayCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Mixin
    private final TargetOptions targetOptions = new TargetOptions();

    @Mixin
    private final ReplayOutput output = new ReplayOutput();

    @Mixin
    private final ReplayKafkaOptions kafka = new ReplayKafkaOptions();

    @Mixin
    private final WhatIfOptions whatIf = new WhatIfOptions();

    @Option(
            names = "--speed",
            paramLabel = "N",
            defaultValue = "1",
            converter = Speed.class,
            description =
                    "2 is twice as fast, 0.5 half as fast, max as fast as answers come (default: ${DEFAULT-VALUE}).")
    private double speed = 1;

    @Option(
            names = "--only-user",
            paramLabel = "NAME",
            description = "Sessions of this user only; as often as there are users.")
    private Set<String> onlyUsers = Set.of();

    @Option(
            names = "--only-database",
            paramLabel = "NAME",
            description = "Sessions of this database only; as often as there are databases.")
    private Set<String> onlyDatabases = Set.of();

    @Option(
            names = "--only-fingerprint",
            paramLabel = "FINGERPRINT",
            description =
                    "Statements of this fingerprint only, with what sets something and what begins and ends transactions;"
                            + " as often as there are fingerprints. capture stat shows them.")
    private Set<String> onlyFingerprints = Set.of();

    @Option(
            names = "--read-only",
            description = "Statements that only read, in transactions that are READ ONLY by default.")
    private boolean readOnly;

    @Option(
            names = "--preserve-commit-order",
            description =
                    "Transactions of different sessions commit in the order in which they did. Slower: one after the other.")
    private boolean commitOrder;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            defaultValue = "" + Options.PIPELINE,
            converter = Depth.class,
            description =
                    "With --speed max: so many requests of a session are under way at once, even where its client waited"
                            + " for each answer; 1 waits as it did (default: ${DEFAULT-VALUE}).")
    private int pipeline = Options.PIPELINE;

    @Option(
            names = "--from",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "From so many seconds behind the beginning of the capture on.")
    private long fromNanos = Long.MIN_VALUE;

    @Option(
            names = "--until",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "Up to so many seconds behind it.")
    private long untilNanos = Long.MAX_VALUE;

    private final List<String> faults = new ArrayList<>();
    private @Nullable UUID capture;
    private @Nullable Instant captured;

    /** A file with other values than were sent; null where there is none. */
    private @Nullable Path redacted;

    /** Null where a file does not tell. */
    private @Nullable CaptureExtent extent = CaptureExtent.NONE;

    @Override
    public Integer call() throws IOException, InterruptedException, ConfigException {
        CommandLine command = spec.commandLine();
        if (whatIf.isAsked()) {
            if (targetOptions.isGiven()) {
                throw new ParameterException(command, "--to and --rules (expected: one of them)");
            }
            Selection selection = new Selection(Set.of(), fromNanos, untilNanos);
            return whatIf.run(command, sources, selection, this::isWanted, output.jsonFile());
        }
        output.check(command);
        return switch (kafka.part(command)) {
            case ALONE -> alone(command, targetOptions.target(command));
            case PUBLISH, WORKER, REPORT -> shared(command);
        };
    }

    private int alone(CommandLine command, Target target) throws IOException, InterruptedException {
        int found = lookAtAll(command);
        if (found != ExitCode.OK) {
            return found;
        }
        output.check(command, capture);
        String unreachable = unreachable(target);
        if (unreachable != null) {
            command.getErr().println("pgweir: " + unreachable);
            return ExitCode.UNAVAILABLE;
        }
        try (Replay replay = new Replay(target, options())) {
            return run(command, target, replay);
        }
    }

    private int shared(CommandLine command) throws InterruptedException {
        ReplayKafkaOptions.Part part = kafka.part(command);
        ReplayShare share = new ReplayShare(command, kafka);
        if (part != ReplayKafkaOptions.Part.PUBLISH && !sources.isEmpty()) {
            throw new ParameterException(command, "CAPTURE (expected: only with --publish; it is on the topic)");
        }
        try {
            return switch (part) {
                case ALONE, PUBLISH -> {
                    int found = lookAtAll(command);
                    yield found == ExitCode.OK ? share.publish(sources, this::records, this::isWanted) : found;
                }
                case WORKER -> work(command, share, targetOptions.target(command));
                case REPORT -> {
                    Report report = share.fold();
                    yield output.write(command, report);
                }
            };
        } catch (IOException fault) {
            command.getErr().println("pgweir: " + AuditText.of(fault));
            return ExitCode.UNAVAILABLE;
        }
    }

    private int work(CommandLine command, ReplayShare share, Target target) throws IOException, InterruptedException {
        try (Replay replay = new Replay(target, options())) {
            List<ReplayWatch> watches = new ArrayList<>();
            Report report = share.work(replay, target.address().toString(), speed, all -> {
                watches.add(new ReplayWatch(
                        replay, all, speed, target.answerTimeout(), ProgressBar.of(command.getErr(), 0)));
                return watches.getFirst();
            });
            int result = output.write(command, report);
            int signal = watches.getFirst().code();
            return signal > 0 ? signal : result;
        }
    }

    private int lookAtAll(CommandLine command) {
        int code = sources.each(command.getErr(), fault -> faults.add(fault.toString()), (reader, _) -> look(reader));
        tellFaults(command);
        if (redacted != null) {
            command.getErr()
                    .println("pgweir: " + redacted + ": redacted (expected: a capture with the values that were sent;"
                            + " others would be written to the target)");
            return Math.max(code, ExitCode.DATA);
        }
        return code;
    }

    private void tellFaults(CommandLine command) {
        faults.forEach(fault -> command.getErr().println("pgweir: " + fault));
    }

    /** Before anything is run: what cannot be run is known by then. */
    private void look(CaptureReader reader) throws IOException {
        UUID of = reader.header().capture();
        if (capture != null && !capture.equals(of)) {
            throw new IOException(
                    reader.file() + ": capture " + of + " (expected: files of one capture, " + capture + ")");
        }
        capture = of;
        captured = reader.header().started();
        if (reader.header().options().isRedacted()) {
            redacted = reader.file();
        }
        CaptureIndex index = reader.storedIndex();
        extent = index == null || extent == null ? null : extent.plus(index, this::isWanted);
    }

    /** Null where somebody listens there; who tries a socket of the file system learns it soon enough. */
    private static @Nullable String unreachable(Target target) {
        HostPort address = target.address();
        if (address.isUnix()) {
            return null;
        }
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.host(), address.port()),
                    Math.toIntExact(target.connectTimeout().toMillis()));
            return null;
        } catch (IOException fault) {
            return address + ": " + (fault instanceof UnknownHostException ? "no such host" : fault.getMessage());
        }
    }

    private int run(CommandLine command, Target target, Replay replay) throws IOException, InterruptedException {
        Instant started = Instant.now();
        ReplayWatch watch = new ReplayWatch(
                replay,
                extent == null ? null : extent.within(fromNanos, untilNanos),
                speed,
                target.answerTimeout(),
                ProgressBar.of(command.getErr(), 0));
        int code;
        Summary summary;
        try (watch) {
            code = sources.each(
                    command.getErr(), fault -> faults.add(fault.toString()), (reader, _) -> run(replay, reader));
            summary = replay.finish();
        }
        tellFaults(command);
        if (replay.outOfTurn() > 0) {
            command.getErr()
                    .println("pgweir: " + replay.outOfTurn()
                            + " times a session went on before its turn: nobody moved for seconds");
        }
        Report.Run run = new Report.Run(
                VersionCommand.version(),
                capture,
                captured,
                started,
                target.address().toString(),
                speed);
        Report report = new Report(run, partial(watch, summary), replay.skipped(), summary);
        try {
            int result = output.write(command, report);
            return watch.code() > 0 ? watch.code() : code == ExitCode.OK ? result : code;
        } catch (IOException fault) {
            command.getErr().println("pgweir: " + AuditText.of(fault));
            return ExitCode.IO;
        }
    }

    private List<String> partial(ReplayWatch watch, Summary summary) {
        List<String> partial = new ArrayList<>();
        if (watch.why() != null) {
            partial.add(watch.why() + ": " + summary.sessionsStopped() + " sessions were under way");
        }
        partial.addAll(faults);
        if (summary.sessionsFailed() > 0) {
            partial.add(summary.sessionsFailed() + " of " + summary.sessions() + " sessions failed, "
                    + summary.notSent() + " messages were not sent");
        }
        return partial;
    }

    private Options options() {
        return new Options(speed, this::isWanted, onlyFingerprints, readOnly, commitOrder, pipeline);
    }

    private boolean isWanted(SessionOpen open) {
        return (onlyUsers.isEmpty() || onlyUsers.contains(open.user()))
                && (onlyDatabases.isEmpty() || onlyDatabases.contains(open.database()));
    }

    private CaptureReader.Records records(CaptureReader reader) throws IOException {
        return reader.records(new Selection(Set.of(), fromNanos, untilNanos));
    }

    private void run(Replay replay, CaptureReader reader) throws IOException {
        try {
            replay.run(records(reader), CaptureReader.Progress.NONE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    static final class Speed implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (text.equals("max")) {
                return Double.POSITIVE_INFINITY;
            }
            double value = number(text);
            if (!(value >= 0.001 && value <= 1000)) {
                throw new TypeConversionException("`" + text + "` (expected: 0.001 to 1000, or max)");
            }
            return value;
        }
    }

    static final class Depth implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            double value = number(text);
            if (!(value >= 1 && value <= 10_000 && value == Math.rint(value))) {
                throw new TypeConversionException("`" + text + "` (expected: 1 to 10000)");
            }
            return (int) value;
        }
    }

    static final class Seconds implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            double value = number(text);
            if (!(value >= 0 && value <= 1e9)) {
                throw new TypeConversionException("`" + text + "` (expected: seconds, 0 to 1000000000)");
            }
            return (long) (value * TimeUnit.SECONDS.toNanos(1));
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException none) {
            throw new TypeConversionException("`" + text + "` (expected: a number)");
        }
    }
}
