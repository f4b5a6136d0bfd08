package io.pgweir.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.NativeRecords;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.RecordedNotes;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {
    private static AuditConfig.Sink.Kafka config(String server, String compression, Map<String, String> properties) {
        return new AuditConfig.Sink.Kafka(
                List.of(server),
                "audit",
                AuditConfig.Format.NDJSON,
                compression,
                AuditConfig.Sink.Kafka.RECORD_BYTES,
                AuditConfig.Oversize.CHUNK,
                properties);
    }

    private static KafkaSink sink(AuditConfig.Sink.Kafka config) {
        return new KafkaSink(config, RecordFormat.NATIVE, new RecordedNotes());
    }

    @ParameterizedTest
    @CsvSource({
        "acks, 1, acks",
        "acks, 0, acks",
        "enable.idempotence, false, enable.idempotence",
        "retries, 0, retries",
        "partitioner.ignore.keys, true, partitioner.ignore.keys",
        "transactional.id, t, transactional.id",
        "key.serializer, org.apache.kafka.common.serialization.ByteArraySerializer, key.serializer",
        "value.serializer, org.apache.kafka.common.serialization.ByteArraySerializer, value.serializer",
        "max.in.flight.requests.per.connection, 6, max.in.flight.requests.per.connection",
        "delivery.timeout.ms, 100, delivery.timeout.ms",
        "linger.ms, soon, linger.ms",
        "compression.type, zip, compression.type",
    })
    void refusesWhatWouldLoseRecordsOrIsWrong(String name, String value, String named) {
        assertThatThrownBy(() -> sink(config("localhost:9092", "lz4", Map.of(name, value)))
                        .open())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("audit sink kafka: ")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:", ":9092", "a b:9092", "[::1]", "http://localhost:9092"})
    void refusesWhatIsNoServer(String server) {
        assertThatThrownBy(() -> sink(config(server, "lz4", Map.of())).open())
                .isInstanceOf(IOException.class)
                .hasMessage("audit sink kafka: bootstrap-servers: " + server + " (expected: host:port)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9092", "10.0.0.1:9092", "[::1]:9092", "kafka-1.example:9092"})
    void opensWithoutAskingAnybody(String server) throws IOException {
        KafkaSink sink = sink(config(server, "zstd", Map.of("security.protocol", "SASL_SSL", "acks", "-1")));
        sink.open();
        sink.close();
        assertThat(sink.name()).isEqualTo("kafka:audit@" + server);
    }

    @Test
    void theUsersPropertiesWin() throws IOException {
        // Given
        Map<String, String> given = Map.of("compression.type", "gzip", "client.id", "mine", "metric.reporters", "");
        // When
        Map<String, Object> settings = KafkaSettings.of(config("localhost:9092", "lz4", given));
        // Then
        assertThat(settings)
                .containsEntry("compression.type", "gzip")
                .containsEntry("client.id", "mine")
                .containsEntry("acks", "all")
                .containsEntry("metadata.recovery.strategy", "none");
    }

    @Test
    void piecesAreNoLongerThanAskedForAndMakeUpTheWhole() {
        // Given
        byte[] value = new byte[1001];
        // When
        var pieces = CloudEvent.pieces("t", NativeRecords.heartbeat(1).head(), value, "00", 500);
        // Then
        assertThat(pieces).extracting(piece -> piece.value().length).containsExactly(500, 500, 1);
    }
}
