package io.pgweir.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.NativeRecords;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.RecordedNotes;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Oversize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading back what the sink wrote, and what it did not. */
@Timeout(60)
class KafkaRecordsIT {
    private static KafkaBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.end();
    }

    private static void write(String topic, List<AuditRecord> records) throws IOException, InterruptedException {
        KafkaSink sink = new KafkaSink(
                new AuditConfig.Sink.Kafka(
                        List.of(broker.servers()),
                        topic,
                        AuditConfig.Format.NDJSON,
                        "lz4",
                        20_000,
                        Oversize.CHUNK,
                        Map.of()),
                RecordFormat.NATIVE,
                new RecordedNotes());
        sink.open();
        sink.write(records);
        sink.close();
    }

    private static KafkaRecords fromBeginning(String topic) throws IOException, InterruptedException {
        return KafkaRecords.fromBeginning(List.of(broker.servers()), topic, Map.of());
    }

    private static List<KafkaRecords.Located> all(KafkaRecords records) throws IOException, InterruptedException {
        List<KafkaRecords.Located> all = new ArrayList<>();
        while (!records.isAtEnd()) {
            all.addAll(records.poll(Duration.ofMillis(200)));
        }
        return all;
    }

    @Test
    void readsAllPartitionsAndJoinsPieces() throws Exception {
        // Given
        broker.topic("all", 3, Map.of());
        List<AuditRecord> written = new ArrayList<>(NativeRecords.statements(1, 50, 5));
        written.add(NativeRecords.statement(51, 2, "x".repeat(70_000)));
        written.add(NativeRecords.heartbeat(52));
        write("all", written);
        // When
        try (KafkaRecords records = fromBeginning("all")) {
            // Then
            assertThat(records.remaining()).isEqualTo(51 + 4);
            List<KafkaRecords.Located> read = all(records);
            assertThat(read)
                    .extracting(located -> located.record().toString())
                    .containsExactlyInAnyOrderElementsOf(
                            written.stream().map(AuditRecord::toString).toList());
            assertThat(read).extracting(KafkaRecords.Located::location).allMatch(at -> at.matches("all-[0-2]@[0-9]+"));
            assertThat(records.unjoined()).isEmpty();
        }
    }

    @Test
    void anEmptyTopicIsAtItsEnd() throws Exception {
        broker.topic("empty", 1, Map.of());
        try (KafkaRecords records = fromBeginning("empty")) {
            assertThat(records.isAtEnd()).isTrue();
        }
    }

    @Test
    void goesOnBehindTheEnd() throws Exception {
        // Given
        broker.topic("follow", 1, Map.of());
        try (KafkaRecords records = fromBeginning("follow")) {
            assertThat(records.isAtEnd()).isTrue();
            // When
            AuditRecord later = NativeRecords.heartbeat(6);
            write("follow", List.of(later));
            // Then
            List<KafkaRecords.Located> read = new ArrayList<>();
            while (read.isEmpty()) {
                read.addAll(records.poll(Duration.ofMillis(200)));
            }
            assertThat(read).singleElement().satisfies(located -> {
                assertThat(located.record().toString()).isEqualTo(later.toString());
                assertThat(located.location()).isEqualTo("follow-0@0");
            });
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThatThrownBy(() -> fromBeginning("nowhere"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("kafka topic nowhere: it does not exist");
        assertThatThrownBy(() -> KafkaRecords.fromBeginning(List.of("nobody"), "t", Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void garbageIsReadAsItIs() throws Exception {
        // Given
        broker.topic("garbage", 1, Map.of());
        ByteArraySerializer plain = new ByteArraySerializer();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(Map.of("bootstrap.servers", broker.servers()), plain, plain)) {
            ProducerRecord<byte[], byte[]> piece = new ProducerRecord<>("garbage", null, bytes("{}"));
            piece.headers().add(CloudEvent.CHUNK_ID, bytes("r")).add(CloudEvent.CHUNK_INDEX, bytes("many"));
            List<ProducerRecord<byte[], byte[]>> events = new ArrayList<>();
            events.add(new ProducerRecord<>("garbage", null, null));
            events.add(new ProducerRecord<>("garbage", null, bytes("no json")));
            events.add(piece);
            events.addAll(
                    CloudEvent.pieces("garbage", NativeRecords.heartbeat(1).head(), bytes("abcd"), "00", 3));
            for (ProducerRecord<byte[], byte[]> event : events) {
                producer.send(event).get();
            }
        }
        // When
        try (KafkaRecords records = fromBeginning("garbage")) {
            // Then
            assertThat(all(records))
                    .extracting(located -> located.record() + " " + located.location())
                    .containsExactly("no json garbage-0@1", "{} garbage-0@2");
            assertThat(records.unjoined())
                    .containsExactly("kafka topic garbage: record " + NativeRecords.id(1)
                            + ": its 2 pieces are not what they were cut from");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
