package io.pgweir.cli;

import io.pgweir.replay.kafka.ReplayTopic;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** A replay on several machines: which part of it this one is. */
final class ReplayKafkaOptions {
    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Replays on several machines, over a Kafka topic: a broker, or several with commas between.")
    private List<String> brokers = List.of();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic; one for each replay.")
    private @Nullable String topic;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties of Kafka's clients: security.protocol, sasl.jaas.config ...")
    private @Nullable Path configFile;

    @Option(names = "--publish", description = "Puts the sessions of captures on the topic.")
    private boolean publish;

    @Option(
            names = "--decrypted",
            description = "With --publish, of an encrypted capture: what is on the topic is not encrypted.")
    private boolean decrypted;

    @Option(
            names = "--partitions",
            paramLabel = "COUNT",
            description = "Of a topic that --publish makes: no more workers than that (default: ${DEFAULT-VALUE}).")
    private int partitions = 12;

    @Option(names = "--worker", description = "Runs its share of the sessions on the topic.")
    private boolean worker;

    @Option(
            names = "--workers",
            paramLabel = "COUNT",
            description =
                    "How many workers are waited for before the sessions are shared out (default: ${DEFAULT-VALUE}).")
    private int workers = 1;

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            converter = Time.class,
            description =
                    "When all workers start, as 2026-11-22T10:00:00Z. Default: five seconds after all is shared out.")
    private @Nullable Instant startAt;

    enum Part {
        /** One machine does it all. */
        ALONE,
        PUBLISH,
        WORKER,
        REPORT
    }

    Part part(CommandLine command) {
        if (brokers.isEmpty()) {
            if (topic != null || configFile != null || publish || worker) {
                throw new ParameterException(
                        command, "--kafka is missing (expected: with --topic, --publish and --worker)");
            }
            return Part.ALONE;
        }
        if (topic == null) {
            throw new ParameterException(command, "--topic is missing (expected: with --kafka)");
        }
        if (publish && worker) {
            throw new ParameterException(
                    command, "--publish, --worker (expected: one of them, or none for the report)");
        }
        inRange(command, "--partitions", partitions, 10_000);
        inRange(command, "--workers", workers, 10_000);
        return publish ? Part.PUBLISH : worker ? Part.WORKER : Part.REPORT;
    }

    private static void inRange(CommandLine command, String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(command, name + ": " + value + " (expected: 1 to " + max + ")");
        }
    }

    ReplayTopic topic(CommandLine command) {
        Map<String, String> properties = new HashMap<>();
        if (configFile != null) {
            Properties read = new Properties();
            try (Reader reader = Files.newBufferedReader(configFile)) {
                read.load(reader);
            } catch (IOException | IllegalArgumentException fault) {
                throw new ParameterException(command, "--kafka-config: " + configFile + ": " + why(fault), fault);
            }
            read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        }
        return new ReplayTopic(brokers, String.valueOf(topic), properties);
    }

    private static String why(Exception fault) {
        return fault instanceof IOException file ? AuditText.of(file) : String.valueOf(fault.getMessage());
    }

    boolean decrypted() {
        return decrypted;
    }

    int partitions() {
        return partitions;
    }

    int workers() {
        return workers;
    }

    @Nullable
    Instant startAt() {
        return startAt;
    }

    static final class Time implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException none) {
                throw new TypeConversionException("`" + text + "` (expected: a time as 2026-11-22T10:00:00Z)");
            }
        }
    }
}
