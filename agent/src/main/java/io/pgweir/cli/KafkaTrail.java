package io.pgweir.cli;

import io.pgweir.audit.kafka.KafkaRecords;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A topic, from its first record on. */
record KafkaTrail(List<String> servers, String topic, Map<String, String> properties) implements Trail {
    @Override
    public void read(Reader reader, boolean follow) throws IOException, InterruptedException {
        try (KafkaRecords records = KafkaRecords.fromBeginning(servers, topic, properties)) {
            while (!records.isAtEnd()) {
                pass(records, reader);
            }
            records.unjoined().forEach(what -> reader.onDamage(topic, what));
            while (follow && !reader.isEnough()) {
                pass(records, reader);
            }
        }
    }

    private static void pass(KafkaRecords records, Reader reader) throws IOException, InterruptedException {
        for (KafkaRecords.Located located : records.poll(LOOK_INTERVAL)) {
            reader.onRecord(located.record(), located.location());
        }
    }
}
