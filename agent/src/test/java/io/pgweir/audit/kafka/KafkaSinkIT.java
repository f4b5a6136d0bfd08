package io.pgweir.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.NativeRecords;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.RecordedNotes;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Oversize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The sink against a real broker. */
@Timeout(60)
class KafkaSinkIT {
    /** So that a failure takes a test two seconds. */
    private static final Map<String, String> IMPATIENT =
            Map.of("max.block.ms", "2000", "request.timeout.ms", "1500", "delivery.timeout.ms", "2000");

    private static KafkaBroker broker;

    private final RecordedNotes notes = new RecordedNotes();

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.end();
    }

    private static AuditConfig.Sink.Kafka config(String topic, int recordBytes, Oversize oversize) {
        return new AuditConfig.Sink.Kafka(
                List.of(broker.servers()), topic, AuditConfig.Format.NDJSON, "lz4", recordBytes, oversize, IMPATIENT);
    }

    private KafkaSink open(AuditConfig.Sink.Kafka config) throws IOException {
        KafkaSink sink = new KafkaSink(config, RecordFormat.NATIVE, notes);
        sink.open();
        return sink;
    }

    private KafkaSink open(String topic) throws IOException {
        return open(config(topic, AuditConfig.Sink.Kafka.RECORD_BYTES, Oversize.TRUNCATE));
    }

    private static List<String> values(String topic) {
        return broker.read(topic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> texts(List<AuditRecord> records) {
        return records.stream().map(AuditRecord::toString).toList();
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private static void writeUntilTaken(KafkaSink sink, List<AuditRecord> batch) throws InterruptedException {
        while (true) {
            try {
                sink.write(batch);
                return;
            } catch (IOException refused) {
                // Again, as a delivery does.
            }
        }
    }

    @Test
    void deliversEachRecordOnceInTheOrderOfItsSession() throws Exception {
        // Given
        broker.topic("once", 3, Map.of());
        List<AuditRecord> records = new ArrayList<>(NativeRecords.statements(1, 1000, 7));
        // When
        try (var sink = closing(open("once"))) {
            for (int from = 0; from < 1000; from += 250) {
                sink.it().write(records.subList(from, from + 250));
            }
        }
        // Then
        assertThat(values("once")).containsExactlyInAnyOrderElementsOf(texts(records));
        Map<String, Long> lastSeq = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> read : broker.read("once")) {
            AuditRecord.Head head = new AuditRecord(read.value()).head();
            assertThat(new String(read.key(), StandardCharsets.UTF_8)).isEqualTo(head.session());
            assertThat(lastSeq.put(head.session(), head.seq()))
                    .satisfiesAnyOf(
                            before -> assertThat(before).isNull(),
                            before -> assertThat(before).isLessThan(head.seq()));
        }
    }

    @Test
    void recordsAreCloudEvents() throws Exception {
        // Given
        broker.topic("events", 1, Map.of());
        AuditRecord statement = NativeRecords.statement(1, 5, "SELECT 1");
        AuditRecord heartbeat = NativeRecords.heartbeat(2);
        // When
        try (var sink = closing(open("events"))) {
            sink.it().write(List.of(statement, heartbeat));
        }
        // Then
        List<ConsumerRecord<byte[], byte[]>> read = broker.read("events");
        assertThat(headers(read.get(0)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        NativeRecords.id(1),
                        "ce_type",
                        "io.pgweir.audit.statement",
                        "ce_source",
                        "/pgweir/" + NativeRecords.CHAIN,
                        "ce_time",
                        statement.head().time(),
                        "ce_subject",
                        NativeRecords.session(5),
                        "content-type",
                        "application/json"));
        assertThat(headers(read.get(1)))
                .containsEntry("ce_type", "io.pgweir.audit.audit.heartbeat")
                .doesNotContainKey("ce_subject");
        assertThat(new String(read.get(1).key(), StandardCharsets.UTF_8)).isEqualTo(NativeRecords.CHAIN);
    }

    @Test
    void losesNothingWhenTheBrokerStopsAndComesBack() throws Exception {
        // Given
        broker.topic("outage", 2, Map.of());
        List<AuditRecord> records = NativeRecords.statements(1, 400, 4);
        AtomicBoolean failed = new AtomicBoolean();
        try (var sink = closing(open("outage"))) {
            sink.it().write(records.subList(0, 100));
            // When
            broker.stop();
            CompletableFuture<Void> delivery = CompletableFuture.runAsync(() -> {
                try {
                    assertThatThrownBy(() -> sink.it().write(records.subList(100, 200)))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("no answer in time");
                    failed.set(true);
                    for (int from = 100; from < 400; from += 100) {
                        writeUntilTaken(sink.it(), records.subList(from, from + 100));
                    }
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            await().atMost(Duration.ofSeconds(20)).untilTrue(failed);
            broker.restart();
            delivery.get(40, TimeUnit.SECONDS);
        }
        // Then
        assertThat(values("outage").stream().distinct()).containsExactlyInAnyOrderElementsOf(texts(records));
    }

    @Test
    void opensWithoutABrokerAndSaysWhoDoesNotAnswer() throws Exception {
        // Given
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        AuditConfig.Sink.Kafka config = new AuditConfig.Sink.Kafka(
                List.of("127.0.0.1:" + nobody),
                "t",
                AuditConfig.Format.NDJSON,
                "none",
                10_000,
                Oversize.CHUNK,
                IMPATIENT);
        try (var sink = closing(open(config))) {
            // When // Then
            assertThatThrownBy(() -> sink.it().write(List.of(NativeRecords.heartbeat(1))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("kafka topic t: no answer in time from [127.0.0.1:" + nobody + "]");
        }
    }

    @Test
    void saysThatAHostIsUnknown() throws Exception {
        // Given
        AuditConfig.Sink.Kafka config = new AuditConfig.Sink.Kafka(
                List.of("kafka.invalid:9092"),
                "t",
                AuditConfig.Format.NDJSON,
                "none",
                10_000,
                Oversize.CHUNK,
                IMPATIENT);
        try (var sink = closing(open(config))) {
            // When // Then
            assertThatThrownBy(() -> sink.it().write(List.of(NativeRecords.heartbeat(1))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No resolvable bootstrap urls");
        }
    }

    @Test
    void saysThatTheTopicIsMissingAndWorksOnceItIsThere() throws Exception {
        // Given
        AuditRecord record = NativeRecords.heartbeat(1);
        try (var sink = closing(open("late"))) {
            assertThatThrownBy(() -> sink.it().write(List.of(record, record, record)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("kafka topic late: it does not exist");
            // When
            broker.topic("late", 1, Map.of());
            sink.it().write(List.of(record));
        }
        // Then
        assertThat(values("late")).containsExactly(record.toString());
    }

    @Test
    void cutsWhatIsTooLong() throws Exception {
        // Given
        broker.topic("cut", 1, Map.of());
        AuditRecord large = NativeRecords.statement(2, 1, "x".repeat(300_000));
        AuditRecord small = NativeRecords.statement(3, 1, "SELECT 1");
        // When
        try (var sink = closing(open(config("cut", 100_000, Oversize.TRUNCATE)))) {
            sink.it().write(List.of(large, small));
        }
        // Then
        List<String> values = values("cut");
        assertThat(values).hasSize(2).last().isEqualTo(small.toString());
        assertThat(values.getFirst().length()).isBetween(40_000, 100_000);
        JsonNode cut = new ObjectMapper().readTree(values.getFirst());
        assertThat(cut.at("/cut/length").asInt()).isEqualTo(large.json().length);
        assertThat(cut.at("/seq").asInt()).isEqualTo(2);
        assertThat(notes.told).containsExactly("oversized 1");
    }

    @Test
    void sendsWhatIsTooLongInPieces() throws Exception {
        // Given
        broker.topic("pieces", 1, Map.of());
        AuditRecord large = NativeRecords.statement(2, 1, "x".repeat(300_000));
        // When
        try (var sink = closing(open(config("pieces", 100_000, Oversize.CHUNK)))) {
            sink.it().write(List.of(large));
        }
        // Then
        List<ConsumerRecord<byte[], byte[]>> pieces = broker.read("pieces");
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int index = 0; index < pieces.size(); index++) {
            assertThat(headers(pieces.get(index)))
                    .containsEntry("ce_id", NativeRecords.id(2) + "#" + index)
                    .containsEntry("ce_type", "io.pgweir.audit.chunk")
                    .containsEntry(CloudEvent.CHUNK_INDEX, "" + index)
                    .containsEntry(CloudEvent.CHUNK_COUNT, "4");
            joined.writeBytes(pieces.get(index).value());
        }
        assertThat(joined.toByteArray()).isEqualTo(large.json());
    }

    @Test
    void learnsThatTheBrokerTakesLess() throws Exception {
        // Given
        broker.topic("smaller", 1, Map.of("max.message.bytes", "60000", "compression.type", "uncompressed"));
        AuditConfig.Sink.Kafka config = new AuditConfig.Sink.Kafka(
                List.of(broker.servers()),
                "smaller",
                AuditConfig.Format.NDJSON,
                "none",
                200_000,
                Oversize.CHUNK,
                IMPATIENT);
        List<AuditRecord> records = List.of(
                NativeRecords.statement(1, 1, "SELECT 1"),
                NativeRecords.statement(2, 1, "x".repeat(150_000)),
                NativeRecords.statement(3, 1, "SELECT 3"));
        // When
        try (var sink = closing(open(config))) {
            sink.it().write(records);
            sink.it().write(List.of(NativeRecords.statement(4, 1, "y".repeat(70_000))));
        }
        // Then
        assertThat(broker.read("smaller").stream()
                        .map(piece -> headers(piece).getOrDefault(CloudEvent.CHUNK_INDEX, "whole"))
                        .toList())
                // The first attempt's second half was short enough; what it belongs to came whole afterwards.
                .containsExactly("whole", "whole", "1", "0", "1", "2", "3", "0", "1");
    }

    @Test
    void anAnswerThatDoesNotComeIsAFailureInTime() throws Exception {
        // Given
        broker.topic("slow", 1, Map.of());
        List<AuditRecord> first = NativeRecords.statements(1, 10, 2);
        List<AuditRecord> second = NativeRecords.statements(11, 10, 2);
        try (var sink = closing(open("slow"))) {
            sink.it().write(first);
            // When
            broker.gate.hold();
            long start = System.nanoTime();
            assertThatThrownBy(() -> sink.it().write(second))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no answer in time");
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            broker.gate.release();
            writeUntilTaken(sink.it(), second);
            // Then
            assertThat(taken).isLessThan(Duration.ofSeconds(10));
        }
        List<String> all = new ArrayList<>(texts(first));
        all.addAll(texts(second));
        assertThat(values("slow").stream().distinct()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void connectionsThatAreCutMakeNoDuplicates() throws Exception {
        // Given
        broker.topic("cuts", 1, Map.of());
        List<AuditRecord> records = NativeRecords.statements(1, 500, 3);
        // When
        try (var sink = closing(open("cuts"))) {
            for (int from = 0; from < 500; from += 50) {
                broker.gate.cut();
                writeUntilTaken(sink.it(), records.subList(from, from + 50));
            }
        }
        // Then
        assertThat(values("cuts")).containsExactlyElementsOf(texts(records));
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        // Given
        broker.topic("stop", 1, Map.of());
        try (var sink = closing(open("stop"))) {
            sink.it().write(List.of(NativeRecords.heartbeat(1)));
            broker.gate.hold();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread delivery = Thread.ofPlatform().start(() -> {
                try {
                    sink.it().write(List.of(NativeRecords.heartbeat(2)));
                    outcome.complete(new AssertionError("written"));
                } catch (IOException | InterruptedException fault) {
                    outcome.complete(fault);
                }
            });
            await().until(() -> delivery.getState() != Thread.State.RUNNABLE);
            // When
            delivery.interrupt();
            // Then
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        } finally {
            broker.gate.release();
        }
    }

    private static Closing closing(KafkaSink sink) {
        return new Closing(sink);
    }

    private record Closing(KafkaSink it) implements AutoCloseable {
        @Override
        public void close() {
            it.close();
        }
    }
}
