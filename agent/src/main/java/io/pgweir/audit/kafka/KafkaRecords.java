package io.pgweir.audit.kafka;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.encode.Chunk;
import io.pgweir.audit.encode.ChunkJoiner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a topic, all partitions, pieces joined. It belongs to no consumer group and commits nothing: reading
 * leaves no trace at the brokers. One thread.
 */
public final class KafkaRecords implements AutoCloseable {
    /** Of pieces that wait for others. */
    private static final long PIECE_BYTES_MAX = 256L << 20;

    /** For metadata and offsets. */
    private static final int ANSWER_MILLIS = 15_000;

    private final String topic;
    private final KafkaFault faults;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private final ChunkJoiner joiner = new ChunkJoiner(PIECE_BYTES_MAX);

    /** @param location {@code topic-partition@offset}; of a joined record, that of the piece that completed it */
    public record Located(AuditRecord record, String location) {}

    private KafkaRecords(
            String topic, KafkaFault faults, Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        this.topic = topic;
        this.faults = faults;
        this.consumer = consumer;
        this.ends = ends;
    }

    /** What is there, from the first record on; {@link #isAtEnd} when all that was there at this moment is read. */
    public static KafkaRecords fromBeginning(List<String> servers, String topic, Map<String, String> properties)
            throws IOException, InterruptedException {
        KafkaFault faults = new KafkaFault(servers, topic);
        Consumer<byte[], byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(
                    settings(servers, properties), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new IOException("kafka topic " + topic + ": it does not exist");
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            KafkaRecords records = new KafkaRecords(topic, faults, consumer, ends);
            consumer = null;
            return records;
        } catch (KafkaException fault) {
            throw thrown(fault, faults);
        } finally {
            if (consumer != null) {
                consumer.close();
            }
        }
    }

    private static Map<String, Object> settings(List<String> servers, Map<String, String> properties) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "pgweir-audit-reader");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        settings.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.putAll(properties);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Where retention takes records away while they are read, go on with the oldest: the chain tells what is
        // missing.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return settings;
    }

    /** The next records, each partition's in order; none where none came within {@code wait}. */
    public List<Located> poll(Duration wait) throws IOException, InterruptedException {
        List<Located> records = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> event : consumer.poll(wait)) {
                add(event, records);
            }
        } catch (KafkaException fault) {
            throw thrown(fault, faults);
        }
        return records;
    }

    /** Whether all is read that was there when this was opened. */
    public boolean isAtEnd() throws IOException, InterruptedException {
        return remaining() == 0;
    }

    /** How many records there were when this was opened that are not read yet; about, as offsets have holes. */
    public long remaining() throws IOException, InterruptedException {
        try {
            long remaining = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                remaining += Math.max(0, end.getValue() - consumer.position(end.getKey()));
            }
            return remaining;
        } catch (KafkaException fault) {
            throw thrown(fault, faults);
        }
    }

    /** Records of which pieces are missing or changed, in words; asked when all is read. */
    public List<String> unjoined() {
        return joiner.unjoined().stream()
                .map(record -> "kafka topic " + topic + ": " + record)
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void add(ConsumerRecord<byte[], byte[]> event, List<Located> records) {
        byte[] value = event.value();
        if (value == null) {
            // A tombstone: no sink of ours writes one, and the chain tells what it took away.
            return;
        }
        Optional<byte[]> whole;
        try {
            Chunk chunk = chunk(event, value);
            whole = chunk == null ? Optional.of(value) : joiner.add(chunk);
        } catch (IllegalArgumentException garbage) {
            // As it is: whoever reads it says what is wrong with it, and where.
            whole = Optional.of(value);
        }
        whole.ifPresent(json -> records.add(
                new Located(new AuditRecord(json), event.topic() + "-" + event.partition() + "@" + event.offset())));
    }

    private static @Nullable Chunk chunk(ConsumerRecord<byte[], byte[]> event, byte[] value) {
        String id = header(event, CloudEvent.CHUNK_ID);
        if (id == null) {
            return null;
        }
        return new Chunk(
                id,
                number(header(event, CloudEvent.CHUNK_INDEX)),
                number(header(event, CloudEvent.CHUNK_COUNT)),
                String.valueOf(header(event, CloudEvent.CHUNK_SHA256)),
                value);
    }

    /** @throws NumberFormatException where it is none */
    private static int number(@Nullable String text) {
        return Integer.parseInt(String.valueOf(text));
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> event, String name) {
        Header header = event.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static IOException thrown(KafkaException fault, KafkaFault faults) throws InterruptedException {
        if (fault instanceof InterruptException) {
            // Kafka set the flag again.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while reading kafka").initCause(fault);
        }
        return faults.of(fault);
    }
}
