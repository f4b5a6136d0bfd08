package io.pgweir.cli;

import io.pgweir.capture.CaptureException;
import io.pgweir.capture.CaptureFault;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.CaptureReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which captures a command reads, and what of them could not be read. */
final class CaptureSources {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec command;

    @Parameters(paramLabel = "CAPTURE", arity = "0..*", description = "A file (*.pgcap), or a directory of them.")
    private List<Path> named = new ArrayList<>();

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A key that files are encrypted with: 64 hexadecimal digits; as often as there are keys.")
    private List<Path> keyFiles = new ArrayList<>();

    /** Opened before anything is read; says what was wrong with it. */
    record Opened(List<Path> files, List<CaptureKey> keys, long bytes) {
        CaptureReader open(Path file, Consumer<CaptureFault> faults) throws IOException {
            return CaptureReader.open(file, keys, faults);
        }
    }

    /** Of a command that has options of its own for that. */
    static CaptureSources of(Path path, List<Path> keyFiles) {
        CaptureSources sources = new CaptureSources();
        sources.named = List.of(path);
        sources.keyFiles = List.copyOf(keyFiles);
        return sources;
    }

    /** What is done with one file. */
    interface Visitor {
        void visit(CaptureReader reader, CaptureReader.Progress progress) throws IOException;
    }

    private int worst = ExitCode.OK;

    boolean isEmpty() {
        return named.isEmpty();
    }

    /**
     * Opens each file and gives it to {@code visitor}; faults go to {@code faults}, and to the exit code.
     *
     * @return the exit code; what nobody else tells is on {@code err}
     */
    int each(PrintWriter err, Consumer<CaptureFault> faults, Visitor visitor) {
        if (named.isEmpty()) {
            throw new ParameterException(command.commandLine(), "Missing required parameter: 'CAPTURE'");
        }
        Opened opened;
        try {
            opened = open();
        } catch (IOException fault) {
            err.println("pgweir: " + AuditText.of(fault));
            return worst;
        }
        long before = 0;
        for (Path file : opened.files()) {
            long base = before;
            try (ProgressBar bar = ProgressBar.of(err, opened.bytes());
                    CaptureReader reader = opened.open(file, fault -> {
                        bar.erase();
                        faults.accept(fault);
                        worsen(of(fault));
                    })) {
                visitor.visit(reader, (bytes, records) -> bar.at(base + bytes, records));
                before += reader.size();
            } catch (CaptureException unreadable) {
                faults.accept(unreadable.fault());
                worsen(of(unreadable.fault()));
            } catch (StandardOutput.ClosedException nobodyReads) {
                return worst;
            } catch (IOException fault) {
                err.println("pgweir: " + AuditText.of(fault));
                worsen(ExitCode.IO);
            }
        }
        return worst;
    }

    private Opened open() throws IOException {
        List<CaptureKey> keys = new ArrayList<>();
        worst = ExitCode.CONFIG;
        for (Path file : keyFiles) {
            keys.add(CaptureKey.read(file));
        }
        worst = ExitCode.NO_INPUT;
        List<Path> files = CapturePaths.files(named);
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        worst = ExitCode.OK;
        return new Opened(files, keys, bytes);
    }

    private void worsen(int code) {
        worst = worst == ExitCode.CONFIG ? worst : Math.max(worst, code);
    }

    /** What a file that its writer did not close, or a gap, means is for each command to say. */
    private static int of(CaptureFault fault) {
        return switch (fault.kind()) {
            case KEY -> ExitCode.CONFIG;
            case FOREIGN, NEWER, DAMAGED, TORN -> ExitCode.DATA;
            case UNCLOSED, GAP, MISSING -> ExitCode.OK;
        };
    }
}
