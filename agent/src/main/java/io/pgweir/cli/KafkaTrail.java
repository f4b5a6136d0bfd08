package io.pgweir.cli;

import io.pgweir.audit.kafka.KafkaRecords;
import java.io.IOException;

/** A topic, from its first record on. */
record KafkaTrail(KafkaOptions.Topic topic) implements Trail {
    @Override
    public void read(Reader reader, boolean follow) throws IOException, InterruptedException {
        try (KafkaRecords records = KafkaRecords.fromBeginning(topic.brokers(), topic.name(), topic.properties())) {
            while (!records.isAtEnd()) {
                pass(records, reader);
            }
            records.unjoined().forEach(what -> reader.onDamage(topic.name(), what));
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
