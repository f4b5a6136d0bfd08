package io.pgweir.cli;

import io.pgweir.audit.AuditRecord;
import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.Selection;
import io.pgweir.rules.file.Learned;
import io.pgweir.rules.file.RuleFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes down what users were seen to do, as rules in shadow mode that tell of all else. */
@Command(
        name = "learn",
        description = "Writes a pack in shadow mode that allows, by user and application, the statements of a trail or"
                + " a capture.")
final class RulesLearnCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "PATH",
            required = true,
            description =
                    "A spool directory, a file of records (NDJSON, also .gz), - for standard input; or captures: a file"
                            + " (*.pgcap), a directory of them.")
    private Path from = Path.of("-");

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A key that captures are encrypted with; as often as there are keys.")
    private List<Path> keyFiles = List.of();

    @Option(names = "--to", paramLabel = "FILE", description = "Where the pack goes. Default: standard output.")
    private @Nullable Path to;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        LearningReader reader = new LearningReader(err);
        try {
            if (isCapture()) {
                return ofCapture(err);
            }
            Trail trail = Files.isDirectory(from) ? new SpoolTrail(from) : new FileTrail(from);
            trail.read(reader, false);
            return write(reader.learned(), reader.faults());
        } catch (NoSuchFileException missing) {
            err.println("pgweir: " + missing.getFile() + ": no such file or directory");
            return ExitCode.NO_INPUT;
        } catch (IOException fault) {
            err.println("pgweir: " + fault.getMessage());
            return ExitCode.IO;
        }
    }

    private boolean isCapture() throws IOException {
        if (!Files.isDirectory(from)) {
            return from.toString().endsWith(CapturePaths.SUFFIX);
        }
        try (Stream<Path> list = Files.list(from)) {
            return list.anyMatch(file -> file.toString().endsWith(CapturePaths.SUFFIX));
        }
    }

    private int ofCapture(PrintWriter err) throws IOException {
        Learned learned = new Learned();
        LearnedCapture lessons = new LearnedCapture(learned);
        int code = CaptureSources.of(from, keyFiles)
                .each(err, fault -> err.println("pgweir: " + fault), (reader, progress) -> {
                    lessons.onFile(reader.header());
                    CaptureReader.Records records = reader.records(Selection.ALL);
                    long count = 0;
                    for (CaptureRecord record = records.next(); record != null; record = records.next()) {
                        lessons.onRecord(record);
                        count++;
                        progress.at(records.offset(), count);
                    }
                });
        return code == ExitCode.OK || code == ExitCode.DATA ? Math.max(code, write(learned, 0)) : code;
    }

    private int write(Learned learned, long faults) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (learned.executions() == 0) {
            err.println("pgweir: " + from
                    + ": no statement that succeeded (expected: records of statements, or a capture)");
            return ExitCode.DATA;
        }
        String yaml = learned.toYaml();
        if (yaml.length() > RuleFiles.FILE_CHARS_MAX) {
            err.println("pgweir: " + learned.fingerprints()
                    + " statements are more than a rule file holds (expected: at most " + RuleFiles.FILE_CHARS_MAX
                    + " characters); learn by user, or from less");
            return ExitCode.DATA;
        }
        if (to == null) {
            spec.commandLine().getOut().print(yaml);
            spec.commandLine().getOut().flush();
        } else {
            Files.writeString(to, yaml);
        }
        err.println("learned " + learned.fingerprints() + " statements from " + learned.executions() + " executions");
        return faults == 0 ? ExitCode.OK : ExitCode.DATA;
    }

    /** Takes user, application and fingerprint out of records. */
    private static final class LearningReader implements Trail.Reader {
        private final Learned learned = new Learned();
        private final PrintWriter err;
        private long faults;

        LearningReader(PrintWriter err) {
            this.err = err;
        }

        Learned learned() {
            return learned;
        }

        long faults() {
            return faults;
        }

        @Override
        public void onRecord(AuditRecord record, String where) {
            LearnedRecord read = LearnedRecord.read(record.json());
            if (read == null) {
                onDamage(where, "no record");
            } else if (read.isLesson()) {
                learned.add(read.user(), read.application(), read.fingerprint(), read.text());
            }
        }

        @Override
        public void onDamage(String where, String what) {
            faults++;
            err.println(where + ": " + what);
        }

        @Override
        public boolean isEnough() {
            return true;
        }
    }
}
