package io.pgweir.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A topic to read records from. */
final class KafkaOptions {
    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "A broker to read --topic from, or several with commas between.")
    private List<String> brokers = List.of();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The Kafka topic.")
    private @Nullable String topic;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "A setting of Kafka's consumer, as often as needed: security.protocol, sasl.jaas.config ...")
    private Map<String, String> properties = new LinkedHashMap<>();

    /** What the options name. */
    record Topic(List<String> brokers, String name, Map<String, String> properties) {}

    boolean isGiven() {
        return !brokers.isEmpty() || topic != null || !properties.isEmpty();
    }

    /** Null where none is named. */
    @Nullable
    Topic topic(CommandLine command) {
        if (!isGiven()) {
            return null;
        }
        if (topic == null || brokers.isEmpty()) {
            throw new ParameterException(
                    command, (topic == null ? "--topic" : "--kafka") + " is missing (expected: both, or none)");
        }
        return new Topic(brokers, topic, properties);
    }
}
