package io.pgweir.cli;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.Selection;
import io.pgweir.config.ConfigException;
import io.pgweir.offline.whatif.Report;
import io.pgweir.offline.whatif.WhatIf;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.file.RuleFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code replay} without a server: what rules would have done to what was captured. */
final class WhatIfOptions {
    private static final String PACK = "pack:";

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "Instead of --to: what these rules would have done. As often as there are files; pack:NAME is a"
                            + " pack that ships with pgweir.")
    private List<String> rules = List.of();

    @Option(
            names = "--diff",
            paramLabel = "FILE",
            description = "With --rules: only what these would have done otherwise. Default: compared with no rules.")
    private List<String> others = List.of();

    /** Whether no server is to be asked. */
    boolean isAsked() {
        return !rules.isEmpty() || !others.isEmpty();
    }

    /**
     * @param json where the report goes as JSON too; null for nowhere, - for standard output and nothing else
     * @return the exit code
     */
    int run(
            CommandLine command,
            CaptureSources sources,
            Selection selection,
            Predicate<SessionOpen> wanted,
            @Nullable Path json)
            throws IOException, ConfigException {
        if (rules.isEmpty()) {
            throw new CommandLine.ParameterException(command, "--diff without --rules");
        }
        PrintWriter err = command.getErr();
        WhatIf whatIf = new WhatIf(set(rules), set(others), wanted);
        int code = sources.each(err, fault -> err.println("pgweir: " + fault), (reader, progress) -> {
            whatIf.onFile(reader.header());
            read(whatIf, reader.records(selection), progress);
        });
        Report report = whatIf.report();
        print(command.getOut(), report, json);
        return code != ExitCode.OK ? code : report.changed() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private static void read(WhatIf whatIf, CaptureReader.Records records, CaptureReader.Progress progress)
            throws IOException {
        long count = 0;
        for (CaptureRecord record = records.next(); record != null; record = records.next()) {
            whatIf.onRecord(record);
            count++;
            progress.at(records.offset(), count);
        }
    }

    private static RuleSet set(List<String> named) throws ConfigException {
        if (named.isEmpty()) {
            return RuleSet.NONE;
        }
        List<Path> files = new ArrayList<>();
        List<String> packs = new ArrayList<>();
        for (String name : named) {
            if (name.startsWith(PACK)) {
                packs.add(name.substring(PACK.length()));
            } else {
                files.add(Path.of(name));
            }
        }
        return RuleFiles.read(files, packs, InstantSource.system()).toRuleSet(false);
    }

    private void print(PrintWriter out, Report report, @Nullable Path json) throws IOException {
        boolean toOut = json != null && json.toString().equals("-");
        if (!toOut) {
            new WhatIfText(out).print(report, !others.isEmpty());
        }
        if (json == null) {
            return;
        }
        if (toOut) {
            WhatIfJson.write(report, out);
            out.println();
            out.flush();
            return;
        }
        try (Writer file = Files.newBufferedWriter(json)) {
            WhatIfJson.write(report, file);
        }
    }
}
