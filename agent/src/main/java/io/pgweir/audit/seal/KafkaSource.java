package io.pgweir.audit.seal;

import io.pgweir.audit.kafka.KafkaRecords;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in a Kafka topic at the moment of opening, all partitions. A position is the partition and the offset in it, and is told as
 * {@code topic-partition@offset}.
 */
public final class KafkaSource implements RecordSource {
    private static final int OFFSET_BITS = 44;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final String topic;
    private final KafkaRecords records;
    private boolean ended;
    private boolean toldUnjoined;

    private KafkaSource(String topic, KafkaRecords records) {
        this.topic = topic;
        this.records = records;
    }

    /**
     * @param properties of the consumer: security and the like
     * @throws IOException where the brokers do not answer, or the topic is not there
     */
    public static KafkaSource open(List<String> servers, String topic, Map<String, String> properties)
            throws IOException, InterruptedException {
        return new KafkaSource(topic, KafkaRecords.fromBeginning(servers, topic, properties));
    }

    @Override
    public String name() {
        return "kafka topic " + topic;
    }

    /** Only a session's records are in one partition. */
    @Override
    public boolean isOrdered() {
        return false;
    }

    @Override
    public boolean forgetsOldest() {
        return true;
    }

    @Override
    public RecordSource.@Nullable Batch next() throws IOException {
        try {
            while (!ended) {
                List<KafkaRecords.Located> batch = records.poll(POLL);
                if (!batch.isEmpty()) {
                    return visitor -> batch.forEach(one -> visit(one, visitor));
                }
                ended = records.isAtEnd();
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(interrupt);
        }
        List<String> unjoined = toldUnjoined ? List.of() : records.unjoined();
        toldUnjoined = true;
        return unjoined.isEmpty() ? null : visitor -> unjoined.forEach(what -> visitor.unreadable(END, what));
    }

    private static void visit(KafkaRecords.Located one, Visitor visitor) {
        byte[] json = one.record().json();
        visitor.record(json, 0, json.length, position(one.location()));
    }

    /** Of {@code topic-partition@offset}. */
    private static long position(String location) {
        int at = location.lastIndexOf('@');
        long partition = Long.parseLong(location.substring(location.lastIndexOf('-', at) + 1, at));
        return (partition << OFFSET_BITS) | Long.parseLong(location.substring(at + 1));
    }

    @Override
    public String locate(long position) {
        return position == END
                ? name()
                : topic + "-" + (position >>> OFFSET_BITS) + "@" + (position & ((1L << OFFSET_BITS) - 1));
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    /** Nobody knows before it is read. */
    @Override
    public long bytesTotal() {
        return 0;
    }

    @Override
    public void close() {
        records.close();
    }
}
