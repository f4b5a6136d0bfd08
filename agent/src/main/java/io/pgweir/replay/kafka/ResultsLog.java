package io.pgweir.replay.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What publisher and workers tell each other: one partition, so that all read the same in the same order. A long entry is several
 * records, which belong together by key.
 *
 * <pre>
 *   key      who wrote it
 *   headers  kind; of a long one part and parts
 *   value    JSON
 * </pre>
 *
 * One thread.
 */
final class ResultsLog implements AutoCloseable {
    /** In the order in which they come. */
    enum Kind {
        /** What was published: a {@link Manifest}. */
        MANIFEST,
        /** A worker says which partitions it is about to take. */
        CLAIM,
        /** A worker says what came of them. */
        RESULT
    }

    /** @param millis when it was written, wall clock */
    record Entry(Kind kind, String writer, long millis, byte[] value) {}

    private final ReplayTopic topic;
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, ByteArrayOutputStream> begun = new HashMap<>();

    /** @throws IOException where there is no such topic */
    ResultsLog(ReplayTopic topic) throws IOException {
        this.topic = topic;
        partition = new TopicPartition(topic.results(), 0);
        KafkaConsumer<byte[], byte[]> made = null;
        try {
            made = topic.consumer(Map.of());
            if (made.partitionsFor(topic.results()).isEmpty()) {
                throw new IOException("kafka topic " + topic.results() + ": it does not exist (publish first)");
            }
            made.assign(List.of(partition));
            made.seekToBeginning(List.of(partition));
            consumer = made;
            made = null;
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        } finally {
            if (made != null) {
                made.close();
            }
        }
    }

    /** What has come since the last call; waits for some. */
    List<Entry> poll(Duration wait) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(wait)) {
                add(each, entries);
            }
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
        return entries;
    }

    /** All that is there now, from where it was read to. */
    List<Entry> toEnd() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                entries.addAll(poll(Duration.ofMillis(200)));
            }
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
        return entries;
    }

    private void add(ConsumerRecord<byte[], byte[]> record, List<Entry> entries) {
        byte[] value = record.value();
        if (value == null || record.key() == null) {
            return;
        }
        String writer = new String(record.key(), StandardCharsets.UTF_8);
        Kind kind;
        int part;
        int parts;
        try {
            kind = Kind.valueOf(header(record, "kind"));
            part = Integer.parseInt(header(record, "part"));
            parts = Integer.parseInt(header(record, "parts"));
        } catch (IllegalArgumentException notOurs) {
            return;
        }
        if (part == 0) {
            begun.put(writer, new ByteArrayOutputStream());
        }
        ByteArrayOutputStream whole = begun.get(writer);
        if (whole == null) {
            return;
        }
        whole.writeBytes(value);
        if (part == parts - 1) {
            begun.remove(writer);
            entries.add(new Entry(kind, writer, record.timestamp(), whole.toByteArray()));
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** All in-sync replicas have it when it returns. */
    static void write(ReplayTopic topic, KafkaProducer<byte[], byte[]> producer, Kind kind, String writer, byte[] value)
            throws IOException, InterruptedException {
        int parts = Math.max(1, Math.ceilDiv(value.length, ReplayTopic.VALUE_BYTES_MAX));
        try {
            for (int part = 0; part < parts; part++) {
                int from = part * ReplayTopic.VALUE_BYTES_MAX;
                byte[] piece =
                        Arrays.copyOfRange(value, from, Math.min(value.length, from + ReplayTopic.VALUE_BYTES_MAX));
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topic.results(), 0, null, writer.getBytes(StandardCharsets.UTF_8), piece);
                record.headers()
                        .add(of("kind", kind.name()))
                        .add(of("part", Integer.toString(part)))
                        .add(of("parts", Integer.toString(parts)));
                producer.send(record).get();
            }
        } catch (ExecutionException fault) {
            throw topic.fault(fault.getCause() instanceof KafkaException known ? known : new KafkaException(fault));
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
    }

    private static Header of(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
