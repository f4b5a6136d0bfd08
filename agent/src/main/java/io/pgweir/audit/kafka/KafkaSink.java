package io.pgweir.audit.kafka;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.SinkNotes;
import io.pgweir.audit.encode.Digests;
import io.pgweir.audit.encode.Fitter;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records to a topic and waits until all in-sync replicas have them. The producer is idempotent, so it makes no
 * duplicates by itself; a batch that failed in the middle is sent again as a whole. The sink's thread only.
 *
 * <p>After any failure the producer is thrown away: the next one looks up names afresh and has no half-sent batches. What is
 * not acknowledged within {@code max.block.ms} and {@code delivery.timeout.ms} has failed.
 */
public final class KafkaSink implements AuditSink {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);

    private final AuditConfig.Sink.Kafka config;
    private final Fitter fitter;
    private final SinkNotes notes;
    private final KafkaFault faults;
    private Map<String, Object> settings = Map.of();
    private @Nullable Producer<byte[], byte[]> producer;

    /** Longest value; halved where the brokers take less than the configuration thinks. */
    private int bytesMax;

    public KafkaSink(AuditConfig.Sink.Kafka config, RecordFormat format, SinkNotes notes) {
        this.config = config;
        this.fitter = new Fitter(format);
        this.notes = notes;
        this.faults = new KafkaFault(config.bootstrapServers(), config.topic());
        this.bytesMax = Math.max(config.recordBytes(), Fitter.BYTES_MIN);
    }

    @Override
    public String name() {
        return "kafka:" + config.topic() + "@" + config.bootstrapServers().getFirst();
    }

    /** Asks no broker. */
    @Override
    public void open() throws IOException {
        settings = KafkaSettings.of(config);
    }

    @Override
    public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
        try {
            List<AuditRecord> left = send(batch);
            while (!left.isEmpty()) {
                shrink();
                left = send(left);
            }
        } catch (InterruptException stopped) {
            // Kafka sets the flag again, and could not be closed with it.
            Thread.interrupted();
            discardProducer();
            throw (InterruptedException)
                    new InterruptedException("interrupted while sending to kafka").initCause(stopped);
        } catch (InterruptedException stopped) {
            discardProducer();
            throw stopped;
        } catch (KafkaException fault) {
            discardProducer();
            throw faults.of(fault);
        } catch (LinkageError missing) {
            // The native library of a compression, where /tmp cannot be written to.
            discardProducer();
            throw faults.of(missing);
        }
    }

    @Override
    public void close() {
        discardProducer();
    }

    /** Returns the records that the brokers found too large. */
    private List<AuditRecord> send(List<AuditRecord> records) throws InterruptedException {
        Producer<byte[], byte[]> to = producer();
        List<Sent> sent = new ArrayList<>(records.size());
        int oversized = 0;
        for (AuditRecord record : records) {
            byte[] whole = fitter.whole(record);
            if (whole.length <= bytesMax) {
                sent.add(send(to, record, CloudEvent.whole(config.topic(), Fitter.head(record), whole)));
            } else {
                oversized++;
                sendOversized(to, record, whole, sent);
            }
        }
        to.flush();
        List<AuditRecord> tooLarge = new ArrayList<>();
        for (Sent one : sent) {
            if (!one.isAcknowledged() && (tooLarge.isEmpty() || tooLarge.getLast() != one.record)) {
                tooLarge.add(one.record);
            }
        }
        if (oversized > 0) {
            notes.oversized(this, oversized);
        }
        return tooLarge;
    }

    private void sendOversized(Producer<byte[], byte[]> to, AuditRecord record, byte[] whole, List<Sent> sent)
            throws InterruptedException {
        switch (config.oversize()) {
            case TRUNCATE ->
                sent.add(send(
                        to,
                        record,
                        CloudEvent.whole(config.topic(), Fitter.head(record), fitter.cut(record, bytesMax))));
            case CHUNK -> {
                String sha256 = Digests.sha256(whole);
                for (ProducerRecord<byte[], byte[]> piece :
                        CloudEvent.pieces(config.topic(), Fitter.head(record), whole, sha256, bytesMax)) {
                    sent.add(send(to, record, piece));
                }
            }
        }
    }

    private static Sent send(Producer<byte[], byte[]> to, AuditRecord record, ProducerRecord<byte[], byte[]> event)
            throws InterruptedException {
        Sent sent = new Sent(record, to.send(event));
        if (sent.acknowledgement.isDone()) {
            // Without metadata each send waits max.block.ms and fails: the others must not wait as well.
            sent.isAcknowledged();
        }
        return sent;
    }

    private void shrink() {
        if (bytesMax == Fitter.BYTES_MIN) {
            throw new KafkaException("the brokers take no records of " + bytesMax + " bytes");
        }
        bytesMax = Math.max(bytesMax / 2, Fitter.BYTES_MIN);
        LOG.atWarn()
                .addKeyValue("sink", name())
                .addKeyValue("configuredBytes", config.recordBytes())
                .addKeyValue("bytes", bytesMax)
                .log("kafka takes smaller records than configured, longer ones are cut or sent in pieces from now on");
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(settings);
            producer = open;
        }
        return open;
    }

    private void discardProducer() {
        Producer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }

    private record Sent(AuditRecord record, Future<RecordMetadata> acknowledgement) {
        /** False where it is too large; waits where there is no answer yet. */
        boolean isAcknowledged() throws InterruptedException {
            try {
                acknowledgement.get();
                return true;
            } catch (ExecutionException fault) {
                return switch (fault.getCause()) {
                    case RecordTooLargeException _ -> false;
                    case KafkaException known -> throw known;
                    case null, default -> throw new KafkaException(fault.getCause());
                };
            }
        }
    }
}
