package io.pgweir.cli;

import io.pgweir.audit.seal.KafkaSource;
import io.pgweir.audit.seal.RecordSource;
import io.pgweir.audit.seal.TrailFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Where a trail is read from. */
final class TrailOptions {
    @Parameters(
            paramLabel = "SOURCE",
            arity = "0..*",
            description =
                    "A file of records (NDJSON, what `aws logs` prints, an S3 export; plain, gzip or zstd), a directory of such"
                            + " files, or - for standard input.")
    private List<String> paths = new ArrayList<>();

    @Option(names = "--kafka", paramLabel = "HOST:PORT", split = ",", description = "Brokers to read --topic from.")
    private List<String> brokers = new ArrayList<>();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The Kafka topic.")
    private @Nullable String topic;

    @Option(
            names = "--kafka-property",
            paramLabel = "NAME=VALUE",
            description = "Of the Kafka consumer, as often as needed: security.protocol, sasl.jaas.config ...")
    private Map<String, String> properties = new HashMap<>();

    boolean isGiven() {
        return !paths.isEmpty() || !brokers.isEmpty() || topic != null;
    }

    /** @throws IOException where one cannot be read at all; the message begins with its name */
    Sources open(CommandLine command) throws IOException, InterruptedException {
        if (brokers.isEmpty() != (topic == null)) {
            throw new ParameterException(
                    command, (topic == null ? "--topic" : "--kafka") + " is missing (expected: both, or none)");
        }
        List<RecordSource> sources = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (String path : paths) {
            if (path.equals("-")) {
                sources.add(TrailFiles.open("stdin", System.in));
            } else {
                files.add(Path.of(path));
            }
        }
        sources.addAll(TrailFiles.open(files));
        if (topic != null) {
            sources.add(KafkaSource.open(brokers, topic, properties));
        }
        return new Sources(sources);
    }

    /** Closes them all. */
    record Sources(List<RecordSource> all) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            for (RecordSource source : all) {
                source.close();
            }
        }
    }
}
