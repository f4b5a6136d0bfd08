package io.pgweir.cli;

import io.pgweir.audit.filter.FilterException;
import io.pgweir.audit.filter.RecordFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "A Kafka broker to read from instead, or several with commas between.")
    private List<String> kafka = List.of();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic that --kafka is read for.")
    private @Nullable String topic;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "A setting of Kafka's consumer: security.protocol and the like.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--where",
            paramLabel = "CEL",
            description = "Only records for which this is true: 'class == \"DDL\" && user != \"deploy\"'.")
    private @Nullable String where;

    /** @throws ParameterException where it is not one place */
    Trail trail(CommandLine command) {
        boolean ofKafka = !kafka.isEmpty() || topic != null || !properties.isEmpty();
        if (path != null && !ofKafka) {
            return Files.isDirectory(path) ? new SpoolTrail(path) : new FileTrail(path);
        }
        if (path == null && !kafka.isEmpty() && topic != null) {
            return new KafkaTrail(kafka, topic, properties);
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
