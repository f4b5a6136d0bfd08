package io.pgweir.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes records in another form, one a line. */
@Command(
        name = "export",
        description = "Writes the records of a spool, a file or a topic as NDJSON of some form.",
        sortOptions = false)
final class AuditExportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RecordOptions options = new RecordOptions();

    @Option(
            names = "--format",
            paramLabel = "FORM",
            defaultValue = "native",
            converter = Words.RecordForm.class,
            completionCandidates = Words.RecordForm.class,
            description = "${COMPLETION-CANDIDATES}. Default: native.")
    private Words.Form form = Words.Form.NATIVE;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Written beside it, and given its name when it is whole. Default: standard output.")
    private @Nullable Path file;

    @Override
    public Integer call() throws InterruptedException {
        CommandLine command = spec.commandLine();
        Trail trail = options.trail(command);
        if (file == null) {
            return copy(command, trail, new StandardOutput(command.getOut()));
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            int code;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                code = copy(command, trail, out);
            }
            if (code != ExitCode.IO) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return code;
        } catch (IOException fault) {
            throw new ParameterException(command, "--out: cannot be written: " + fault.getMessage(), fault);
        } finally {
            // What a file system refused to make needs no removal.
            part.toFile().delete();
        }
    }

    private int copy(CommandLine command, Trail trail, OutputStream out) throws InterruptedException {
        TrailCopy copy = new TrailCopy(options.filter(command), form.format(false), out, command.getErr());
        return TrailRun.read(command, trail, copy, false);
    }
}
