package io.pgweir.cli;

import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Sink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that override the audit section, also of a configuration file: what a developer wants for one run. */
final class AuditOptions {
    @Option(
            names = "--audit-parameters",
            paramLabel = "CONTENT",
            converter = Words.Content.class,
            completionCandidates = Words.Content.class,
            description = "Parameter values in records: ${COMPLETION-CANDIDATES}.")
    private AuditConfig.@Nullable Content parameters;

    @Option(
            names = "--audit-text",
            paramLabel = "CONTENT",
            converter = Words.Content.class,
            completionCandidates = Words.Content.class,
            description = "Literals of statement texts in records: ${COMPLETION-CANDIDATES}.")
    private AuditConfig.@Nullable Content text;

    @Option(
            names = "--audit-format",
            paramLabel = "FORMAT",
            converter = Words.Format.class,
            completionCandidates = Words.Format.class,
            description = "Records to stdout, as ${COMPLETION-CANDIDATES} (auto: pretty on a terminal, else ndjson).")
    private AuditConfig.@Nullable Format format;

    @Option(names = "--audit-file", paramLabel = "FILE", description = "Records to this file, as ndjson.")
    private @Nullable Path file;

    /** Sinks named by options stand in for the configured ones. */
    AuditConfig override(AuditConfig audit) {
        List<Sink> sinks = new ArrayList<>();
        if (format != null) {
            sinks.add(new Sink.Stdout(format));
        }
        if (file != null) {
            sinks.add(new Sink.File(file.toAbsolutePath().normalize()));
        }
        return audit.with(
                parameters == null ? audit.parameters() : parameters,
                text == null ? audit.text() : text,
                sinks.isEmpty() ? audit.sinks() : sinks);
    }
}
