package io.pgweir.cli;

import io.pgweir.audit.encode.JsonTree;
import io.pgweir.capture.CaptureFault;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureIndex;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether all that was seen is there. */
@Command(
        name = "verify",
        description = "Reads captures whole and names everything that is damaged, missing or was left out.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:Whole, and nothing was left out",
            " 1:Not whole: what is wrong is on stdout",
            "65:A file is no capture, or a later pgweir wrote it",
            "66:A file is not there",
            "78:A key is wrong, or missing"
        })
final class CaptureVerifyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final CaptureSources sources = new CaptureSources();

    @Option(names = "--json", description = "The report as one JSON object.")
    private boolean json;

    private final List<CaptureFault> faults = new ArrayList<>();

    /** Of each capture, the file that comes next. */
    private final Map<UUID, Integer> next = new HashMap<>();

    private long files;
    private long blocks;
    private long records;
    private long dropped;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int code = sources.each(spec.commandLine().getErr(), faults::add, (reader, progress) -> {
            expect(reader.header(), reader.file());
            CaptureIndex index = reader.verify(progress);
            files++;
            blocks += index.blocks().size();
            records += index.records();
            dropped += index.droppedMessages();
        });
        boolean read = files > 0;
        if (json) {
            JsonTree.write(report(), new StandardOutput(out));
            out.println();
        } else {
            print(out);
        }
        out.flush();
        boolean readable = faults.stream().noneMatch(CaptureVerifyCommand::isUnreadable);
        if (code != ExitCode.OK && !(read && readable)) {
            return code;
        }
        return faults.isEmpty() ? code : ExitCode.FINDINGS;
    }

    private static boolean isUnreadable(CaptureFault fault) {
        return switch (fault.kind()) {
            case FOREIGN, NEWER, KEY -> true;
            case DAMAGED, TORN, UNCLOSED, GAP, MISSING -> false;
        };
    }

    private void expect(CaptureHeader header, Path file) {
        int expected = next.getOrDefault(header.capture(), 0);
        if (header.file() != expected) {
            faults.add(new CaptureFault(
                    CaptureFault.Kind.MISSING,
                    file,
                    0,
                    "file " + header.file() + " of capture " + header.capture() + " (expected: " + expected + ")"));
        }
        next.put(header.capture(), header.file() + 1);
    }

    private void print(PrintWriter out) {
        Colours colours = Colours.ofTerminal();
        for (CaptureFault fault : faults) {
            out.println(colours.red("finding: ") + fault);
        }
        if (files > 0) {
            String sum = files + (files == 1 ? " file, " : " files, ") + blocks + " blocks, " + records + " records, "
                    + dropped + " messages left out";
            out.println(faults.isEmpty() ? colours.green("whole: ") + sum : colours.red("NOT whole: ") + sum);
        }
    }

    private Map<String, @Nullable Object> report() {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("whole", files > 0 && faults.isEmpty());
        report.put("files", files);
        report.put("blocks", blocks);
        report.put("records", records);
        report.put("dropped_messages", dropped);
        report.put(
                "findings", faults.stream().map(CaptureVerifyCommand::finding).toList());
        return report;
    }

    private static Map<String, @Nullable Object> finding(CaptureFault fault) {
        Map<String, @Nullable Object> finding = new LinkedHashMap<>();
        finding.put("kind", fault.kind().name().toLowerCase(Locale.ROOT));
        finding.put("file", fault.file().toString());
        finding.put("offset", fault.offset());
        finding.put("text", fault.text());
        return finding;
    }
}
