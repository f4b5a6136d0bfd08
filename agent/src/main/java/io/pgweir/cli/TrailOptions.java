package io.pgweir.cli;

import io.pgweir.audit.seal.KafkaSource;
import io.pgweir.audit.seal.RecordSource;
import io.pgweir.audit.seal.TrailFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    boolean isGiven() {
        return !paths.isEmpty() || kafka.isGiven();
    }

    /** @throws IOException where one cannot be read at all; the message begins with its name */
    Sources open(CommandLine command) throws IOException, InterruptedException {
        KafkaOptions.Topic topic = kafka.topic(command);
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
            sources.add(KafkaSource.open(topic.brokers(), topic.name(), topic.properties()));
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
