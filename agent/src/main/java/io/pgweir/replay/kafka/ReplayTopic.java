package io.pgweir.replay.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Where a replay's sessions are, and clients to reach them.
 *
 * @param name of the topic of sessions; what workers say is in {@link #results}
 * @param properties of Kafka's clients: security.protocol, sasl.jaas.config ...
 */
public record ReplayTopic(List<String> brokers, String name, Map<String, String> properties) {
    /** Longest value: below what brokers take by default. */
    static final int VALUE_BYTES_MAX = 512 << 10;

    /** Of a record: a chunk, the longest record of a capture, key and headers. */
    private static final int MESSAGE_BYTES_MAX = 2 << 20;

    private static final int ANSWER_MILLIS = 15_000;

    public ReplayTopic {
        brokers = List.copyOf(brokers);
        properties = Map.copyOf(properties);
    }

    /** The topic of what workers say, one partition: all read it in the same order. */
    String results() {
        return name + ".results";
    }

    String group() {
        return name + ".workers";
    }

    private Map<String, Object> common() {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        all.putAll(properties);
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        all.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        all.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return all;
    }

    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> all = common();
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_MILLIS);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MESSAGE_BYTES_MAX);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Reads from the first record on, in no group unless it is told one. */
    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> more) {
        Map<String, Object> all = common();
        all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.putAll(more);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Admin admin() {
        Map<String, Object> all = common();
        // It is not closed before what it asked for is over.
        all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        return Admin.create(all);
    }

    /** Makes both topics, where they are not there. */
    void create(int partitions) throws IOException, InterruptedException {
        try (Admin admin = admin()) {
            for (NewTopic each :
                    List.of(new NewTopic(name, partitions, (short) -1), new NewTopic(results(), 1, (short) -1))) {
                try {
                    each.configs(Map.of(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                            Integer.toString(MESSAGE_BYTES_MAX),
                            TopicConfig.RETENTION_MS_CONFIG,
                            Long.toString(Duration.ofDays(7).toMillis())));
                    await(admin.createTopics(List.of(each)).all());
                } catch (TopicExistsException there) {
                    // As it is, with the partitions that it has.
                }
            }
        } catch (KafkaException fault) {
            throw fault(fault);
        }
    }

    /** Whether nobody wrote anything to either. */
    boolean isEmpty() throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            for (String each : List.of(name, results())) {
                List<TopicPartition> partitions = consumer.partitionsFor(each).stream()
                        .map(info -> new TopicPartition(each, info.partition()))
                        .toList();
                for (long end : consumer.endOffsets(partitions).values()) {
                    if (end > 0) {
                        return false;
                    }
                }
            }
            return true;
        } catch (KafkaException fault) {
            throw fault(fault);
        }
    }

    /** What a client of Kafka's was asked for. */
    static <T> T await(KafkaFuture<T> asked) throws InterruptedException {
        try {
            return asked.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException fault) {
            if (fault.getCause() instanceof KafkaException known) {
                throw known;
            }
            throw new KafkaException(fault.getCause());
        } catch (TimeoutException none) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + ANSWER_MILLIS + " ms", none);
        }
    }

    /** In words for an operator. */
    IOException fault(KafkaException fault) {
        Throwable cause = fault.getCause();
        String why = switch (fault) {
            case UnknownTopicOrPartitionException _ -> "it does not exist";
            case org.apache.kafka.common.errors.TimeoutException _ -> "no answer in time from " + brokers;
            default -> String.valueOf((cause == null ? fault : cause).getMessage());
        };
        return new IOException("kafka topic " + name + ": " + why, fault);
    }
}
