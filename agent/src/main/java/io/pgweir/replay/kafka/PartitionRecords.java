package io.pgweir.replay.kafka;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.RecordCodec;
import io.pgweir.replay.Replay;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** The records of some partitions, by time as far as each partition is in order. One thread. */
public final class PartitionRecords implements Replay.Source, AutoCloseable {
    /** Of one partition, that wait: more are not asked for. */
    private static final int RECORDS_MAX = 20_000;

    private final ReplayTopic topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, ArrayDeque<CaptureRecord>> queues = new HashMap<>();

    PartitionRecords(ReplayTopic topic, List<TopicPartition> partitions) throws IOException {
        this.topic = topic;
        try {
            consumer = topic.consumer(Map.of());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            ends.putAll(consumer.endOffsets(partitions));
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
        partitions.forEach(each -> queues.put(each, new ArrayDeque<>()));
    }

    @Override
    public @Nullable CaptureRecord next() throws IOException, InterruptedException {
        try {
            ArrayDeque<CaptureRecord> first = first();
            while (first == null && !queues.isEmpty()) {
                fill();
                first = first();
            }
            return first == null ? null : first.poll();
        } catch (InterruptException interrupted) {
            // Kafka set the flag again.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted").initCause(interrupted);
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
    }

    /** Null where one partition has none and is not at its end: that may be the first. */
    private @Nullable ArrayDeque<CaptureRecord> first() {
        ArrayDeque<CaptureRecord> first = null;
        for (ArrayDeque<CaptureRecord> each : queues.values()) {
            CaptureRecord head = each.peek();
            if (head == null) {
                return null;
            }
            CaptureRecord least = first == null ? null : first.peek();
            if (least == null || head.nanos() < least.nanos()) {
                first = each;
            }
        }
        return first;
    }

    private void fill() throws IOException {
        for (Map.Entry<TopicPartition, ArrayDeque<CaptureRecord>> each : queues.entrySet()) {
            if (each.getValue().size() > RECORDS_MAX) {
                consumer.pause(List.of(each.getKey()));
            } else {
                consumer.resume(List.of(each.getKey()));
            }
        }
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200))) {
            TopicPartition partition = new TopicPartition(each.topic(), each.partition());
            ArrayDeque<CaptureRecord> queue = queues.get(partition);
            if (queue != null && each.value() != null && each.offset() < ends.getOrDefault(partition, 0L)) {
                queue.addAll(records(each));
            }
        }
        queues.entrySet()
                .removeIf(each -> each.getValue().isEmpty()
                        && consumer.position(each.getKey()) >= ends.getOrDefault(each.getKey(), 0L));
    }

    private static List<CaptureRecord> records(ConsumerRecord<byte[], byte[]> message) throws IOException {
        try {
            return RecordCodec.read(message.value());
        } catch (IOException fault) {
            throw new IOException(
                    "kafka " + message.topic() + "-" + message.partition() + "@" + message.offset() + ": "
                            + fault.getMessage(),
                    fault);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
