package io.pgweir.cli;

import io.pgweir.replay.Results.Summary;
import io.pgweir.replay.report.Report;
import io.pgweir.replay.report.ReportJson;
import io.pgweir.replay.report.ReportPage;
import io.pgweir.replay.report.ReportReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the report of a replay goes, and what its exit code is. */
final class ReplayOutput {
    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Writes the report there: report.html, which is one page and asks for nothing else, and"
                    + " report.json.")
    private @Nullable Path reportDir;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the report as JSON too; - is standard output, and nothing else.")
    private @Nullable Path jsonFile;

    @Option(
            names = "--fail-on",
            paramLabel = "PERCENT",
            description = "How many answers in a hundred may differ (default: ${DEFAULT-VALUE}).")
    private double failOn;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description =
                    "The report.json of a replay of the same captures on a server that is as the captured one was: what"
                            + " differs there too is noise, and --fail-on does not count it.")
    private @Nullable Path baselineFile;

    private @Nullable Report baseline;

    /** Where the report goes as JSON; null for nowhere. */
    @Nullable
    Path jsonFile() {
        return jsonFile;
    }

    /** What cannot be written is known before anything is run. */
    void check(CommandLine command) {
        if (!(failOn >= 0 && failOn <= 100)) {
            throw new ParameterException(command, "--fail-on: " + failOn + " (expected: 0 to 100)");
        }
        if (baselineFile != null) {
            try {
                baseline = ReportReader.read(Files.readAllBytes(baselineFile));
            } catch (IOException fault) {
                throw new ParameterException(
                        command, "--baseline: " + baselineFile + ": " + AuditText.of(fault), fault);
            }
        }
        try {
            if (reportDir != null) {
                Files.createDirectories(reportDir);
                Files.delete(Files.createTempFile(reportDir, "report", ".tmp"));
            }
        } catch (IOException fault) {
            throw new ParameterException(
                    command, "--report: " + reportDir + " cannot be written to: " + AuditText.of(fault), fault);
        }
    }

    /** Before it is run: a baseline of other sessions says nothing. */
    void check(CommandLine command, @Nullable UUID capture) {
        UUID of = baseline == null ? null : baseline.run().capture();
        if (of != null && !of.equals(capture)) {
            throw new ParameterException(
                    command, "--baseline: " + baselineFile + ": of capture " + of + " (expected: " + capture + ")");
        }
    }

    /** @return the exit code */
    int write(CommandLine command, Report alone) throws IOException {
        check(command, alone.run().capture());
        Report report = baseline == null ? alone : alone.beside(baseline);
        PrintWriter out = command.getOut();
        boolean onlyJson = jsonFile != null && jsonFile.toString().equals("-");
        if (onlyJson) {
            ReportJson.write(report, out);
            out.println();
            out.flush();
        } else {
            new ReplayText(out).print(report);
        }
        if (jsonFile != null && !onlyJson) {
            write(jsonFile, to -> ReportJson.write(report, to));
        }
        if (reportDir != null) {
            write(reportDir.resolve("report.json"), to -> ReportJson.write(report, to));
            Path page = reportDir.resolve("report.html");
            write(page, to -> to.write(ReportPage.of(report)));
            if (!onlyJson) {
                out.println();
                out.println("report: " + page);
                out.flush();
            }
        }
        return code(report);
    }

    private interface Content {
        void to(Writer writer) throws IOException;
    }

    /** All of it, or what was there before. */
    private static void write(Path file, Content content) throws IOException {
        Path begun = file.resolveSibling(file.getFileName() + ".tmp");
        try (Writer writer = Files.newBufferedWriter(begun)) {
            content.to(writer);
        }
        Files.move(begun, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private int code(Report report) {
        Summary summary = report.summary();
        boolean differs = report.differing() > failOn / 100 * Math.max(1, summary.answers());
        return differs || summary.sessionsFailed() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
