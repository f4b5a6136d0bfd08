package io.pgweir.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.seal.Finding;
import io.pgweir.audit.seal.KafkaSource;
import io.pgweir.audit.seal.RecordSource;
import io.pgweir.audit.seal.SampleLines;
import io.pgweir.audit.seal.TrailReport;
import io.pgweir.audit.seal.TrailVerifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A trail that was delivered to three partitions. */
@Timeout(60)
class KafkaTrailIT {

    @Test
    void topicIsVerifiedAndWhatIsWrongNamedByPartitionAndOffset() throws Exception {
        // Given
        KafkaBroker broker = KafkaBroker.start();
        try {
            List<String> lines = SampleLines.of(30);
            broker.topic("trail", 3, Map.of());
            send(broker, "trail", lines, 3);
            broker.topic("edited", 3, Map.of());
            lines.set(12, lines.get(12).replace("SELECT", "DELETE"));
            lines.remove(20);
            send(broker, "edited", lines, 3);

            // When
            TrailReport whole = verify(broker, "trail");
            TrailReport edited = verify(broker, "edited");

            // Then
            assertThat(whole.findings()).isEmpty();
            assertThat(whole.chains())
                    .singleElement()
                    .satisfies(chain -> assertThat(chain.ranges()).containsExactly(new TrailReport.Range(1, 30)));
            assertThat(edited.findings())
                    .extracting(Finding::kind)
                    .containsExactly(Finding.Kind.EDITED, Finding.Kind.MISSING);
            assertThat(edited.findings().getFirst().location()).isEqualTo("edited-0@4");
            assertThat(edited.findings().getLast().text()).isEqualTo("missing 21");
        } finally {
            broker.end();
        }
    }

    private static TrailReport verify(KafkaBroker broker, String topic) throws Exception {
        try (RecordSource source = KafkaSource.open(List.of(broker.servers()), topic, Map.of())) {
            return new TrailVerifier(List.of(), new TrailVerifier.Options(false, false, false))
                    .verify(List.of(source), (bytes, records) -> {});
        }
    }

    private static void send(KafkaBroker broker, String topic, List<String> lines, int partitions) throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.servers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < lines.size(); i++) {
                byte[] record = lines.get(i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, i % partitions, null, record))
                        .get();
            }
        }
    }
}
