package io.pgweir.replay.kafka;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.RecordCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Puts a capture's sessions on a topic: each in one partition, its records in their order, some together in a message. When all are
 * there, {@link #finish} says so. One thread.
 */
public final class Publisher implements AutoCloseable {
    static final String WRITER = "publisher";

    /** What is together in a message is no longer in time: partitions are in order up to this. */
    private static final long TOGETHER_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final int TOGETHER_BYTES = 256 << 10;

    private final ReplayTopic topic;
    private final KafkaProducer<byte[], byte[]> producer;

    /** By session, in the order in which they began. */
    private final Map<Long, Chunk> chunks = new LinkedHashMap<>();

    private final Predicate<SessionOpen> wanted;
    private final Set<Long> skipped = new HashSet<>();
    private final Map<Long, Integer> partitions = new ConcurrentHashMap<>();
    private volatile @Nullable Exception fault;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos;
    private long messages;

    private static final class Chunk {
        final RecordCodec records = new RecordCodec();
        final long firstNanos;

        Chunk(long firstNanos) {
            this.firstNanos = firstNanos;
        }
    }

    /**
     * @param partitionCount of a topic that is not there yet
     * @param wanted which sessions
     * @throws IOException where the brokers cannot be reached, or the topic holds a capture already
     */
    public Publisher(ReplayTopic topic, int partitionCount, Predicate<SessionOpen> wanted)
            throws IOException, InterruptedException {
        this.topic = topic;
        this.wanted = wanted;
        topic.create(partitionCount);
        if (!topic.isEmpty()) {
            throw new IOException("kafka topic " + topic.name() + ": it holds records already (expected: a new topic)");
        }
        producer = topic.producer();
    }

    /** Of all files of one capture, in their order, called for each. */
    public void publish(CaptureReader.Records records, CaptureReader.Progress progress)
            throws IOException, InterruptedException {
        long count = 0;
        for (CaptureRecord record = records.next(); record != null; record = records.next()) {
            if (record instanceof SessionOpen open && !wanted.test(open)) {
                skipped.add(open.session());
            }
            if (record.session() > 0 && !skipped.contains(record.session())) {
                add(record);
            }
            progress.at(records.offset(), ++count);
        }
    }

    private void add(CaptureRecord record) throws IOException, InterruptedException {
        long nanos = record.nanos();
        firstNanos = Math.min(firstNanos, nanos);
        lastNanos = Math.max(lastNanos, nanos);
        if (record instanceof Message message
                && message.direction() == Direction.FRONTEND
                && !message.is(Message.CONTINUES)) {
            messages++;
        }
        for (Iterator<Map.Entry<Long, Chunk>> each = chunks.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Long, Chunk> eldest = each.next();
            if (nanos - eldest.getValue().firstNanos < TOGETHER_NANOS) {
                break;
            }
            each.remove();
            send(eldest.getKey(), eldest.getValue());
        }
        Chunk chunk = chunks.computeIfAbsent(record.session(), _ -> new Chunk(nanos));
        chunk.records.append(record);
        if (chunk.records.length() >= TOGETHER_BYTES || record instanceof SessionEnd) {
            chunks.remove(record.session());
            send(record.session(), chunk);
        }
    }

    private void send(long session, Chunk chunk) throws IOException, InterruptedException {
        byte[] key = Long.toString(session).getBytes(StandardCharsets.US_ASCII);
        try {
            Future<RecordMetadata> _ =
                    producer.send(new ProducerRecord<>(topic.name(), key, chunk.records.toBytes()), (sent, failed) -> {
                        if (failed == null) {
                            partitions.put(session, sent.partition());
                        } else {
                            fault = failed;
                        }
                    });
        } catch (InterruptException interrupted) {
            throw stopped(interrupted);
        } catch (KafkaException failed) {
            throw topic.fault(failed);
        }
        check();
    }

    private static InterruptedException stopped(InterruptException fault) {
        // Kafka set the flag again.
        Thread.interrupted();
        return (InterruptedException) new InterruptedException("interrupted while publishing").initCause(fault);
    }

    private void check() throws IOException {
        Exception failed = fault;
        if (failed != null) {
            throw topic.fault(failed instanceof KafkaException known ? known : new KafkaException(failed));
        }
    }

    /**
     * All of it is there: workers may begin.
     *
     * @return how many sessions
     */
    public long finish(CaptureHeader header) throws IOException, InterruptedException {
        for (Map.Entry<Long, Chunk> each : chunks.entrySet()) {
            send(each.getKey(), each.getValue());
        }
        chunks.clear();
        producer.flush();
        check();
        Map<Integer, List<Long>> sessions = new TreeMap<>();
        partitions.forEach((session, partition) ->
                sessions.computeIfAbsent(partition, _ -> new ArrayList<>()).add(session));
        sessions.values().forEach(numbers -> numbers.sort(null));
        Manifest manifest = new Manifest(
                header.capture(), header.started(), Math.min(firstNanos, lastNanos), lastNanos, messages, sessions);
        ResultsLog.write(topic, producer, ResultsLog.Kind.MANIFEST, WRITER, manifest.toJson());
        return manifest.count();
    }

    @Override
    public void close() {
        producer.close();
    }
}
