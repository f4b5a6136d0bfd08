package io.pgweir.cli;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureKey;
import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.pcap.PacketFileException;
import io.pgweir.offline.packets.PacketImport;
import io.pgweir.offline.packets.UnwritableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a capture of packets that tcpdump or Wireshark took. */
@Command(
        name = "import",
        description =
                "Makes a capture of packets (pcap, pcapng) that were not encrypted, as tcpdump and Wireshark take them.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:Done; what was left out, and why, is on standard output",
            "65:No session was found, or a file is none of packets, or is damaged: what was before is in the capture",
            "66:A file is not there",
            "74:The capture cannot be written",
            "78:The key is wrong"
        })
final class CaptureImportCommand implements Callable<Integer> {
    private static final String SUFFIX = CapturePaths.SUFFIX;
    private static final long FILE_BYTES_MAX = 256L << 20;
    private static final int PORT_MAX = 65_535;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files of packets, in the order of their times, as of one tcpdump; - is standard input.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "PATH",
            description =
                    "Where the capture goes: a file (*.pgcap), or a directory, which is made where it is not there.")
    private Path out = Path.of("-");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Of servers; as often as there are ports (default: 5432).")
    private Set<Integer> ports = Set.of();

    @Option(names = "--frontend-only", description = "Of answers, only what became of each request.")
    private boolean frontendOnly;

    @Option(names = "--key-file", paramLabel = "FILE", description = "Encrypts the capture: 64 hexadecimal digits.")
    private @Nullable Path keyFile;

    @Option(names = "--json", description = "What became of it, as one JSON object.")
    private boolean json;

    private final List<Path> written = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        for (int port : ports) {
            if (port < 1 || port > PORT_MAX) {
                throw new ParameterException(
                        spec.commandLine(), "--port: " + port + " (expected: 1 to " + PORT_MAX + ")");
            }
        }
        CaptureKey key;
        try {
            key = keyFile == null ? null : CaptureKey.read(keyFile);
        } catch (IOException fault) {
            err.println("pgweir: " + AuditText.of(fault));
            return ExitCode.CONFIG;
        }
        PacketImport packets = new PacketImport(
                ports.isEmpty() ? Set.of(5432) : ports,
                new PacketImport.Output(
                        this::place,
                        key,
                        isFile() ? Long.MAX_VALUE : FILE_BYTES_MAX,
                        frontendOnly,
                        VersionCommand.version()));
        try {
            if (!isFile()) {
                Files.createDirectories(out);
            }
            int code = read(packets, err);
            PacketImport.Summary summary = packets.finish();
            new ImportText(spec.commandLine().getOut()).print(summary, written, json);
            return summary.sessions() == 0 ? Math.max(code, ExitCode.DATA) : code;
        } catch (IOException unwritable) {
            err.println("pgweir: --out: " + AuditText.of(unwritable));
            return ExitCode.IO;
        }
    }

    private boolean isFile() {
        return out.toString().endsWith(SUFFIX);
    }

    /** Of a capture that is to be one file, those that must follow it nevertheless bear its name and their number. */
    private Path place(CaptureHeader header) {
        Path file = out.resolve(header.fileName());
        if (isFile()) {
            String name = out.getFileName().toString();
            String stem = name.substring(0, name.length() - SUFFIX.length());
            file = header.file() == 0 ? out : out.resolveSibling(stem + "_%04d".formatted(header.file()) + SUFFIX);
        }
        written.add(file);
        return file;
    }

    /** @throws IOException where the capture cannot be written */
    private int read(PacketImport packets, PrintWriter err) throws IOException {
        int worst = ExitCode.OK;
        long before = 0;
        long total = files.stream().mapToLong(CaptureImportCommand::size).sum();
        for (Path file : files) {
            long base = before;
            try (ProgressBar bar = ProgressBar.of(err, total);
                    InputStream in = isStandardInput(file) ? System.in : Files.newInputStream(file)) {
                packets.read(in, (bytes, count) -> bar.at(base + bytes, count));
                before += size(file);
            } catch (PacketFileException fault) {
                err.println("pgweir: " + file + ": " + fault.getMessage());
                worst = Math.max(worst, ExitCode.DATA);
            } catch (NoSuchFileException fault) {
                err.println("pgweir: " + AuditText.of(fault));
                worst = Math.max(worst, ExitCode.NO_INPUT);
            } catch (UnwritableException unwritable) {
                throw unwritable.why();
            } catch (IOException unreadable) {
                err.println("pgweir: " + file + ": " + unreadable.getMessage());
                worst = Math.max(worst, ExitCode.DATA);
            }
        }
        return worst;
    }

    /** 0 where nobody knows; whether it can be read is seen when it is. */
    private static long size(Path file) {
        return isStandardInput(file) ? 0 : file.toFile().length();
    }

    private static boolean isStandardInput(Path file) {
        return file.toString().equals("-");
    }
}
