package io.pgweir.cli;

import io.pgweir.audit.file.StdoutSink;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows records as they come: lines for people on a terminal, JSON in a pipe. */
@Command(
        name = "tail",
        description = "Shows the records of a spool, a file or a topic, and those that come.",
        sortOptions = false)
final class AuditTailCommand implements Callable<Integer> {
    private static final int LAST_MAX = 1_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RecordOptions options = new RecordOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Waits for more, until it is interrupted.")
    private boolean follow;

    @Option(
            names = {"-n", "--last"},
            paramLabel = "COUNT",
            description = "Of what is there, only so many, the last. Default: all.")
    private @Nullable Integer last;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            converter = Words.RecordForm.class,
            completionCandidates = Words.RecordForm.class,
            description = "${COMPLETION-CANDIDATES}. Default: pretty on a terminal, else native.")
    private Words.@Nullable Form form;

    @Override
    public Integer call() throws InterruptedException {
        CommandLine command = spec.commandLine();
        if (last != null && (last < 0 || last > LAST_MAX)) {
            throw new ParameterException(command, "--last: " + last + " (expected: 0 to " + LAST_MAX + ")");
        }
        boolean terminal = StdoutSink.isTerminal();
        Words.Form shown = form == null ? (terminal ? Words.Form.PRETTY : Words.Form.NATIVE) : form;
        OutputStream out = new StandardOutput(command.getOut());
        TrailCopy copy = new TrailCopy(options.filter(command), shown.format(terminal), out, command.getErr());
        if (last != null) {
            copy.keepLast(last);
        }
        return TrailRun.read(command, options.trail(command), copy, follow);
    }
}
