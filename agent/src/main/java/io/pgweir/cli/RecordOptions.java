package io.pgweir.cli;

import io.pgweir.audit.filter.FilterException;
import io.pgweir.audit.filter.RecordFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Options that say where records are read, and which. */
final class RecordOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A file of records (NDJSON, also .gz), a spool directory, or - for standard input.")
    private @Nullable Path path;

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--where",
            paramLabel = "CEL",
            description = "Only records for which this is true: 'class == \"DDL\" && user != \"deploy\"'.")
    private @Nullable String where;

    /** @throws ParameterException where it is not one place */
    Trail trail(CommandLine command) {
        KafkaOptions.Topic topic = kafka.topic(command);
        if (path != null && topic == null) {
            return Files.isDirectory(path) ? new SpoolTrail(path) : new FileTrail(path);
        }
        if (path == null && topic != null) {
            return new KafkaTrail(topic);
        }
        throw new ParameterException(
                command, "one place to read is needed (expected: PATH, or --kafka HOST:PORT --topic TOPIC)");
    }

    /** @throws ParameterException where the expression is none */
    @Nullable
    RecordFilter filter(CommandLine command) {
        if (where == null) {
            return null;
        }
        try {
            return RecordFilter.of(where);
        } catch (FilterException fault) {
            throw new ParameterException(
                    command, "--where: column " + fault.column() + ": " + fault.getMessage() + ": " + where);
        }
    }
}
