package io.pgweir.replay.kafka;

import io.pgweir.replay.kafka.ResultsLog.Entry;
import io.pgweir.replay.kafka.ResultsLog.Kind;
import io.pgweir.replay.report.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;

/**
 * One of those that share a published capture. Each partition is one worker's: it says so in the results, then commits the
 * partition's end as the group's offset, which Kafka lets only the one do that has it assigned; only then is it its own, and nobody gets
 * it again, whatever becomes of the worker. When all partitions are taken, everybody knows from the same entry when to start. One thread.
 *
 * <pre>
 *  join the group --> as many as are expected are there --> claim what is assigned --> all is claimed --> start --> result
 * </pre>
 */
public final class Worker implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(200);

    /** From the moment when all is taken. */
    private static final Duration HEAD_START = Duration.ofSeconds(5);

    private static final int SESSION_TIMEOUT_MILLIS = 10_000;

    private final ReplayTopic topic;
    private final String name;
    private final int workers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ResultsLog log;
    private final Set<Integer> claimed = new TreeSet<>();
    private final Set<Integer> own = new TreeSet<>();
    private @Nullable Manifest manifest;
    private @Nullable Instant start;

    /**
     * What a worker has to run.
     *
     * @param captured when the capture began
     * @param sessions how many
     * @param start when the first record of the capture is due, for all workers
     * @param firstNanos that moment in the capture
     */
    public record Share(
            UUID capture, Instant captured, long sessions, Instant start, long firstNanos, long lastNanos) {}

    /**
     * @param name of this one among the workers
     * @param workers that are waited for before anything is claimed
     * @param startAt when to start; null for soon after all is claimed
     */
    public Worker(ReplayTopic topic, String name, int workers, @Nullable Instant startAt) throws IOException {
        this.topic = topic;
        this.name = name;
        this.workers = workers;
        start = startAt;
        log = new ResultsLog(topic);
        producer = topic.producer();
    }

    /** Waits for the capture, for the other workers, and until every partition is somebody's. */
    public Share claim() throws IOException, InterruptedException {
        Map<String, Object> group = Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                topic.group(),
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                SESSION_TIMEOUT_MILLIS);
        try (KafkaConsumer<byte[], byte[]> consumer = topic.consumer(group);
                Admin admin = topic.admin()) {
            consumer.subscribe(List.of(topic.name()), new Paused(consumer));
            boolean complete = false;
            while (true) {
                consumer.poll(LOOK);
                read();
                Manifest all = manifest;
                if (all != null && claimed.containsAll(all.sessions().keySet())) {
                    return share(all);
                }
                complete = complete || !claimed.isEmpty() || isComplete(admin);
                if (all != null && complete) {
                    claimAssigned(all, consumer);
                }
            }
        } catch (KafkaException fault) {
            throw topic.fault(fault);
        }
    }

    /** Nobody reads there: it is about who has which. */
    private record Paused(KafkaConsumer<byte[], byte[]> consumer) implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // What is claimed is committed: another that gets it finds nothing in it.
        }
    }

    private boolean isComplete(Admin admin) throws InterruptedException {
        try {
            ConsumerGroupDescription group = ReplayTopic.await(
                            admin.describeConsumerGroups(List.of(topic.group())).all())
                    .get(topic.group());
            if (group == null) {
                return false;
            }
            return group.groupState() == GroupState.STABLE && group.members().size() >= workers;
        } catch (GroupIdNotFoundException notYet) {
            return false;
        }
    }

    private void read() throws IOException {
        for (Entry entry : log.poll(Duration.ofMillis(10))) {
            switch (entry.kind()) {
                case MANIFEST -> manifest = Manifest.of(entry.value());
                case CLAIM -> {
                    claimed.add(partition(entry));
                    Manifest all = manifest;
                    if (start == null
                            && all != null
                            && claimed.containsAll(all.sessions().keySet())) {
                        start = Instant.ofEpochMilli(entry.millis()).plus(HEAD_START);
                    }
                }
                case RESULT -> {}
            }
        }
    }

    static int partition(Entry claim) throws IOException {
        try {
            return Integer.parseInt(new String(claim.value(), StandardCharsets.US_ASCII));
        } catch (NumberFormatException garbage) {
            throw new IOException("claim of " + claim.writer() + ": no partition", garbage);
        }
    }

    private void claimAssigned(Manifest all, KafkaConsumer<byte[], byte[]> consumer)
            throws IOException, InterruptedException {
        Set<TopicPartition> assigned = consumer.assignment();
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(assigned);
        for (TopicPartition each : assigned) {
            int number = each.partition();
            if (own.contains(number)
                    || committed.get(each) != null
                    || !all.sessions().containsKey(number)) {
                continue;
            }
            ResultsLog.write(
                    topic, producer, Kind.CLAIM, name, Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
            try {
                consumer.commitSync(Map.of(each, new OffsetAndMetadata(ends.getOrDefault(each, 0L))));
                own.add(number);
            } catch (CommitFailedException | RebalanceInProgressException anothers) {
                return;
            }
        }
    }

    private Share share(Manifest all) {
        long sessions = own.stream()
                .mapToLong(each -> all.sessions().getOrDefault(each, List.of()).size())
                .sum();
        Instant at = start == null ? Instant.now() : start;
        return new Share(all.capture(), all.captured(), sessions, at, all.firstNanos(), all.lastNanos());
    }

    /** Of the sessions that are this worker's. */
    public PartitionRecords records() throws IOException {
        List<TopicPartition> partitions = new ArrayList<>();
        own.forEach(each -> partitions.add(new TopicPartition(topic.name(), each)));
        return new PartitionRecords(topic, partitions);
    }

    /** Tells what came of its share; once. */
    public void report(Report report) throws IOException, InterruptedException {
        ResultsLog.write(topic, producer, Kind.RESULT, name, new Result(own, report).toJson());
    }

    @Override
    public void close() {
        producer.close();
        log.close();
    }
}
