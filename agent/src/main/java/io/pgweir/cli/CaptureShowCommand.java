package io.pgweir.cli;

import io.pgweir.audit.encode.JsonTree;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.Selection;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What was said, message by message. */
@Command(name = "show", description = "Shows what sessions said, one message a line.", sortOptions = false)
final class CaptureShowCommand implements Callable<Integer> {
    private static final double NANOS = 1e9;
    private static final byte[] LINE_END = {'\n'};

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Option(names = "--session", paramLabel = "NUMBER", description = "Only this one; as often as needed.")
    private Set<Long> sessions = new HashSet<>();

    @Option(names = "--from", paramLabel = "SECONDS", description = "Since the capture began. Default: 0.")
    private @Nullable Double from;

    @Option(names = "--to", paramLabel = "SECONDS", description = "Not included. Default: its end.")
    private @Nullable Double to;

    @Option(names = "--json", description = "One JSON object a record, bodies as base64.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Selection selection = new Selection(sessions, nanos("--from", from, 0), nanos("--to", to, Long.MAX_VALUE));
        CaptureLine line = new CaptureLine(Colours.ofTerminal());
        OutputStream out = new StandardOutput(spec.commandLine().getOut());
        return sources.each(err, fault -> err.println("pgweir: " + fault), (reader, _) -> {
            CaptureReader.Records records = reader.records(selection);
            for (CaptureRecord record = records.next(); record != null; record = records.next()) {
                if (json) {
                    JsonTree.write(CaptureJson.of(record), out);
                } else {
                    out.write(line.of(record).getBytes(StandardCharsets.UTF_8));
                }
                out.write(LINE_END);
            }
            out.flush();
        });
    }

    private long nanos(String option, @Nullable Double seconds, long otherwise) {
        if (seconds == null) {
            return otherwise;
        }
        if (!(seconds >= 0 && seconds <= Long.MAX_VALUE / NANOS)) {
            throw new ParameterException(
                    spec.commandLine(), option + ": " + seconds + " (expected: seconds since the capture began)");
        }
        return (long) (seconds * NANOS);
    }
}
