package io.pgweir.cli;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.Selection;
import io.pgweir.capture.pcap.PcapngExport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes captures as packets. */
@Command(
        name = "export",
        description = "Writes captures as packets (pcapng), which Wireshark reads with its PostgreSQL dissector.",
        sortOptions = false)
final class CaptureExportCommand implements Callable<Integer> {
    private static final int BUFFER_BYTES = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Option(
            names = "--pcapng",
            paramLabel = "FILE",
            required = true,
            description = "Written beside it, and given its name when it is whole.")
    private Path file = Path.of("-");

    @Option(names = "--session", paramLabel = "NUMBER", description = "Only this one; as often as needed.")
    private Set<Long> sessions = new HashSet<>();

    @Override
    public Integer call() {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            int code;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), BUFFER_BYTES)) {
                code = export(out);
            }
            if (code == ExitCode.OK || code == ExitCode.DATA) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return code;
        } catch (IOException fault) {
            throw new ParameterException(
                    spec.commandLine(), "--pcapng: cannot be written: " + fault.getMessage(), fault);
        } finally {
            // What a file system refused to make needs no removal.
            part.toFile().delete();
        }
    }

    private int export(OutputStream out) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        PcapngExport export = new PcapngExport(out, "pgweir");
        Selection selection = new Selection(sessions, Long.MIN_VALUE, Long.MAX_VALUE);
        return sources.each(err, fault -> err.println("pgweir: " + fault), (reader, progress) -> {
            export.onFile(reader.header());
            CaptureReader.Records records = reader.records(selection);
            long count = 0;
            for (CaptureRecord record = records.next(); record != null; record = records.next()) {
                export.onRecord(record);
                count++;
                progress.at(records.offset(), count);
            }
        });
    }
}
